import {spawn, type ChildProcess} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import type {Suite} from './suites.js';
import {tallyAva, tallyCommand, type Tally} from './tally.js';

const graceSeconds = 10;

/** Ava's marks are the Unicode ones on every terminal but `linux`. Coverage is of the tool, so only tests of the tool write it. */
const environmentOf = (suite: Suite): NodeJS.ProcessEnv => ({
	...process.env,
	...(suite.kind === 'ava' && {TERM: 'dumb'}),
	...suite.env,
	...(suite.kind === 'ava' && process.env.TEST_COVERAGE && {NODE_V8_COVERAGE: path.resolve('coverage/raw')}),
});

const endGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
	try {
		process.kill(-child.pid!, signal);
	} catch {
		// It has ended by itself.
	}
};

/** Ends the whole group at the limit, and when this process is told to end. Returns what takes that back. */
const bound = (child: ChildProcess, seconds: number): () => void => {
	const timers: NodeJS.Timeout[] = [];
	const end = (): void => {
		endGroup(child, 'SIGTERM');
		timers.push(setTimeout(endGroup, graceSeconds * 1000, child, 'SIGKILL'));
	};

	timers.push(setTimeout(() => {
		console.error(`Ended after ${seconds} s: the limit of this suite.`);
		end();
	}, seconds * 1000));
	const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	for (const signal of signals) {
		process.on(signal, end);
	}

	return () => {
		for (const timer of timers) {
			clearTimeout(timer);
		}

		for (const signal of signals) {
			process.off(signal, end);
		}
	};
};

const lastOf = async (child: ChildProcess): Promise<number> => new Promise((resolve, reject) => {
	child.once('error', reject);
	child.once('close', (code, signal) => {
		if (signal) {
			console.error(`Ended by ${signal}.`);
		}

		resolve(code ?? 1);
	});
});

/** Runs a suite, giving its output to `print` line by line as it comes, and counts its tests. */
export const runSuite = async (suite: Suite, print: (line: string) => void = console.log): Promise<Tally> => {
	const [command, ...args] = suite.argv;
	const child = spawn(command!, args, {stdio: ['ignore', 'pipe', 'inherit'], env: environmentOf(suite), detached: true});
	const release = bound(child, suite.limit);
	const lines: string[] = [];
	createInterface({input: child.stdout}).on('line', line => {
		lines.push(line);
		print(line);
	});
	const exitCode = await lastOf(child);
	release();
	return (suite.kind === 'ava' ? tallyAva : tallyCommand)(lines, exitCode);
};
