import {cp, mkdir, readdir, symlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

/** Not part of it. What tests of Python unpack into `build` may go while it is copied. */
const left = new Set(['.git', 'node_modules', 'dist', 'build', 'coverage']);

/** A copy of this project as a release tarball has it: no git, nothing built. The installed packages are lent by links. */
export const copyProject = async (target: string): Promise<void> => {
	for (const entry of await readdir('.')) {
		if (!left.has(entry)) {
			await cp(entry, path.join(target, entry), {recursive: true});
		}
	}

	const modules = path.join(target, 'node_modules');
	await mkdir(modules);
	for (const entry of await readdir('node_modules')) {
		if (!entry.startsWith('.')) {
			await symlink(path.resolve('node_modules', entry), path.join(modules, entry));
		}
	}
};

/** The environment of a person's shell: what npm tells a script it runs would tell the commands under test too. */
export const withoutNpm = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
	Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(?!config_(?:registry|cafile|proxy|https_proxy))|^INIT_CWD$|^NODE_V8_COVERAGE$/.test(name)));
