import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import type {EngineEvent} from '../../../scripts/pipeline/events.js';
import {follow, paths, type Ended} from './tool.js';

/** Where a step is hit: the tool is killed at its start, in the middle (after a quarter of its usual time: alone it is quicker), at its end; `job`: its job is killed, the tool goes on. */
export const points = ['start', 'job', 'middle', 'end'] as const;
export type Point = (typeof points)[number];

/** How a step went when nobody disturbed it. */
export type Usual = {readonly seconds: number; readonly jobs: number};

/** A kill, and what the next run made of it. */
export type Kill = {readonly step: string; readonly point: Point; readonly seconds: number; readonly next?: string};

/** Points of each step that are still to come. */
export type Outstanding = ReadonlyMap<string, Set<Point>>;

type RecordInState = {readonly startedAt: string; readonly endedAt?: string; readonly jobs?: readonly unknown[]};

/** From the record of an environment that stands. */
export const usualOf = async (): Promise<ReadonlyMap<string, Usual>> => {
	const {environment} = await paths();
	const {steps} = JSON.parse(await readFile(path.join(environment, 'state.json'), 'utf8')) as {steps: Record<string, RecordInState>};
	return new Map(Object.entries(steps).map(([id, {startedAt, endedAt, jobs = []}]) =>
		[id, {seconds: (Date.parse(endedAt ?? startedAt) - Date.parse(startedAt)) / 1000, jobs: jobs.length}]));
};

/** Files of a step's jobs with this ending. */
const jobFiles = (directory: string, step: string, ending: string): string[] => existsSync(directory)
	? readdirSync(directory).filter(file => file.startsWith(`${step}.`) && /^\d+\.\w+$/.test(file.slice(step.length + 1)) && file.endsWith(ending))
	: [];

/** Ends the job's processes, and every second time what waits for its exit code as well: then nobody knows how it ended. */
const killJob = (file: string, withRunner: boolean): void => {
	const [runner, , group] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
	for (const pid of [...(withRunner ? [runner!] : []), -group!]) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It has just ended.
		}
	}
};

type Watched = {readonly usual: Usual; readonly known: ReadonlySet<string>; startedAt: number};

/** Seconds that steps took which nobody disturbed. */
export type Took = ReadonlyMap<string, number>;

export type DisturbedRun = {readonly ended: Ended & {readonly events: readonly EngineEvent[]}; readonly kills: readonly Kill[]; readonly took: Took};

