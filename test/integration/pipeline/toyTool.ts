import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {createEngine, type Engine, type EngineOptions} from '../../../scripts/pipeline/engine.js';
import {createEmitter, type EngineEvent} from '../../../scripts/pipeline/events.js';
import type {State} from '../../../scripts/pipeline/state.js';
import type {Step} from '../../../scripts/pipeline/types.js';
import type {Toy} from '../../fixtures/toySteps.js';

/** A directory of its own, removed after the test. */
export const toyDirectory = async (t: ExecutionContext): Promise<string> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-toy-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true, maxRetries: 5}));
	return directory;
};

export type ToyEngine = Engine & {readonly events: EngineEvent[]};

/** An engine in this process, with what it said. */
export const toyEngine = (directory: string, steps: ReadonlyArray<Step<Toy>>, more: Partial<EngineOptions<Toy>> & {version?: string} = {}): ToyEngine => {
	const machine = createLocalMachine();
	const events: EngineEvent[] = [];
	const {version = '1', ...options} = more;
	const engine = createEngine<Toy>({
		steps, env: {machine, directory, version}, host: machine, envDir: `${directory}/env`,
		emit: createEmitter([event => {
			events.push(event);
		}]),
		toolVersion: '0.0.1', environment: 'toy', profile: 'toy', resume: 'toy up', lingerSeconds: 0.2,
		...options,
	});
	return {...engine, events};
};

/** `id:result` of all steps that ended, in the order of their end. */
export const results = (events: readonly EngineEvent[]): string =>
	events.flatMap(event => (event.type === 'step-end' ? [`${event.id}:${event.result}`] : [])).join(' ');

export const reasonOf = (events: readonly EngineEvent[], id: string): string =>
	events.flatMap(event => (event.type === 'step-end' && event.id === id ? [event.reason] : [])).at(-1) ?? '';

export const notices = (events: readonly EngineEvent[]): string =>
	events.flatMap(event => (event.type === 'notice' ? [event.message] : [])).join('\n');

export const said = (events: readonly EngineEvent[], id: string): string =>
	events.flatMap(event => (event.type === 'step-say' && event.id === id ? [event.message] : [])).join('\n');

export const readText = (directory: string, name: string): string => {
	const file = path.join(directory, name);
	return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
};

/** How often a toy step acted. */
export const runsOf = (directory: string, id: string): string => readText(directory, `${id}.runs`).replaceAll('\n', ' ');

export const readState = (directory: string): State => JSON.parse(readFileSync(`${directory}/env/state.json`, 'utf8')) as State;

/** Changes the state file behind the tool's back. */
export const editState = (directory: string, change: (state: State) => object): void => {
	writeFileSync(`${directory}/env/state.json`, JSON.stringify(change(readState(directory)), undefined, '\t'));
};

export type ToyTool = {
	readonly child: ChildProcess;
	/** The exit code, or the signal that ended it. */
	readonly ended: Promise<number | string>;
	readonly events: () => readonly EngineEvent[];
	/** Waits at most 20 s for the first event that fits. */
	readonly sees: (fits: (event: EngineEvent) => boolean) => Promise<EngineEvent>;
};

const driver = fileURLToPath(new URL('../../fixtures/toyEnvironment.js', import.meta.url));

/** Starts the tool as a process of its own. */
export const startTool = (t: ExecutionContext, command: 'up' | 'down', directory: string, set: string, version = '1'): ToyTool => {
	const child = spawn(process.execPath, [driver, command, directory, set, version], {stdio: ['ignore', 'pipe', 'inherit']});
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		text += chunk;
	});
	const ended = (async () => {
		const [code, signal] = await once(child, 'close') as [number | null, string | null];
		return signal ?? code!;
	})();
	t.teardown(() => child.kill('SIGKILL'));
	const events = (): readonly EngineEvent[] => text.split('\n').slice(0, -1).map(line => JSON.parse(line) as EngineEvent);
	return {
		child, ended, events,
		async sees(fits) {
			const deadline = Date.now() + 20_000;
			for (;;) {
				const event = events().find(candidate => fits(candidate));
				if (event) {
					return event;
				}

				if (Date.now() > deadline) {
					throw new Error(`never seen; there was: ${text}`);
				}

				await sleep(10);
			}
		},
	};
};

/** Waits at most 20 s. */
export const until = async (condition: () => boolean): Promise<void> => {
	const deadline = Date.now() + 20_000;
	while (!condition()) {
		if (Date.now() > deadline) {
			throw new Error('It did not come about in 20 s.');
		}

		await sleep(10);
	}
};

export const fileAppears = async (directory: string, name: string): Promise<void> => until(() => existsSync(path.join(directory, name)));

/** A process as far as it can still be read. */
const glance = (read: () => string): string => {
	try {
		return read();
	} catch {
		return '';
	}
};

const jobProcesses = (directory: string, runner: boolean): readonly number[] => readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
	const commandLine = glance(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
	const isRunner = commandLine.startsWith(`sh\0${directory}/env/jobs/`) && commandLine.includes('.script\0');
	return (runner && isRunner) || glance(() => readlinkSync(`/proc/${pid}/cwd`)) === directory;
});

/** Kills a toy's job like the kernel would without memory; with `runner` also the shell that would tell its exit code. */
export const killJob = async (directory: string, {runner = true}: {readonly runner?: boolean} = {}): Promise<void> => {
	for (;;) {
		const processes = jobProcesses(directory, runner);
		if (processes.length === 0) {
			return;
		}

		// In the order of their start: the runner must not see its command die.
		for (const pid of processes.toSorted((a, b) => a - b)) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {}
		}

		await sleep(20);
	}
};
