import {releases, type Release} from '../../config/schema/releases.js';
import {parseTroveSource} from '../../config/troveSource.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';
import {fetchTrove} from '../../sources/trove.js';
import type {SourceAccess} from '../../sources/types.js';
import {hunkState} from './hunk.js';
import type {PatchFile} from './patchFile.js';

export type PatchCheck = {
	readonly release: Release;
	/** As the configuration names it, without passwords. */
	readonly source: string;
	/** What exactly was looked at; absent when it could not be had. */
	readonly ref?: string;
	/** `applied`: the source has the change already. `not checked`: the source could not be had, so nothing is known. */
	readonly result: 'applies' | 'applied' | 'conflicts' | 'not checked';
	/** One sentence. */
	readonly reason: string;
	/** Catalogue code, for `conflicts` and `not checked`. */
	readonly code?: string;
};

export type CheckOptions = Omit<SourceAccess, 'machine'> & {
	readonly machine: Pick<Machine, 'run'>;
	readonly patch: PatchFile;
	/** By release, as in the configuration. */
	readonly sources: Readonly<Partial<Record<Release, string>>>;
	/** Checked in the order of their age; without it every release that has a source. */
	readonly releases?: readonly Release[];
	/** Called before each release. */
	readonly say?: (message: string) => void;
};

const verdicts = {
	applied: {result: 'applied'},
	applicable: {result: 'applies'},
	conflicting: {result: 'conflicts', code: 'K2D6004'},
	missing: {result: 'conflicts', code: 'K2D6004'},
} as const;

/** The evidence of a hunk speaks of files below the scratch directory; a person knows them by their place in the tree. */
const inTree = (sentence: string, root: string): string => sentence.replaceAll(`${root}/`, '');

const checkOne = async (release: Release, text: string, scratch: string, options: CheckOptions): Promise<PatchCheck> => {
	const base = {release, source: hideUrlPasswords(text)};
	try {
		const {root, ref} = await fetchTrove(parseTroveSource(text)!, scratch, options);
		const {state, evidence} = await hunkState(options.machine, root, options.patch);
		return {...base, ref: hideUrlPasswords(ref), ...verdicts[state], reason: inTree(evidence, root)};
	} catch (error) {
		if (!(error instanceof ToolError)) {
			throw error;
		}

		return {...base, result: 'not checked', reason: hideUrlPasswords(error.message), code: error.code};
	}
};

/**
 * Fetches the Trove source of each release and tries the patch on it. Everything fetched is removed again.
 * A source that cannot be had is a result and no error; being stopped is one.
 */
export const checkPatches = async (options: CheckOptions): Promise<readonly PatchCheck[]> => {
	const {machine, say, sources} = options;
	const wanted = releases.filter(release => options.releases ? options.releases.includes(release) : sources[release] !== undefined);
	const {stdout} = await machine.run(['mktemp', '-d', '-t', 'k2hdkc-devstack-patches.XXXXXX']);
	const directory = stdout.trim();
	const checks: PatchCheck[] = [];
	try {
		for (const release of wanted) {
			const source = sources[release];
			if (source === undefined) {
				checks.push({release, source: '', result: 'not checked', code: 'K2D6001', reason: `The configuration has no sources.trove.${release}.`});
				continue;
			}

			say?.(`${release}: ${hideUrlPasswords(source)}`);
			const scratch = `${directory}/${release}`;
			await machine.run(['mkdir', scratch]);
			checks.push(await checkOne(release, source, scratch, options));
		}
	} finally {
		await machine.run(['rm', '-rf', directory]);
	}

	return checks;
};