/** One run of the tool that is killed when the first outstanding point is reached. What was reached is taken out of `outstanding`. */
export const runDisturbed = async (args: readonly string[], outstanding: Outstanding, usual: ReadonlyMap<string, Usual>): Promise<DisturbedRun> => {
	const jobs = path.join((await paths()).environment, 'jobs');
	const watched = new Map<string, Watched>();
	const kills: Kill[] = [];
	const took = new Map<string, number>();
	let tool: {kill: (signal: NodeJS.Signals) => boolean} | undefined;
	let killed = false;
	const wants = (step: string, point: Point): boolean => !killed && (outstanding.get(step)?.has(point) ?? false);
	const note = (step: string, point: Point): void => {
		if (outstanding.get(step)?.delete(point)) {
			kills.push({step, point, seconds: (Date.now() - (watched.get(step)?.startedAt ?? Date.now())) / 1000});
		}
	};

	// Steps that run beside it are hit as well, each where it is.
	const killTool = (step: string, point: Point): void => {
		tool?.kill('SIGKILL');
		killed = true;
		note(step, point);
		for (const [other, {usual: {seconds}, startedAt}] of watched) {
			const age = (Date.now() - startedAt) / 1000;
			if (other !== step && age < seconds * 0.9) {
				note(other, age < seconds / 4 ? 'start' : 'middle');
			}
		}
	};

	const lookAt = (step: string, {usual: {seconds, jobs: count}, known, startedAt}: Watched): void => {
		const age = (Date.now() - startedAt) / 1000;
		const started = jobFiles(jobs, step, '.pid').filter(file => !known.has(file));
		const ended = jobFiles(jobs, step, '.rc').filter(file => !known.has(file.replace(/\.rc$/, '.pid')));
		if (wants(step, 'start')) {
			killTool(step, 'start');
		} else if (wants(step, 'job') && started.length > 0) {
			killJob(path.join(jobs, started[0]!), kills.length % 2 === 1 || step.length % 2 === 1);
			note(step, 'job');
		} else if (wants(step, 'middle') && age >= seconds / 4) {
			killTool(step, 'middle');
		} else if (wants(step, 'end') && !wants(step, 'middle') && (count > 0 ? ended.length >= count : age >= seconds * 0.9)) {
			killTool(step, 'end');
		}
	};

	const lookAtAll = (): void => {
		for (const [step, watch] of watched) {
			lookAt(step, watch);
		}
	};

	const timer = setInterval(lookAtAll, 20);
	const ended = await follow(args, (event, child) => {
		tool = child;
		if (event.type === 'step-start') {
			const {id} = event.step;
			watched.set(id, {usual: usual.get(id) ?? {seconds: event.step.expected, jobs: 0}, known: new Set(jobFiles(jobs, id, '.pid')), startedAt: Date.now()});
			// Not at once: those that start together are hit together.
			setImmediate(lookAtAll);
		} else if (event.type === 'step-retry') {
			watched.get(event.id)!.startedAt = Date.now();
		} else if (event.type === 'step-end') {
			if (wants(event.id, 'end') && event.result !== 'failed') {
				killTool(event.id, 'end');
			}

			const {startedAt} = watched.get(event.id) ?? {};
			if (startedAt !== undefined) {
				took.set(event.id, (Date.now() - startedAt) / 1000);
			}

			watched.delete(event.id);
		}
	});
	clearInterval(timer);
	return {ended, kills, took};
};

const verdictOf = (events: readonly EngineEvent[], step: string): string | undefined => {
	const plan = events.find(event => event.type === 'plan');
	return plan?.plan.find(({id}) => id === step)?.verdict ?? events.flatMap(event => event.type === 'step-start' && event.step.id === step ? [event.action] : []).at(0);
};

/** Runs again and again, killed at each outstanding point in turn, until a run ends well that nobody disturbed: that run tells how long its steps take. */
export const walk = async (
	t: ExecutionContext,
	args: readonly string[],
	outstanding: Outstanding,
	usual: ReadonlyMap<string, Usual>,
): Promise<{readonly kills: readonly Kill[]; readonly took: Took}> => {
	const all: Kill[] = [];
	let pending: Kill[] = [];
	const most = 3 + [...outstanding.values()].reduce((sum, set) => sum + set.size + 1, 0);
	for (let round = 1; round <= most; round++) {
		const {ended, kills, took} = await runDisturbed(args, outstanding, usual);
		all.push(...pending.map(kill => ({...kill, next: verdictOf(ended.events, kill.step) ?? 'nothing to do'})));
		pending = [...kills];
		if (kills.length === 0) {
			t.is(ended.code, 0, `${args.join(' ')}\n${ended.stdout.split('\n').slice(-4).join('\n')}\n${ended.stderr}`);
			return {kills: all, took};
		}

		if (ended.signal === undefined && ended.code !== 0) {
			// Only a killed job is a reason to fail.
			t.true(kills.some(({point}) => point === 'job'), `${args.join(' ')}\n${ended.stderr}`);
		}
	}

	t.fail(`${args.join(' ')}: no end after ${most} runs`);
	return {kills: all, took: new Map()};
};

/** One line a step: when it was hit at each point, and what the next run did about it. */
export const table = (kills: readonly Kill[]): readonly string[] => [...new Set(kills.map(({step}) => step))].map(step => [
	step.padEnd(24),
	...points.map(point => {
		const kill = kills.find(candidate => candidate.step === step && candidate.point === point);
		return (kill ? `${kill.seconds.toFixed(1)} s → ${kill.next}` : '-').padEnd(20);
	}),
].join(' ').trimEnd());
