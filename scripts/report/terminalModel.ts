import type {EngineEvent, StepInfo} from '../pipeline/events.js';
import {formatDuration, formatElapsed} from './duration.js';
import {plainText, truncate} from './style.js';

type RunningStep = {readonly info: StepInfo; readonly startedAt: number; readonly undo: boolean};
type FailedStep = {readonly id: string; readonly what: string; readonly seconds: number};

/** What the screen has to know. A value; `follow` makes the next one. */
export type TerminalModel = {
	readonly startedAt: number;
	readonly total: number;
	readonly finished: number;
	readonly running: ReadonlyMap<string, RunningStep>;
	readonly failed: readonly FailedStep[];
	/** The last thing the run said that belongs to no step. */
	readonly notice?: string;
};

export const emptyModel = (now: number): TerminalModel => ({startedAt: now, total: 0, finished: 0, running: new Map(), failed: []});

const withoutStep = (model: TerminalModel, id: string): ReadonlyMap<string, RunningStep> => {
	const running = new Map(model.running);
	running.delete(id);
	return running;
};

/** The model after an event. */
export const follow = (model: TerminalModel, event: EngineEvent): TerminalModel => {
	switch (event.type) {
		case 'run-start': {
			return {...model, startedAt: Date.parse(event.at), total: event.steps};
		}

		case 'plan': {
			return {...model, total: event.plan.length};
		}

		case 'notice': {
			return {...model, notice: plainText(event.message)};
		}

		case 'step-start': {
			const step = {info: event.step, startedAt: Date.parse(event.at), undo: event.action === 'undo'};
			return {...model, running: new Map(model.running).set(event.step.id, step)};
		}

		case 'step-end': {
			const failed = event.result === 'failed'
				? [...model.failed, {id: event.id, what: plainText(event.failure?.what ?? event.reason), seconds: event.seconds}]
				: model.failed;
			return {...model, running: withoutStep(model, event.id), failed, finished: model.finished + (event.result === 'failed' ? 0 : 1)};
		}

		default: {
			return model;
		}
	}
};

/** One line of the display. `state` picks its icon. */
export type TerminalLine = {readonly state: 'running' | 'failed' | 'notice' | 'counter'; readonly text: string};

const counter = (model: TerminalModel, hidden: number, now: number): string => [
	`${model.finished} of ${model.total} steps done`,
	model.running.size > 0 ? `${model.running.size} running` : '',
	model.failed.length > 0 ? `${model.failed.length} failed` : '',
	hidden > 0 ? `${hidden} not shown` : '',
	formatDuration(Math.floor((now - model.startedAt) / 1000)),
].filter(Boolean).join(', ');

const runningText = ({info, startedAt, undo}: RunningStep, last: string, now: number): string =>
	`${undo ? 'taking back ' : ''}${info.id}  ${formatElapsed((now - startedAt) / 1000, info.expected)}${last === '' ? '' : `  ${last}`}`;

export type Screen = {
	/** Lines and characters there are. */
	readonly rows: number;
	readonly columns: number;
	/** Milliseconds since the epoch. */
	readonly now: number;
	/** What a step said or printed last, as it came. */
	readonly last: (id: string) => string;
};

/**
 * The lines to show: failed steps, running steps, and one line that counts the rest. Never more than `rows`, each at most `columns` wide;
 * where there is no room, the steps that run longest are kept.
 */
export const layout = (model: TerminalModel, {rows, columns, now, last}: Screen): TerminalLine[] => {
	const failed = model.failed.map(({id, what, seconds}) => ({state: 'failed' as const, text: `${id} failed after ${formatDuration(seconds)}: ${what}`}));
	const running = [...model.running.values()].toSorted((a, b) => a.startedAt - b.startedAt)
		.map(step => ({state: 'running' as const, text: runningText(step, plainText(last(step.info.id)).trim(), now)}));
	const notice = model.notice === undefined ? [] : [{state: 'notice' as const, text: model.notice}];
	const room = Math.max(0, rows - 1 - notice.length);
	const shownFailed = failed.slice(0, Math.max(Math.floor(room / 2), room - running.length));
	const shown = [...shownFailed, ...running.slice(0, room - shownFailed.length)];
	const hidden = failed.length + running.length - shown.length;
	return [...shown, ...notice, {state: 'counter' as const, text: counter(model, hidden, now)}].map(line => ({...line, text: truncate(line.text, columns)})).slice(-Math.max(1, rows));
};
