import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {performance} from 'node:perf_hooks';
import {findCommand} from '../helpers/debianPackages.js';
import {makePlace, startHealthyNode, statusOf, until, type Place, type Undoer} from '../integration/entrypoint/place.js';
import type {Bench, Result} from './figure.js';
import {median} from './measure.js';

const rounds = 7;

/** Seconds that the entrypoint has until it is healthy once its peers are ready. */
const budget = {value: 10, words: 'fixed'};

const since = (start: number): number => (performance.now() - start) / 1000;

/** What `run` has to undo is undone after it, the last first. */
const undoing = async <Value>(run: (undoer: Undoer) => Promise<Value>): Promise<Value> => {
	const undos: Array<() => void | Promise<void>> = [];
	try {
		return await run({
			teardown(undo: () => void | Promise<void>) {
				undos.push(undo);
			},
		});
	} finally {
		for (const undo of undos.toReversed()) {
			await undo();
		}
	}
};

/** Seconds from the start of the entrypoint until its command `status`, which the health check asks, says HEALTHY. */
const timeEntrypoint = async (undoer: Undoer, place: Place): Promise<number> => {
	const start = performance.now();
	const node = await startHealthyNode(undoer, place);
	const status = await statusOf(place);
	const seconds = since(start);
	if (status !== 'HEALTHY') {
		throw new Error(`the node is ${status} and not HEALTHY:\n${node.output()}`);
	}

	node.child.kill('SIGTERM');
	await node.ended();
	return seconds;
};

/** Seconds until the same programs are in service when they are just started, with the configuration that the entrypoint has fetched. */
const timePrograms = async (undoer: Undoer, {configDir, group, controlPort, env}: Place): Promise<number> => {
	const start = performance.now();
	// K2hdkc joins a chmpx that is up.
	for (const [program, reached] of [['chmpx', '[UP]'], ['k2hdkc', '[SERVICE IN]']] as const) {
		const child = spawn(program, ['-conf', path.join(configDir, 'k2hdkc.ini')], {env: {...env}, stdio: 'ignore'});
		undoer.teardown(() => {
			child.kill('SIGKILL');
		});
		const status = async (): Promise<string> => readFile(`/tmp/${group}-${controlPort}.chmpx`, 'utf8').catch(() => '');
		await until(() => `${program} to reach ${reached}`, 20, async () => (await status()).includes(reached));
	}

	return since(start);
};

export const entrypoint: Bench = {
	title: `the entrypoint of the database image with stand-ins, medians of ${rounds} in turns`,
	async run(): Promise<Result> {
		const commands = ['dash', 'curl'];
		for (const command of commands) {
			if (await findCommand(command) === undefined) {
				return {skip: `needs ${command}`};
			}
		}

		const seconds: {readonly entrypoint: number[]; readonly programs: number[]} = {entrypoint: [], programs: []};
		for (let round = 0; round < rounds; round++) {
			await undoing(async undoer => {
				const place = await makePlace(undoer, 'dash');
				seconds.entrypoint.push(await timeEntrypoint(undoer, place));
				seconds.programs.push(await timePrograms(undoer, place));
			});
		}

		const programs = median(seconds.programs);
		return [
			{what: 'chmpx and k2hdkc just started, until in service', value: programs, unit: 's'},
			{what: 'entrypoint from start to healthy', value: median(seconds.entrypoint), unit: 's', budget, of: [{value: programs, words: 'just started'}]},
		];
	},
};
