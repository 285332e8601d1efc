import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {loadConfig, type ConfigFlags, type LoadedConfig} from '../../../scripts/config/load.js';
import {ConfigError, type Problem} from '../../../scripts/config/problem.js';
import {ToolError} from '../../../scripts/errors/toolError.js';

/** What a person has set up before calling the tool. */
export type Situation = {
	/** Files in the working directory by their relative path. */
	readonly files?: Readonly<Record<string, string | Uint8Array>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly flags?: ConfigFlags;
	/** The argument PROFILE. */
	readonly profile?: string;
};

/** Runs `use` in a new directory that holds the files and removes it afterwards. */
export const inDirectory = <T>(files: NonNullable<Situation['files']>, use: (directory: string) => T): T => {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'config-'));
	try {
		for (const [name, content] of Object.entries(files)) {
			mkdirSync(path.dirname(path.join(directory, name)), {recursive: true});
			writeFileSync(path.join(directory, name), content);
		}

		return use(directory);
	} finally {
		rmSync(directory, {recursive: true});
	}
};

export const load = ({files = {}, env = {}, flags = {}, profile}: Situation = {}): LoadedConfig =>
	inDirectory(files, cwd => loadConfig({profile, flags, cwd, env}));

/** The error that the situation ends with; undefined when there is none. */
export const refusal = (situation: Situation): ToolError | undefined => {
	try {
		load(situation);
		return undefined;
	} catch (error) {
		if (error instanceof ToolError) {
			return error;
		}

		throw error;
	}
};

export const problemsOf = (situation: Situation): readonly Problem[] => {
	const error = refusal(situation);
	return error instanceof ConfigError ? error.problems : [];
};
