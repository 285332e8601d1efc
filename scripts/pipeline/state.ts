import {randomUUID} from 'node:crypto';
import {ToolError} from '../errors/toolError.js';
import type {StepRecord} from './types.js';

/** The layout this version writes. A higher number is a newer tool's. */
export const stateVersion = 1;

/** What an environment's host knows about it: one file, `state.json`. */
export type State = {
	readonly version: typeof stateVersion;
	/** Version of the tool that wrote it last. */
	readonly toolVersion: string;
	/** Of this record since its beginning; another one means another record, whatever the serial. */
	readonly lineage: string;
	/** Counts the writes; only grows. */
	readonly serial: number;
	readonly machineId: string;
	readonly steps: Readonly<Record<string, StepRecord>>;
};

/** One line of `journal.jsonl`: a step's record as it became, or null when it was removed. Inputs are left out. */
export type JournalEntry = {
	readonly at: string;
	readonly lineage: string;
	readonly serial: number;
	readonly machineId: string;
	readonly step: string;
	readonly record: StepRecord | undefined;
};

export const emptyState = (machineId: string, toolVersion: string, serial = 0): State =>
	({version: stateVersion, toolVersion, lineage: randomUUID(), serial, machineId, steps: {}});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const statuses: readonly unknown[] = ['running', 'done', 'failed', 'undoing'] satisfies ReadonlyArray<StepRecord['status']>;

const isRecord = (value: unknown): value is StepRecord => isObject(value)
	&& statuses.includes(value['status'])
	&& ['inputHash', 'startedAt', 'bootId'].every(key => typeof value[key] === 'string')
	&& (value['jobs'] === undefined || Array.isArray(value['jobs']));

const isState = (value: unknown): value is State => isObject(value)
	&& value['version'] === stateVersion
	&& ['toolVersion', 'lineage', 'machineId'].every(key => typeof value[key] === 'string')
	&& Number.isSafeInteger(value['serial'])
	&& isObject(value['steps'])
	&& Object.values(value['steps']).every(record => isRecord(record));

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** The state in a file's text, or undefined when it is damaged. A newer tool's throws K2D4004. */
export const parseState = (text: string): State | undefined => {
	const value = parseJson(text);
	if (isObject(value) && typeof value['version'] === 'number' && value['version'] > stateVersion) {
		const writer = typeof value['toolVersion'] === 'string' ? ` of version ${value['toolVersion']}` : '';
		throw new ToolError('K2D4004', `The state of this environment has layout ${value['version']}, written by a tool${writer}. This tool knows layouts up to ${stateVersion}.`);
	}

	return isState(value) ? value : undefined;
};

/** Tab-indented, one member a line: a person can read it, and the serial can be found by a line-wise tool. */
export const renderState = (state: State): string => `${JSON.stringify(state, undefined, '\t')}\n`;

export const renderEntry = ({record, ...entry}: JournalEntry): string => {
	const kept = record && Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'inputs'));
	return JSON.stringify({...entry, record: kept ?? null});
};

const parseEntry = (line: string): JournalEntry | undefined => {
	const value = parseJson(line);
	const complete = isObject(value)
		&& ['at', 'lineage', 'machineId', 'step'].every(key => typeof value[key] === 'string')
		&& Number.isSafeInteger(value['serial'])
		&& (value['record'] === null || isRecord(value['record']));
	return complete ? {...value, record: value['record'] ?? undefined} as JournalEntry : undefined;
};

/**
 * The state as the journal tells it: the records of the newest lineage, each as its last line has it. Lines that were cut off
 * are passed over. Undefined when no line can be read.
 */
export const rebuildState = (journal: string, toolVersion: string): State | undefined => {
	const entries = journal.split('\n').map(line => parseEntry(line)).filter(entry => entry !== undefined);
	const newest = entries.at(-1);
	if (!newest) {
		return undefined;
	}

	const {lineage, machineId} = newest;
	const own = entries.filter(entry => entry.lineage === lineage);
	const last = new Map(own.map(({step, record}) => [step, record]));
	const steps = Object.fromEntries([...last].flatMap(([step, record]) => (record ? [[step, record]] : [])));
	return {version: stateVersion, toolVersion, lineage, serial: Math.max(...own.map(({serial}) => serial)), machineId, steps};
};
