// Runs at `npm ci`, `npm install` and `npm pack` in a working copy: builds, then links the command.
// Npm runs it at `npx k2hdkc-devstack` in a working copy too, up to version 10 at every single call: then what is built is used.
import {existsSync} from 'node:fs';
import process from 'node:process';
import {createRequire} from 'node:module';
import {build} from './build.mjs';
import {builtCommand, linkBin} from './linkBin.mjs';

const oldestNode = [20, 19];

const calledByNpx = process.env.npm_command === 'exec';

const nodeIsOld = version => {
	const [major, minor] = version.split('.').map(Number);
	return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
};

const hasCompiler = () => {
	try {
		createRequire(import.meta.url).resolve('typescript');
		return true;
	} catch {
		return false;
	}
};

const fail = sentence => {
	console.error(`k2hdkc-devstack: ${sentence}`);
	process.exitCode = 1;
};

if (nodeIsOld(process.versions.node)) {
	fail(`Node ${process.versions.node} is too old, ${oldestNode.join('.')} or newer is needed. README.md says how to get it.`);
} else if (calledByNpx && existsSync(builtCommand)) {
	linkBin();
} else if (hasCompiler()) {
	process.exitCode = build();
	// A build with errors leaves a command that may not start: better none than that.
	if (process.exitCode === 0) {
		linkBin();
	}
} else if (existsSync(builtCommand)) {
	linkBin();
} else {
	fail('nothing is built and the compiler is not installed. Run `npm ci --include=dev`: NODE_ENV=production or --omit=dev left it out.');
}
