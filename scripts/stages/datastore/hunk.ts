import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import type {Machine, RunResult} from '../../machines/types.js';
import {missingProgram} from '../../sources/fetching.js';
import type {PatchFile} from './patchFile.js';

export type HunkState = {
	/** `missing`: the file to change is not there. */
	readonly state: 'applied' | 'applicable' | 'conflicting' | 'missing';
	/** One sentence. */
	readonly evidence: string;
};

type Runs = Pick<Machine, 'run'>;

// No fuzz: what surrounds the hunk must be exactly as expected, only its line may differ.
const base = ['patch', '-p1', '--fuzz=0', '--batch', '--reject-file=-', '--no-backup-if-mismatch'];
const forward = ['--forward'];
const backward = ['--reverse', '--force'];

const runPatch = async (machine: Runs, root: string, patch: PatchFile, options: readonly string[]): Promise<RunResult> => {
	try {
		return await machine.run([...base, ...options, '-d', root], {input: patch.text, env: {LC_ALL: 'C'}, timeout: 60, allow: [0, 1]});
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'not-started') {
			throw missingProgram('patch', error);
		}

		throw error;
	}
};

const firstComplaint = ({stdout, stderr}: RunResult): string =>
	`${stdout}\n${stderr}`.split('\n').map(line => line.trim()).find(line => /failed|garbage|malformed|reversed/iu.test(line)) ?? 'it does not fit';

/**
 * How the file below `root` stands to the patch, found out by `patch` itself without changing anything.
 * `root` is a source tree or a site directory: whatever holds the first component of the patch's target.
 */
export const hunkState = async (machine: Runs, root: string, patch: PatchFile): Promise<HunkState> => {
	const file = `${root}/${patch.target}`;
	if ((await runPatch(machine, root, patch, [...backward, '--dry-run'])).code === 0) {
		return {state: 'applied', evidence: `${file} has the change of ${patch.name}.`};
	}

	const {code} = await machine.run(['test', '-f', file], {allow: [0, 1]});
	if (code !== 0) {
		return {state: 'missing', evidence: `There is no ${file}.`};
	}

	const trial = await runPatch(machine, root, patch, [...forward, '--dry-run']);
	return trial.code === 0
		? {state: 'applicable', evidence: `${patch.name} fits ${file}.`}
		: {state: 'conflicting', evidence: `${patch.name} does not fit ${file}: ${firstComplaint(trial)}.`};
};

/** Applies the patch unless it is applied. K2D6004 when it does not fit; the file is untouched then. */
export const applyHunk = async (machine: Runs, root: string, patch: PatchFile): Promise<void> => {
	const {state, evidence} = await hunkState(machine, root, patch);
	if (state === 'missing' || state === 'conflicting') {
		throw new ToolError('K2D6004', evidence);
	}

	if (state === 'applicable') {
		await runPatch(machine, root, patch, forward);
		await compileFile(machine, `${root}/${patch.target}`);
	}
};

/** Takes the patch out again where it is applied; a file that is gone or was changed since is left alone. */
export const revertHunk = async (machine: Runs, root: string, patch: PatchFile): Promise<void> => {
	if ((await hunkState(machine, root, patch)).state === 'applied') {
		await runPatch(machine, root, patch, backward);
		await compileFile(machine, `${root}/${patch.target}`);
	}
};

/** Services run as users who may not write beside the file; without this each start would compile it again. */
const compileFile = async (machine: Runs, file: string): Promise<void> => {
	await machine.run(['python3', '-m', 'compileall', '-q', file], {timeout: 60});
};
