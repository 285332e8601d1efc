import type {Machine} from '../../machines/types.js';

// Built from a copy that goes away: pip leaves its build directory in the source, and takes it up again the next time.
// The variables mean nothing to a pip that is too old to ask for them.
const installScript = `
source=$1
trap 'rm -rf "$source"' EXIT
export PIP_BREAK_SYSTEM_PACKAGES=1 PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
rm -rf "$source/build" "$source"/*.egg-info
python3 -m pip install --quiet --no-cache-dir --force-reinstall --no-deps --no-index --no-build-isolation "$source"
shift
cd /
`;

/**
 * Installs a Python package of ours from the directory of its source, then runs `script`, of shell, with `args`. Needs python3
 * with pip, setuptools and wheel; asks no index.
 */
export const installFromSource = async (machine: Pick<Machine, 'run' | 'upload'>, {name, source, script, args}: {
	readonly name: string; readonly source: string; readonly script: string; readonly args: readonly string[];
}): Promise<void> => {
	const {stdout} = await machine.run(['mktemp', '-d', '-t', `${name}.XXXXXX`]);
	const copy = `${stdout.trim()}/source`;
	await machine.upload(source, copy);
	await machine.run(['sh', '-euc', installScript + script, 'sh', copy, ...args], {timeout: 300});
	await machine.run(['rmdir', stdout.trim()]);
};

/** Takes an installed package away; one that is not there is an error of pip's that its caller rules out. */
export const uninstall = async (machine: Pick<Machine, 'run'>, name: string): Promise<void> => {
	await machine.run(['python3', '-m', 'pip', 'uninstall', '--quiet', '--yes', name], {
		cwd: '/', timeout: 120, env: {PIP_BREAK_SYSTEM_PACKAGES: '1', PIP_ROOT_USER_ACTION: 'ignore', PIP_DISABLE_PIP_VERSION_CHECK: '1'},
	});
};
