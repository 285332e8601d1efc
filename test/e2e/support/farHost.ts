import {readFile, writeFile} from 'node:fs/promises';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';

const namespace = 'k2hdkc-ci-far';
const link = 'kd-ci-far';

const forwarding = '/proc/sys/net/ipv4/ip_forward';

const must = async (command: string, ...args: readonly string[]): Promise<void> => {
	const {code, stderr} = await runCommand(command, args);
	if (code !== 0) {
		throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
	}
};

/** What became of a connection: it was made, refused by the other side, or nothing came back. */
export type Reached = 'open' | 'refused' | 'silence';

const connectScript = `
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()
    print("open")
except ConnectionRefusedError:
    print("refused")
except OSError:
    print("silence")
`;

/** Tries from this host, or from another network namespace. */
export const connectFrom = async (from: string | undefined, address: string, port: number): Promise<Reached> => {
	const command = ['python3', '-c', connectScript, address, String(port)];
	const {stdout} = await (from === undefined ? runCommand(command[0]!, command.slice(1)) : runCommand('ip', ['netns', 'exec', from, ...command]));
	return stdout.trim() as Reached;
};

/**
 * Another computer behind this host: a network namespace with its route through here, and forwarding switched on. 198.51.100.0/24 is
 * kept for documents and so in use by nobody. Goes with the test. Returns its name.
 */
export const createFarHost = async (t: ExecutionContext): Promise<string> => {
	const before = await readFile(forwarding, 'utf8');
	t.teardown(async () => {
		await writeFile(forwarding, before);
		await runCommand('ip', ['link', 'delete', link]);
		await runCommand('ip', ['netns', 'delete', namespace]);
	});
	await must('ip', 'netns', 'add', namespace);
	await must('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
	await must('ip', 'address', 'add', '198.51.100.1/24', 'dev', link);
	await must('ip', 'link', 'set', link, 'up');
	await must('ip', '-netns', namespace, 'address', 'add', '198.51.100.2/24', 'dev', 'eth0');
	await must('ip', '-netns', namespace, 'link', 'set', 'eth0', 'up');
	await must('ip', '-netns', namespace, 'route', 'add', 'default', 'via', '198.51.100.1');
	await writeFile(forwarding, '1');
	return namespace;
};
