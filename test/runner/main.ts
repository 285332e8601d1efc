import process from 'node:process';
import {performance} from 'node:perf_hooks';
import {readOptional} from './optional.js';
import {parsePlan, type Plan} from './plan.js';
import {runSuite} from './runSuite.js';
import {suites} from './suites.js';
import {add, failUndeclared, nothing, render, renderFailure, renderSkip, type Tally} from './tally.js';

/** With CI set every test must run but those in test/optional.json. */
const judge = async (tally: Tally): Promise<Tally> => process.env.CI ? failUndeclared(tally, await readOptional()) : tally;

/** Set when this process is told to end: the suites that run end by themselves, and no other begins. */
const told = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		told.abort();
	});
}

/** Runs a lane; `mark` comes before each line of it. */
const runLane = async (names: readonly string[], mark: (name: string) => string): Promise<Tally> => {
	let total = nothing;
	for (const name of names) {
		if (told.signal.aborted) {
			break;
		}

		const start = performance.now();
		const tally = await judge(await runSuite(suites[name]!, line => {
			console.log(`${mark(name)}${line}`);
		}));
		console.log(`\n== ${name}, ${((performance.now() - start) / 1000).toFixed(1)} s: ${render(tally)}\n`);
		total = add(total, {...tally, failures: tally.failures.map(failure => `${name}: ${failure}`)});
	}

	return total;
};

const runPlan = async (plan: Plan): Promise<Tally> => {
	let total = nothing;
	for (const lanes of plan) {
		const tallies = await Promise.all(lanes.map(async (names, index) => runLane(names, name => index === 0 ? '' : `${name} | `)));
		for (const tally of tallies) {
			total = add(total, tally);
		}
	}

	return total;
};

let plan: Plan | undefined;
try {
	plan = parsePlan(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 2;
}

if (plan) {
	const total = await runPlan(plan);
	for (const skip of total.skips) {
		console.log(renderSkip(skip));
	}

	for (const failure of total.failures) {
		console.log(renderFailure(failure));
	}

	console.log(render(total));
	process.exitCode = total.failed > 0 || told.signal.aborted ? 1 : 0;
}
