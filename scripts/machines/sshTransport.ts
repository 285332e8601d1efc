import type {Duplex} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../errors/toolError.js';
import {locale} from './environment.js';
import {spawnDuplex} from './processDuplex.js';
import {quoteAll} from './quote.js';
import {endGroupScript} from './shell/processGroup.js';
import {launchScript, quietLaunchScript} from './shell/launch.js';
import {connectScript} from './shell/sandbox.js';
import {createSlots} from './slots.js';
import {attach, type SshProcess} from './sshChannel.js';
import type {Connection} from './sshConnection.js';
import {createInteract} from './sshInteract.js';
import type {SshLink} from './sshLink.js';
import type {Command, Ending, Running, SpawnRequest, Transport} from './transport.js';

/** Channels at once. OpenSSH allows ten; two are kept for those that end commands. */
const channels = 8;

/** Tries for a channel that the machine refuses, and seconds between. */
const channelTries = 20;
const channelDelay = 0.5;

/** Seconds after the end of its process group that a channel has to close. */
const closeWait = 3;

const prepare = 'export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"\n';

/** Shells differ in little that stands here: one word after the other in quotes. `exec` keeps the login shell out of the process group. */
const commandLine = ({argv, env = {}, cwd = ''}: Command, launch = launchScript): string => {
	const assigned = Object.entries({...locale, ...env}).map(([name, value]) => `${name}=${value}`);
	return `exec ${quoteAll(['sh', '-c', `${prepare}${launch}`, 'sh', cwd, 'env', ...assigned, ...argv])}`;
};

type Opened = {readonly process: SshProcess} | {readonly error: Error};

/** The listeners are there before anything else of the machine's answer is read: the exit code may be right behind. */
const exec = async (connection: Connection, line: string, request: SpawnRequest): Promise<Opened> => new Promise(resolve => {
	try {
		connection.client.exec(line, (error, channel) => {
			resolve(error ? {error} : {process: attach(channel, connection, request)});
		});
	} catch (error) {
		resolve({error: error as Error});
	}
});

/** Ssh2 says this only when the request to run was on its way: then nobody knows whether it runs. */
const wasSent = (error: Error): boolean => error.message === 'Unable to exec';

/** The command in a channel, or how it ended before it had one. Repeats only what surely did not start. */
const start = async (link: SshLink, name: string, request: SpawnRequest): Promise<SshProcess | Ending> => {
	for (let tries = 1; ; tries++) {
		const connection = await link.get();
		const opened = await exec(connection, commandLine(request), request);
		if ('process' in opened) {
			return opened.process;
		}

		const gone = connection.goneBecause();
		if (wasSent(opened.error) && gone !== undefined) {
			return {how: 'lost', reason: gone};
		}

		if (tries === channelTries || wasSent(opened.error)) {
			throw new ToolError('K2D5001', `${name} refuses to run commands: ${opened.error.message}.`, {cause: opened.error});
		}

		await sleep(gone === undefined ? channelDelay * 1000 : 0);
	}
};

const endGroup = async (link: SshLink, group: number, grace: number): Promise<void> => {
	const connection = link.current();
	const argv = ['sh', '-c', endGroupScript, 'sh', String(group), String(Math.ceil(grace * 10))];
	const opened = connection && await exec(connection, commandLine({argv}), {argv, onData: () => undefined});
	if (opened && 'process' in opened) {
		await opened.process.ended;
	}
};

const killRemote = async (link: SshLink, {group, ended, abandon}: SshProcess, grace: number): Promise<void> => {
	const pause = async (): Promise<undefined> => sleep(closeWait * 1000, undefined, {ref: false});
	const number = await Promise.race([group, pause()]);
	if (number !== undefined) {
		await endGroup(link, number, grace);
	}

	await Promise.race([ended, pause()]);
	abandon();
};

/** Why a machine opens no channel: it does not allow that; other reasons are those of the place that was to be reached. */
const prohibited = 1;

const forwardOut = async ({client}: Connection, host: string, port: number): Promise<Duplex | Error> => new Promise(resolve => {
	client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
		resolve(error ?? channel);
	});
});

export const createSshTransport = (name: string, link: SshLink): Transport => {
	const slots = createSlots(channels);
	const spawn = async (request: SpawnRequest): Promise<Running> => {
		const giveBack = await slots.take();
		try {
			const started = await start(link, name, request);
			if ('how' in started) {
				giveBack();
				return {ended: Promise.resolve(started), kill: async () => undefined};
			}

			return {
				ended: started.ended.finally(giveBack),
				kill: async grace => killRemote(link, started, grace),
			};
		} catch (error) {
			giveBack();
			throw error;
		}
	};

	const connect = async (host: string, port: number): Promise<Duplex> => {
		const opened = await forwardOut(await link.get(), host, port);
		if (opened instanceof Error) {
			if ('reason' in opened && opened.reason === prohibited) {
				return spawnDuplex(transport, {argv: ['bash', '-c', connectScript, 'bash', host, String(port)]});
			}

			throw opened;
		}

		return opened;
	};

	const transport: Transport = {
		name,
		spawn,
		connect,
		get host() {
			return transport;
		},
		enter: async command => command,
		interact: createInteract({name, connection: link.get, spawn, line: command => commandLine(command, quietLaunchScript)}),
		close: async () => link.close(),
	};
	return transport;
};
