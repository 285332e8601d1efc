import process from 'node:process';
import {performance} from 'node:perf_hooks';
import {readOptional} from './optional.js';
import {runSuite} from './runSuite.js';
import {suites} from './suites.js';
import {add, failUndeclared, nothing, render, renderSkip, type Tally} from './tally.js';

/** With CI set every test must run but those in test/optional.json. */
const judge = async (tally: Tally): Promise<Tally> => process.env.CI ? failUndeclared(tally, await readOptional()) : tally;

const report = (name: string, seconds: number, tally: Tally): void => {
	console.log(`\n== ${name}, ${seconds.toFixed(1)} s: ${render(tally)}\n`);
};

/** One after the other. */
const run = async (names: readonly string[], print: (name: string, line: string) => void): Promise<Tally> => {
	let total = nothing;
	for (const name of names) {
		const start = performance.now();
		const tally = await judge(await runSuite(suites[name]!, line => {
			print(name, line);
		}));
		report(name, (performance.now() - start) / 1000, tally);
		total = add(total, tally);
	}

	return total;
};

const names = process.argv.slice(2);
const unknown = names.filter(name => !Object.hasOwn(suites, name));
if (names.length === 0 || unknown.length > 0) {
	console.error(`Usage: node dist/test/runner/main.js ${Object.keys(suites).join('|')} ...`);
	process.exitCode = 2;
} else {
	const alone = names.filter(name => suites[name]!.alone);
	const others = names.filter(name => !suites[name]!.alone);
	const total = add(...await Promise.all([
		run(alone, (_, line) => {
			console.log(line);
		}),
		run(others, (name, line) => {
			console.log(alone.length > 0 ? `${name} | ${line}` : line);
		}),
	]));
	for (const skip of total.skips) {
		console.log(renderSkip(skip));
	}

	console.log(render(total));
	process.exitCode = total.failed > 0 ? 1 : 0;
}
