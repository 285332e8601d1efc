import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';
import {until} from './servers.js';

/** A key pair of a test's own. */
export type Key = {
	readonly publicKey: string;
	readonly privateKey: string;
	/** Runs a script as root on a Debian server, reached from this host; waits for its ssh. */
	readonly run: (address: string, script: string) => Promise<string>;
	readonly remove: () => Promise<void>;
};

/** Host keys are of servers that live for minutes. */
const options = ['BatchMode=yes', 'ConnectTimeout=5', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap(option => ['-o', option]);

/** Exit code of ssh for what is not that of the command. */
const notReached = 255;

/** The same with a key that is there. */
export const runByKey = async (file: string, address: string, script: string): Promise<string> => until(`ssh to ${address}`, async () => {
	const {code, stdout, stderr} = await runCommand('ssh', [...options, '-i', file, `debian@${address}`, `sudo sh -euc '${script.replaceAll('\'', String.raw`'\''`)}'`], {timeout: 120_000});
	if (code !== 0 && code !== notReached) {
		throw new Error(`${address}: ${script}: ${stderr}`);
	}

	return code === 0 ? stdout : undefined;
});

export const createKey = async (t: ExecutionContext): Promise<Key> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-key-'));
	const file = path.join(directory, 'key');
	const made = await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tests', '-f', file]);
	t.is(made.code, 0, made.stderr);
	return {
		publicKey: await readFile(`${file}.pub`, 'utf8'),
		privateKey: await readFile(file, 'utf8'),
		run: async (address, script) => runByKey(file, address, script),
		remove: async () => rm(directory, {recursive: true, force: true}),
	};
};
