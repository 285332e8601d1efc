import {existsSync} from 'node:fs';
import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {runCommand} from '../../helpers/runCommand.js';
import {paths} from './tool.js';

/** The root that the first environment has made serves one with a cache of its own too, as hard links: made anew it takes minutes. */
export const borrowRoot = async (): Promise<void> => {
	const {cache} = await paths();
	const roots = path.join(path.dirname(cache), 'roots');
	if (existsSync(roots) && !existsSync(path.join(cache, 'roots'))) {
		await mkdir(cache, {recursive: true});
		await runCommand('cp', ['--archive', '--link', roots, cache]);
	}
};
