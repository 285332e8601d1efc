import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {loadConfig} from '../../scripts/config/load.js';
import {createLocalMachine} from '../../scripts/machines/local.js';
import {debianSources} from '../../scripts/stages/machine/debianSources.js';
import {findCommand, installPackages} from '../helpers/debianPackages.js';
import {time} from './measure.js';

/** URLs of the mirrors, of Debian itself and of its security updates. */
const mirrors = async (suite: string): Promise<{readonly main: string; readonly security: string}> => {
	const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
	const host = createLocalMachine();
	try {
		const {lines} = await debianSources({host, config}, suite);
		const [main = '', , security = main] = lines.map(line => line.split(' ')[1]!);
		return {main, security};
	} finally {
		await host.close();
	}
};

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';

/**
 * Seconds that diskimage-builder takes for a tar of a Debian with these packages, its installation not counted, or why it cannot be had. A disk would
 * need the device mapper for its partitions; a tar needs none.
 */
export const timeDiskImageBuilder = async ({packages, suite}: {readonly packages: readonly string[]; readonly suite: string}): Promise<number | {readonly skip: string}> => {
	for (const name of ['debootstrap', 'sudo']) {
		const problem = await findCommand(name) === undefined ? await installPackages([name]) : undefined;
		if (problem !== undefined) {
			return {skip: problem};
		}
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-bench-dib-'));
	try {
		const installed = await time(['sh', '-euc', 'python3 -m venv "$1" && "$1/bin/pip" install --quiet diskimage-builder', 'sh', `${directory}/venv`]);
		if (installed.code !== 0) {
			return {skip: `diskimage-builder cannot be installed: ${lastLine(installed.output)}`};
		}

		const {main, security} = await mirrors(suite);
		const {code, seconds, output} = await time([
			'env', `HOME=${directory}`, `TMPDIR=${directory}`, 'DIB_NO_TMPFS=1', `DIB_IMAGE_CACHE=${directory}/cache`, `DIB_RELEASE=${suite}`,
			`DIB_DISTRIBUTION_MIRROR=${main}`, `DIB_DEBIAN_SECURITY_MIRROR=${security}`,
			// What it mounts goes with it, also when it is ended amid its work.
			'unshare', '--mount', 'sh', '-euc', 'PATH=$1/venv/bin:$PATH; exec disk-image-create -t tar -o "$1/image" -p "$2" debian-minimal', 'sh', directory, packages.join(','),
		]);
		return code === 0 ? seconds : {skip: `it ended with ${code}: ${lastLine(output)}`};
	} finally {
		await rm(directory, {recursive: true, force: true});
	}
};
