import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';
import type {EngineEvent} from '../../../scripts/pipeline/events.js';
import {withoutNpm} from '../../helpers/workingCopy.js';

/** Tests of a suite share one environment from file to file; .ci/run knows its traces by `ci-`. */
export const name = process.env.TEST_ENVIRONMENT ?? 'ci-e2e';

/** Programs of the host that the tests themselves need. */
export const hostNeeds = {
	root: true,
	// The docker engine too: what is installed later than the first look at the host would count as left behind.
	// So are the tool's own: a lane that wants them in place does not wait for another's `up` to install them.
	commands: {
		'arch-test': 'arch-test', curl: 'curl', mmdebstrap: 'mmdebstrap', 'systemd-nspawn': 'systemd-container',
		docker: 'docker.io', dockerd: 'docker.io', ip: 'iproute2', nft: 'nftables', nsenter: 'util-linux', pgrep: 'procps', python3: 'python3', unshare: 'util-linux',
	},
} as const;

const mainFile = fileURLToPath(new URL('../../../scripts/cli/main.js', import.meta.url));

export type Ended = {
	readonly code: number | undefined;
	readonly signal: string | undefined;
	readonly stdout: string;
	readonly stderr: string;
	readonly seconds: number;
};

export type Started = {readonly child: ChildProcess; readonly ended: Promise<Ended>};

export type ToolOptions = {
	/** Working directory; default: an empty one. */
	readonly cwd?: string;
	/** Which environment; default: the one of this suite. */
	readonly environment?: string;
	/** Entry point of a tool that is built differently; its coverage is not ours to count. */
	readonly main?: string;
	/** Words before the program, such as those that choose a network namespace; default: none. */
	readonly prefix?: readonly string[];
	/** Standard input; default: none. */
	readonly input?: string;
};

const empty = mkdtempSync(path.join(tmpdir(), 'k2hdkc-e2e-'));
process.once('exit', () => {
	rmSync(empty, {recursive: true, force: true});
});

/** `words` come first on the command line, then what names the environment, then `args`. */
const commandLine = (args: readonly string[], environment: string, main: string): string[] => {
	const words = args.findIndex(arg => arg.startsWith('-'));
	const at = words === -1 ? args.length : words;
	return [main, ...args.slice(0, at), '--name', environment, ...args.slice(at)];
};

/** Starts the tool as a person without a terminal does. */
export const start = async (args: readonly string[], {cwd, environment = name, main = mainFile, prefix = [], input}: ToolOptions = {}): Promise<Started> => {
	const startedAt = Date.now();
	const {NODE_V8_COVERAGE} = process.env;
	const [program = '', ...words] = [...prefix, process.execPath, ...commandLine(args, environment, main)];
	const child = spawn(program, words, {
		cwd: cwd ?? empty, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
		env: {...withoutNpm(), ...(NODE_V8_COVERAGE === undefined || main !== mainFile ? {} : {NODE_V8_COVERAGE})},
	});
	child.stdin?.end(input);
	const output = {stdout: '', stderr: ''};
	for (const stream of ['stdout', 'stderr'] as const) {
		child[stream]!.setEncoding('utf8').on('data', (text: string) => {
			output[stream] += text;
		});
	}

	return {
		child,
		ended: once(child, 'close').then(([code, signal]: Array<number | string | null>) => ({
			code: typeof code === 'number' ? code : undefined, signal: typeof signal === 'string' ? signal : undefined,
			...output, seconds: (Date.now() - startedAt) / 1000,
		})),
	};
};

export const run = async (args: readonly string[], options?: ToolOptions): Promise<Ended> => (await start(args, options)).ended;

/** Runs and expects the exit code; its output is the message of the failure. */
export const expect = async (t: ExecutionContext, code: number, args: readonly string[], options?: ToolOptions): Promise<Ended> => {
	const ended = await run(args, options);
	t.is(ended.code, code, `${args.join(' ')}\n${ended.stdout.slice(-4000)}\n${ended.stderr.slice(-4000)}`);
	t.log(`${args.join(' ')}: ${ended.seconds.toFixed(1)} s`);
	return ended;
};

/** The one document on standard output. */
export const document = <R>({stdout}: Ended): R => JSON.parse(stdout) as R;

/** Runs with --events; `onEvent` sees each as it comes. */
export const follow = async (args: readonly string[], onEvent: (event: EngineEvent, child: ChildProcess) => void, options?: ToolOptions): Promise<Ended & {readonly events: readonly EngineEvent[]}> => {
	const {child, ended} = await start([...args, '--events'], options);
	const events: EngineEvent[] = [];
	createInterface({input: child.stdout!}).on('line', line => {
		// The last line of a killed tool may be cut off.
		if (line.endsWith('}')) {
			const event = JSON.parse(line) as EngineEvent;
			events.push(event);
			onEvent(event, child);
		}
	});
	return {...await ended, events};
};

/** Steps that an `up --events` worked on. */
export const worked = (events: readonly EngineEvent[]): readonly string[] => events.flatMap(event => event.type === 'step-start' ? [event.step.id] : []).toSorted();

export type Paths = {readonly state: string; readonly cache: string; readonly environment: string};

let known: Promise<Paths> | undefined;

/** Where the tool keeps things here. */
export const paths = async (): Promise<Paths> => {
	known ??= (async () => {
		const {values} = document<{values: Array<{path: string; value: string}>}>(await run(['config', 'show', 'paths', '--json']));
		const {state = '', cache = ''} = Object.fromEntries(values.map(({path: key, value}) => [key.replace('paths.', ''), value]));
		return {state, cache, environment: path.join(state, name)};
	})();
	return known;
};
