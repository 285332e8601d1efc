import {closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeSync} from 'node:fs';
import path from 'node:path';
import type {EngineEvent, Subscriber} from '../pipeline/events.js';
import type {LiveMask} from './mask.js';
import {plainLines} from './plain.js';

/** Runs whose logs are kept, for each environment. */
const keptRuns = 50;

const blockSize = 64 * 1024;

export const resultsFile = 'results.jsonl';

/** A line of results.jsonl. */
export type RunResultLine =
	| {readonly step: string; readonly result: string; readonly seconds: number}
	| {readonly run: string; readonly exitCode: number; readonly seconds: number};

/**
 * Where the tool keeps its own logs, on the side it runs on: /var/log for root, the user's state directory for others.
 * The environment's host may be another machine, out of reach just when a log is wanted.
 */
export const logRoot = (name: string, {uid, env, home}: {readonly uid: number; readonly env: Readonly<Record<string, string | undefined>>; readonly home: string}): string => {
	const own = env.XDG_STATE_HOME ?? '';
	const personal = own === '' ? path.join(home, '.local/state') : own;
	const base = uid === 0 && own === '' ? '/var/log' : personal;
	return path.join(base, 'k2hdkc-devstack', name);
};

/** Sorts by time and is unique even for runs begun in the same second: `20261122T133301Z-4711`. */
export const runId = (at: Date, pid: number): string => `${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${pid}`;

const isRun = (name: string): boolean => /^\d{8}T\d{6}Z-\d+$/u.test(name);

/** Ids of the recorded runs, oldest first. */
export const listRuns = (root: string): string[] => existsSync(root) ? readdirSync(root).filter(name => isRun(name)).toSorted() : [];

/** What happened in a run, in its directory. */
export const runLog = (directory: string): string => path.join(directory, 'run.log');

/** File of a step's log inside a run's directory; ids are dotted names and safe as file names. */
export const stepLog = (directory: string, step: string): string => path.join(directory, `${step}.log`);

const removeOld = (root: string, keep: number): void => {
	for (const run of listRuns(root).slice(0, -keep)) {
		rmSync(path.join(root, run), {recursive: true, force: true});
	}
};

/** Lines of one log file, written in blocks: a step may print a gigabyte. */
const createLogFile = (file: string): {readonly append: (text: string) => void; readonly flush: () => void; readonly close: () => void} => {
	const descriptor = openSync(file, 'a', 0o600);
	let waiting: string[] = [];
	let size = 0;
	const flush = (): void => {
		const text = waiting.join('');
		waiting = [];
		size = 0;
		if (text !== '') {
			writeSync(descriptor, text);
		}
	};

	return {
		append(text) {
			waiting.push(text);
			size += text.length;
			if (size >= blockSize) {
				flush();
			}
		},
		flush,
		close() {
			flush();
			closeSync(descriptor);
		},
	};
};

const stepOf = (event: EngineEvent): string | undefined => {
	if (event.type === 'step-start') {
		return event.step.id;
	}

	return 'id' in event ? event.id : undefined;
};

/** What `logs` reads to know how a step or the run ended. */
const resultOf = (event: EngineEvent): RunResultLine | undefined => {
	if (event.type === 'step-end') {
		return {step: event.id, result: event.result, seconds: event.seconds};
	}

	return event.type === 'run-end' ? {run: event.result, exitCode: event.exitCode, seconds: event.seconds} : undefined;
};

export type LogFiles = {
	readonly directory: string;
	readonly subscriber: Subscriber;
	/** Writes what is still waiting; to be called about once a second. */
	readonly flush: () => void;
	readonly close: () => void;
};

/**
 * Writes run.log (what happened), one STEP.log for each step (everything it printed) and results.jsonl into a directory of this run;
 * 0600 and 0700, masked. A fault of the disk later on ends the logging, not the run: it is told to `onFault` once.
 * @throws the file system's error when the directory cannot be made.
 */
export const createLogFiles = (root: string, id: string, mask: LiveMask, onFault: (error: unknown) => void, keep = keptRuns): LogFiles => {
	const directory = path.join(root, id);
	mkdirSync(directory, {recursive: true, mode: 0o700});
	removeOld(root, keep);
	const files = new Map<string, ReturnType<typeof createLogFile>>();
	let broken = false;
	const guarded = (action: () => void): void => {
		try {
			if (!broken) {
				action();
			}
		} catch (error) {
			broken = true;
			onFault(error);
		}
	};

	const append = (name: string, text: string): void => {
		const file = files.get(name) ?? createLogFile(path.join(directory, name));
		files.set(name, file);
		file.append(text);
	};

	const stamped = (at: string, lines: readonly string[]): string => lines.map(line => `${at} ${mask.text(line)}\n`).join('');

	const record = (event: EngineEvent): void => {
		const step = stepOf(event);
		if (event.type === 'step-output') {
			append(`${event.id}.log`, stamped(event.at, [event.line]));
			return;
		}

		const text = stamped(event.at, plainLines(event, true));
		append('run.log', text);
		if (step !== undefined) {
			append(`${step}.log`, text);
		}

		const result = resultOf(event);
		if (result) {
			// The lines before the result, always: who follows a log stops at the result.
			for (const file of files.values()) {
				file.flush();
			}

			append(resultsFile, `${JSON.stringify(result)}\n`);
			files.get(resultsFile)?.flush();
		}

		if (event.type === 'step-end') {
			files.get(`${event.id}.log`)?.close();
			files.delete(`${event.id}.log`);
		}
	};

	return {
		directory,
		subscriber(event) {
			guarded(() => {
				record(event);
			});
		},
		flush() {
			guarded(() => {
				for (const file of files.values()) {
					file.flush();
				}
			});
		},
		close() {
			guarded(() => {
				for (const file of files.values()) {
					file.close();
				}
			});
			files.clear();
		},
	};
};
