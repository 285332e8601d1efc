import path from 'node:path';
import {packageRoot} from '../packageRoot.js';
import {installSource, sourceHash, uninstall} from './pythonPackage.js';
import type {SandboxStep} from './sandboxEnv.js';

export type PythonPackage = {
	readonly id: string;
	readonly title: string;
	/** As its directory below `patches` is called, and pip knows it; the module has underscores. */
	readonly name: string;
	/** Steps that come before it; default: the machine. */
	readonly needs?: readonly string[];
};

const directoryOf = ({name}: PythonPackage): string => path.join(packageRoot, 'patches', name);

/** Content of the package as one hash: whoever runs with it depends on that. */
export const pythonPackageHash = (of: PythonPackage): string => sourceHash(directoryOf(of));

/** Finds the module without running any of it. */
const lookScript = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';

/** The step that installs a package of this project beside the machine's own Python packages. */
export const pythonPackageStep = (of: PythonPackage): SandboxStep => {
	const {id, title, name, needs = ['sandbox.machine']} = of;
	// Says which content was installed, since the version stays the same while somebody works on the package.
	const mark = `/var/lib/k2hdkc-devstack/${name}.sha256`;
	return {
		id,
		stage: 'control-plane',
		title,
		needs,
		inputs: () => ({package: pythonPackageHash(of)}),
		async probe({env: {machine}}) {
			const [{code}, installed] = await Promise.all([
				machine.run(['python3', '-c', lookScript, name.replaceAll('-', '_')], {cwd: '/', timeout: 60, allow: [0, 1]}), machine.read(mark),
			]);
			if (code !== 0) {
				return {state: 'absent', evidence: `python3 finds no package ${name}`};
			}

			return installed?.trim() === pythonPackageHash(of)
				? {state: 'present', evidence: `${name} is installed`}
				: {state: 'broken', evidence: `${name} was installed from other files than those at hand`};
		},
		async apply({env: {machine}, progress}) {
			progress.say('installing with pip');
			await installSource(machine, directoryOf(of));
			await machine.run(['mkdir', '-p', path.dirname(mark)]);
			await machine.write(mark, `${pythonPackageHash(of)}\n`);
		},
		undo: {
			depth: 'sources',
			async undo({env: {machine}}) {
				await uninstall(machine, name);
				await machine.run(['rm', '-f', '--', mark]);
			},
		},
		timeout: 300,
		idleTimeout: 300,
		expected: 6,
		retry: {attempts: 2, delay: 3},
	};
};
