import {pipeline, Readable} from 'node:stream';
import type {ClientChannel} from 'ssh2';
import {createLaunchFilter} from './launchFilter.js';
import type {Connection} from './sshConnection.js';
import type {Ending, SpawnRequest} from './transport.js';

/** Seconds without output after the end of a command, until a daemon it left behind may no longer hold us up. */
const drainSeconds = 2;

export type SshProcess = {
	readonly ended: Promise<Ending>;
	/** Its process group on the machine; undefined when it ended before it said so. */
	readonly group: Promise<number | undefined>;
	/** Lets go of it, whatever it does. */
	readonly abandon: () => void;
};

const feed = (channel: ClientChannel, input: SpawnRequest['input']): void => {
	if (input instanceof Readable) {
		// A command may end without reading all of its input.
		pipeline(input, channel.stdin, () => undefined);
	} else {
		channel.end(input);
	}
};

type Exit = {readonly code: number | null; readonly signal?: string};

const endingOf = (exit: Exit | undefined, connection: Connection): Ending => {
	const reason = connection.goneBecause();
	if (reason !== undefined) {
		// The output may be cut: a code without it must not pass for a result.
		return {how: 'lost', reason};
	}

	if (exit?.signal) {
		return {how: 'signal', signal: exit.signal};
	}

	return exit === undefined || exit.code === null ? {how: 'lost', reason: 'the machine reported no exit code'} : {how: 'code', code: exit.code};
};

/** Watches over a command that was just given to a channel. Settles when the channel closes: the code may come before the last output. */
export const attach = (channel: ClientChannel, connection: Connection, {input, onData}: SpawnRequest): SshProcess => {
	let exit: Exit | undefined;
	let drain: NodeJS.Timeout | undefined;
	let tellGroup: (group: number | undefined) => void;
	const group = new Promise<number | undefined>(resolve => {
		tellGroup = resolve;
	});
	const filter = createLaunchFilter(number => {
		tellGroup(number);
	}, chunk => {
		onData(chunk, 'stderr');
	});
	const ended = new Promise<Ending>(resolve => {
		const settle = (): void => {
			clearTimeout(drain);
			tellGroup(undefined);
			resolve(endingOf(exit, connection));
		};

		channel.on('exit', (code: number | null, signal?: string) => {
			exit = {code, ...(signal !== undefined && {signal})};
			drain = setTimeout(() => {
				settle();
				channel.close();
			}, drainSeconds * 1000);
		}).on('close', settle);
		void connection.gone.then(settle);
	});
	channel.on('data', (chunk: Buffer) => {
		drain?.refresh();
		onData(chunk, 'stdout');
	}).on('error', () => {
		channel.close();
	});
	channel.stderr.on('data', (chunk: Buffer) => {
		drain?.refresh();
		filter.push(chunk);
	});
	feed(channel, input);
	return {
		ended,
		group,
		abandon() {
			channel.close();
		},
	};
};
