import {randomUUID} from 'node:crypto';
import {z} from 'zod';
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
	readonly record: StepRecord | null;
};

export const emptyState = (machineId: string, toolVersion: string, serial = 0): State =>
	({version: stateVersion, toolVersion, lineage: randomUUID(), serial, machineId, steps: {}});

/** Members of a later version of the same layout are kept as they are. */
const recordSchema = z.looseObject({
	status: z.enum(['running', 'done', 'failed', 'undoing']),
	inputHash: z.string(),
	startedAt: z.string(),
	endedAt: z.string().exactOptional(),
	bootId: z.string(),
	adopted: z.boolean().exactOptional(),
	code: z.string().exactOptional(),
	inputs: z.unknown().exactOptional(),
	jobs: z.array(z.object({id: z.string(), machine: z.string()})).exactOptional(),
	wasPresent: z.boolean().exactOptional(),
	leavesNothing: z.boolean().exactOptional(),
}) satisfies z.ZodType<StepRecord>;

const stateSchema = z.object({
	version: z.literal(stateVersion),
	toolVersion: z.string(),
	lineage: z.string(),
	serial: z.int(),
	machineId: z.string(),
	steps: z.record(z.string(), recordSchema),
}) satisfies z.ZodType<State>;

const entrySchema = z.object({
	at: z.string(),
	lineage: z.string(),
	serial: z.int(),
	machineId: z.string(),
	step: z.string(),
	record: recordSchema.nullable(),
});

const newerSchema = z.object({version: z.number().gt(stateVersion), toolVersion: z.string().optional()});

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
	const newer = newerSchema.safeParse(value).data;
	if (newer) {
		const writer = newer.toolVersion === undefined ? '' : ` of version ${newer.toolVersion}`;
		throw new ToolError('K2D4004', `The state of this environment has layout ${newer.version}, written by a tool${writer}. This tool knows layouts up to ${stateVersion}.`);
	}

	return stateSchema.safeParse(value).data;
};

/** Tab-indented, one member a line: a person can read it, and the serial can be found by a line-wise tool. */
export const renderState = (state: State): string => `${JSON.stringify(state, undefined, '\t')}\n`;

export const renderEntry = ({record, ...entry}: JournalEntry): string => {
	const kept = record && Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'inputs'));
	return JSON.stringify({...entry, record: kept});
};

const parseEntry = (line: string): JournalEntry | undefined => entrySchema.safeParse(parseJson(line)).data;

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
