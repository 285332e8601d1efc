import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {addK2hr3App, makeK2hr3Prefix} from '../../fixtures/k2hr3StandIn/prefix.js';

export type K2hr3Prefix = {
	/** Words by which the tool builds K2HR3 of it. */
	readonly words: readonly string[];
	readonly remove: () => Promise<void>;
};

/** Of programs of K2HR3: those that TEST_K2HR3_PREFIX names, otherwise STAND-INS, with a web application among them. */
export const k2hr3Programs = async (): Promise<{readonly directory: string; readonly remove: () => Promise<void>}> => {
	const real = process.env.TEST_K2HR3_PREFIX;
	if (real !== undefined) {
		return {directory: real, remove: async () => undefined};
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hr3-'));
	await makeK2hr3Prefix(directory);
	await addK2hr3App(directory);
	return {directory, remove: async () => rm(directory, {recursive: true, force: true})};
};

/** The same for sources.k2hr3. */
export const prepareK2hr3Prefix = async (): Promise<K2hr3Prefix> => {
	const {directory, remove} = await k2hr3Programs();
	return {words: ['--set', `sources.k2hr3=directory:${directory}`], remove};
};
