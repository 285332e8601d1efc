// Compiles scripts/ and test/ into dist/ and removes what no longer has a source: a test that was deleted must not run from there.
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {builtCommand} from './linkBin.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const output = path.join(root, 'dist');

const compile = () => {
	const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
	// The compiler reports on standard output, which `npm pack` keeps to itself.
	const {status} = spawnSync(process.execPath, [compiler, '-p', root], {stdio: ['ignore', process.stderr, 'inherit']});
	return status ?? 1;
};

const removeOrphans = () => {
	for (const entry of readdirSync(output, {recursive: true, withFileTypes: true})) {
		const file = path.join(entry.parentPath, entry.name);
		const source = path.join(root, path.relative(output, file)).replace(/\.js(\.map)?$/, '.ts');
		if (entry.isFile() && !existsSync(source)) {
			rmSync(file, {force: true});
		}
	}
};

/** Exit code of the compiler. */
export const build = () => {
	const code = compile();
	if (existsSync(output)) {
		removeOrphans();
	}

	if (existsSync(builtCommand)) {
		chmodSync(builtCommand, 0o755);
	}

	return code;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	process.exitCode = build();
}
