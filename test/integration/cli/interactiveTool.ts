import process from 'node:process';
import {isatty} from 'node:tty';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {createSandboxMachine} from '../../../scripts/machines/sandbox.js';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import type {Machine} from '../../../scripts/machines/types.js';
import {catchSignals} from '../../../scripts/cli/signals.js';

/** `local`, `sandbox:LEADER`, or `ssh:URL|IDENTITY|KNOWN_HOSTS`. */
const open = async (place: string): Promise<Machine> => {
	const kind = place.split(':', 1)[0];
	const rest = place.slice(place.indexOf(':') + 1);
	if (kind === 'ssh') {
		const [url, identityFile, knownHosts] = rest.split('|') as [string, string, string];
		return connectSsh(url, {identityFile, knownHosts});
	}

	const local = createLocalMachine();
	return kind === 'sandbox' ? createSandboxMachine(local, {name: 'test', leader: async () => Number(rest)}) : local;
};

/** Runs the words on the machine as `shell` and `openstack` do. */
const [place, ...argv] = process.argv.slice(2);
const machine = await open(place!);
const signals = catchSignals();
try {
	process.exitCode = await machine.interactive(argv, {terminal: isatty(0) && isatty(1), signal: signals.stop, env: {TERM: 'xterm-256color'}});
} finally {
	signals.release();
	await machine.close();
}
