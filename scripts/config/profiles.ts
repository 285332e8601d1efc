import {readdirSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {didYouMean} from '../errors/suggest.js';
import type {Entry, Reading} from './entry.js';
import type {Problem} from './problem.js';
import {profileFileSchema} from './schema.js';
import {readYaml} from './yamlFile.js';

/** A profile that was named: one that comes with the tool, or a file. */
export type ProfileReference = {
	readonly name: string;
	/** Absolute. */
	readonly file: string;
};

const isPath = (name: string): boolean => name.includes('/') || /\.ya?ml$/.test(name);

/** Names of the profiles that come with the tool. */
export const profileNames = (confDir: string): readonly string[] =>
	readdirSync(path.join(confDir, 'profiles')).filter(file => file.endsWith('.yaml')).map(file => file.slice(0, -'.yaml'.length)).toSorted();

/** `baseDir`: where a relative path starts. A name of a profile never depends on it. */
export const profileReference = (name: string, baseDir: string, confDir: string): ProfileReference =>
	isPath(name)
		? {name, file: path.resolve(baseDir, name)}
		: {name, file: path.join(confDir, 'profiles', `${name}.yaml`)};

const unknownProfile = ({name}: ProfileReference, confDir: string, place: string): Problem => {
	const names = profileNames(confDir);
	const message = isPath(name)
		? `there is no profile file ${name}`
		: `unknown profile "${name}".${didYouMean(name, names)} There are: ${names.join(', ')}. A file of your own is named with its path, e.g. ./${name}.yaml`;
	return {code: 'K2D1002', message, place};
};

/** The text of a file; undefined when there is none. Other faults are problems. */
export const readText = (file: string, shownAs: string): {readonly text?: string; readonly problems: readonly Problem[]} => {
	try {
		return {text: new TextDecoder('utf-8', {fatal: true}).decode(readFileSync(file)), problems: []};
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code ?? '';
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			return {problems: []};
		}

		const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : ({EISDIR: 'it is a directory', EACCES: 'permission denied'}[code] ?? (error as Error).message);
		return {problems: [{code: 'K2D1011', message: `cannot be read: ${reason}`, place: shownAs}]};
	}
};

type Chain = {
	/** How files are shown to people. */
	readonly shownAs: (file: string) => string;
	readonly confDir: string;
	/** Real paths of the files that extend this one. */
	readonly seen: readonly string[];
};

const isExtends = ({path: [key]}: Entry): boolean => key === 'extends';

/** Reads a profile and, before it, all that it extends. `place`: where it was named. */
export const readProfile = (profile: ProfileReference, place: string, chain: Chain): Reading => {
	const name = chain.shownAs(profile.file);
	const {text, problems} = readText(profile.file, name);
	if (text === undefined) {
		return {entries: [], problems: problems.length > 0 ? problems : [unknownProfile(profile, chain.confDir, place)]};
	}

	const real = realpathSync(profile.file);
	if (chain.seen.includes(real)) {
		const circle = [...chain.seen.slice(chain.seen.indexOf(real)), real].map(file => chain.shownAs(file)).join(' → ');
		return {entries: [], problems: [{code: 'K2D1016', message: `profiles extend each other in a circle: ${circle}`, place}]};
	}

	const own = readYaml(text, name, 'profile', profileFileSchema);
	const parent = own.entries.find(entry => isExtends(entry));
	const base = parent === undefined
		? {entries: [], problems: []}
		: readProfile(profileReference(parent.value as string, path.dirname(real), chain.confDir), parent.origin.place, {...chain, seen: [...chain.seen, real]});
	return {
		entries: [...base.entries, ...own.entries.filter(entry => !isExtends(entry))],
		problems: [...base.problems, ...own.problems],
	};
};
