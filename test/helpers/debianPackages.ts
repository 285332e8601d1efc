import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:fs';
import {access} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {completePath} from '../../scripts/machines/environment.js';

/** Where a command is, looking into the directories of the administrator too. */
export const findCommand = async (name: string): Promise<string | undefined> => {
	for (const directory of completePath(process.env.PATH).split(':')) {
		const file = path.join(directory, name);
		try {
			await access(file, constants.X_OK);
			return file;
		} catch {
			// Not here.
		}
	}

	return undefined;
};

// A package must not start its service on the machine of whoever runs the tests: policy-rc.d forbids it meanwhile.
// The lock is for test files that run side by side.
const installScript = String.raw`set -eu
policy=/usr/sbin/policy-rc.d
exec 9>/run/k2hdkc-devstack-test-packages.lock
flock 9
if [ ! -e "$policy" ] || grep -q k2hdkc-devstack-test "$policy"; then
	trap 'rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\n# k2hdkc-devstack-test\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" </dev/null; }
install "$@" || { apt-get -q -o DPkg::Lock::Timeout=300 update; install "$@"; }
`;

/** Installs Debian packages, starting none of their services. Returns why that failed, or undefined. */
export const installPackages = async (packages: readonly string[]): Promise<string | undefined> => {
	console.error(`installing for the tests: ${packages.join(' ')}`);
	const child = spawn('sh', ['-c', installScript, 'sh', ...packages], {stdio: ['ignore', 'pipe', 'pipe']});
	const output: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			output.push(chunk);
		});
	}

	const [code] = await once(child, 'close') as [number | null];
	return code === 0 ? undefined : `apt-get could not install ${packages.join(' ')}: ${output.join('').trim().split('\n').slice(-3).join(' | ')}`;
};
