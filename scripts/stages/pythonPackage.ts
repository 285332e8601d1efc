import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {Machine} from '../machines/types.js';

/** Content of a Python package's source as one hash: what a change of a file in it shows by. */
export const sourceHash = (source: string): string => {
	const digest = createHash('sha256');
	for (const name of readdirSync(source, {recursive: true, encoding: 'utf8'}).toSorted()) {
		if (/\.(?:py|toml|md|template|json|html|filters|ini|cloudinit)$/.test(name) && !/^build\/|egg-info/.test(name)) {
			digest.update(`${name}\0`).update(readFileSync(path.join(source, name)));
		}
	}

	return digest.digest('hex');
};

/** Variables for a pip that works on the machine's own Python. They mean nothing to a pip that is too old to ask for them. */
const pipEnvironment = {PIP_BREAK_SYSTEM_PACKAGES: '1', PIP_ROOT_USER_ACTION: 'ignore', PIP_DISABLE_PIP_VERSION_CHECK: '1'} as const;

// Built from a copy that goes away: pip leaves its build directory in the source, and takes it up again the next time.
const installScript = `
source=$1
trap 'rm -rf "$source"' EXIT
rm -rf "$source/build" "$source"/*.egg-info
python3 -m pip install --quiet --no-cache-dir --force-reinstall --no-deps --no-index --no-build-isolation "$source"
`;

/** Installs a package from its source, a directory of this tool. Needs python3 with pip, setuptools and wheel; asks no index. */
export const installSource = async (machine: Pick<Machine, 'run' | 'upload'>, source: string): Promise<void> => {
	const {stdout} = await machine.run(['mktemp', '-d', '-t', `${path.basename(source)}.XXXXXX`]);
	const copy = `${stdout.trim()}/source`;
	await machine.upload(source, copy);
	await machine.run(['sh', '-euc', installScript, 'sh', copy], {timeout: 300, env: pipEnvironment});
	await machine.run(['rmdir', stdout.trim()]);
};

/** Takes an installed package away again. */
export const uninstall = async (machine: Pick<Machine, 'run'>, name: string): Promise<void> => {
	await machine.run(['python3', '-m', 'pip', 'uninstall', '--quiet', '--yes', name], {cwd: '/', timeout: 120, env: pipEnvironment});
};
