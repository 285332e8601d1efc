import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

/** The real entry point, and the same command line over an environment of four small steps. */
export const mainFile = fileURLToPath(new URL('../../../scripts/cli/main.js', import.meta.url));
export const fakeFile = fileURLToPath(new URL('fakeTool.js', import.meta.url));

export type Ended = {readonly code: number | undefined; readonly signal: string | undefined; readonly stdout: string; readonly stderr: string};

export type Started = {
	readonly child: ChildProcess;
	readonly ended: Promise<Ended>;
	/** Resolves once the text is in the output so far. */
	readonly said: (text: string) => Promise<void>;
};

export type Place = {
	/** A directory of the test's own: working directory, logs, environments. */
	readonly directory: string;
	readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>, file?: string) => Started;
	readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>, file?: string) => Promise<Ended>;
};

const startTool = (directory: string, args: readonly string[], env: Readonly<Record<string, string>>, file: string): Started => {
	const {PATH = '', HOME = '', NODE_V8_COVERAGE} = process.env;
	const child = spawn(process.execPath, [file, ...args], {
		cwd: directory,
		env: {PATH, HOME, ...(NODE_V8_COVERAGE === undefined ? {} : {NODE_V8_COVERAGE}), XDG_STATE_HOME: path.join(directory, 'state'), FAKE_DIR: path.join(directory, 'fake'), ...env},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output = {stdout: '', stderr: ''};
	for (const stream of ['stdout', 'stderr'] as const) {
		child[stream].setEncoding('utf8').on('data', (text: string) => {
			output[stream] += text;
		});
	}

	return {
		child,
		ended: once(child, 'close').then(([code, signal]: Array<number | string | null>) => ({
			code: typeof code === 'number' ? code : undefined, signal: typeof signal === 'string' ? signal : undefined, ...output,
		})),
		async said(text) {
			while (!output.stdout.includes(text) && !output.stderr.includes(text)) {
				if (child.exitCode !== null || child.signalCode !== null) {
					throw new Error(`ended without saying "${text}": ${output.stdout}${output.stderr}`);
				}

				await sleep(20);
			}
		},
	};
};

/** A place to run the tool in, removed after the test. */
export const createPlace = async (t: ExecutionContext): Promise<Place> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-cli-'));
	// What the tool ended may write its last line meanwhile.
	t.teardown(async () => rm(directory, {recursive: true, force: true, maxRetries: 5}));
	const start: Place['start'] = (args, env = {}, file = fakeFile) => startTool(directory, args, env, file);
	return {directory, start, run: async (...parts) => start(...parts).ended};
};
