import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';

/** A network namespace from which no way leads out. */
export type DeadEnd = {
	/** Words that run a command in it. */
	readonly prefix: readonly string[];
	/** Packets that tried to get out, names of hosts that were asked for among them; each was refused at once. */
	readonly attempts: () => Promise<number>;
};

const must = async (...argv: readonly string[]): Promise<string> => {
	const {code, stdout, stderr} = await runCommand(argv[0]!, argv.slice(1));
	if (code !== 0) {
		throw new Error(`${argv.join(' ')}: ${stderr}`);
	}

	return stdout;
};

/** Makes the namespace, for the time of a test. Its way out is a cable to itself, in the range for benchmarks (198.18.0.0/15). */
export const createDeadEnd = async (t: ExecutionContext): Promise<DeadEnd> => {
	const name = `k2dead${process.pid}`;
	await must('ip', 'netns', 'add', name);
	t.teardown(async () => must('ip', 'netns', 'delete', name));
	await must('ip', '-n', name, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'end');
	for (const link of ['lo', 'out', 'end']) {
		await must('ip', '-n', name, 'link', 'set', link, 'up');
	}

	await must('ip', '-n', name, 'address', 'add', '198.18.255.1/30', 'dev', 'out');
	await must('ip', '-n', name, 'route', 'add', 'default', 'via', '198.18.255.2', 'dev', 'out');
	const inside = ['ip', 'netns', 'exec', name, 'nft'];
	await must(...inside, 'add table inet dead; add chain inet dead out { type filter hook output priority 0; }; add rule inet dead out oifname "out" meta l4proto != ipv6-icmp counter reject');
	return {
		// Not `ip netns exec`: in its mount namespace the machine's network would get no name.
		prefix: ['nsenter', `--net=/run/netns/${name}`],
		attempts: async () => Number(/packets (\d+)/.exec(await must(...inside, 'list', 'chain', 'inet', 'dead', 'out'))?.[1]),
	};
};
