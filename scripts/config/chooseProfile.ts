import {ToolError} from '../errors/toolError.js';
import type {Entry, Layer, Origin} from './entry.js';
import {profileReference, type ProfileReference} from './profiles.js';

export type ProfileChoice = {
	readonly profile: ProfileReference;
	/** Where it was named. */
	readonly origin: Origin;
	/** One sentence: which profile and why. */
	readonly reason: string;
};

type Named = {
	/** The argument PROFILE of the command. */
	readonly positional: string | undefined;
	/** The value of --profile. */
	readonly flag: string | undefined;
	/** Entries of the user's file, of .env and of the environment. */
	readonly entries: readonly Entry[];
	readonly cwd: string;
	readonly confDir: string;
};

/** The profile when none is named anywhere. */
export const defaultProfile = 'sandbox';

const onCommandLine = ({positional, flag, cwd, confDir}: Named): string | undefined => {
	if (positional !== undefined && flag !== undefined) {
		const [left, right] = [positional, flag].map(name => profileReference(name, cwd, confDir).file);
		if (left !== right) {
			throw new ToolError('K2D1003', `The profile is "${positional}" as an argument and "${flag}" with --profile.`);
		}
	}

	return positional ?? flag;
};

const strongest: readonly Layer[] = ['environment', '.env', 'file'];

/** Command line, then environment, then .env, then the user's file, then the default. Throws K2D1003 for two different ones. */
export const chooseProfile = (named: Named): ProfileChoice => {
	const {cwd, confDir, entries} = named;
	const typed = onCommandLine(named);
	if (typed !== undefined) {
		return {profile: profileReference(typed, cwd, confDir), origin: {layer: 'flag', place: 'command line'}, reason: `Profile ${typed}, named on the command line.`};
	}

	const found = strongest.map(layer => entries.findLast(entry => entry.path[0] === 'profile' && entry.origin.layer === layer)).find(entry => entry !== undefined);
	if (found) {
		const name = found.value as string;
		return {profile: profileReference(name, cwd, confDir), origin: found.origin, reason: `Profile ${name}, named by ${found.origin.place}.`};
	}

	return {profile: profileReference(defaultProfile, cwd, confDir), origin: {layer: 'default', place: 'no other was named'}, reason: `Profile ${defaultProfile}, because no other was named.`};
};
