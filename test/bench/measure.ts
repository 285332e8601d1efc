import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {performance} from 'node:perf_hooks';
import process from 'node:process';

export type Timing = {readonly seconds: number; readonly code: number | null; readonly output: string};

/** Runs a command with its output kept, and says how long it took from start to exit. */
export const time = async (argv: readonly string[], input?: string): Promise<Timing> => {
	const start = performance.now();
	const [command = '', ...args] = argv;
	const child = spawn(command, args, {stdio: ['pipe', 'pipe', 'pipe']});
	const chunks: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => {
			chunks.push(chunk);
		});
	}

	child.stdin.end(input);
	const [code] = await once(child, 'close') as [number | null];
	return {seconds: (performance.now() - start) / 1000, code, output: chunks.join('')};
};

/** The same, and an error with the last lines when the command fails. */
export const timeOk = async (argv: readonly string[], input?: string): Promise<number> => {
	const {seconds, code, output} = await time(argv, input);
	if (code !== 0) {
		throw new Error(`${argv.join(' ')} ended with ${String(code)}:\n${output.trim().split('\n').slice(-15).join('\n')}`);
	}

	return seconds;
};

export const median = (values: readonly number[]): number => {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Medians of commands that take turns, so that a busy moment of the machine meets them all. One round to warm up is not counted. */
export const takeTurns = async (commands: ReadonlyArray<readonly string[]>, rounds: number): Promise<readonly number[]> => {
	const seconds = commands.map((): number[] => []);
	for (let round = 0; round <= rounds; round++) {
		for (const [index, argv] of commands.entries()) {
			const taken = await timeOk(argv);
			if (round > 0) {
				seconds[index]!.push(taken);
			}
		}
	}

	return seconds.map(values => median(values));
};

/** The built tool, called as its link in node_modules/.bin does. */
export const tool = (...args: readonly string[]): readonly string[] => [process.execPath, 'dist/scripts/cli/main.js', ...args];
