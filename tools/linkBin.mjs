// Npm does not link a project's own command into its node_modules/.bin, where scripts, shells and `npm exec` look for it.
import {chmodSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const link = path.join(root, 'node_modules', '.bin', 'k2hdkc-devstack');

export const builtCommand = path.join(root, 'dist', 'scripts', 'cli', 'main.js');

const linksTo = target => lstatSync(link, {throwIfNoEntry: false})?.isSymbolicLink() && readlinkSync(link) === target;

/** Makes the built command executable and reachable as `npx k2hdkc-devstack`. */
export const linkBin = () => {
	chmodSync(builtCommand, 0o755);
	const target = path.relative(path.dirname(link), builtCommand);
	if (linksTo(target)) {
		return;
	}

	mkdirSync(path.dirname(link), {recursive: true});
	const temporary = `${link}.${process.pid}`;
	rmSync(temporary, {force: true});
	symlinkSync(target, temporary);
	renameSync(temporary, link);
};
