import type {EngineEvent, Subscriber} from '../pipeline/events.js';
import {formatDuration, formatElapsed} from './duration.js';
import {renderPlan} from './plan.js';
import {plainText} from './style.js';

type Running = {readonly startedAt: number; readonly expected: number; last: string; lastShown: number};

export type PlainOptions = {
	readonly write: (line: string) => void;
	readonly now?: () => number;
	/** Seconds of silence of a step after which a line says that it still runs. */
	readonly heartbeat?: number;
	/** Also shows every line of the steps' output. */
	readonly verbose?: boolean;
};

const stepEnd = (event: EngineEvent & {type: 'step-end'}): string => {
	const seconds = formatDuration(event.seconds);
	switch (event.result) {
		case 'failed': {
			return `${event.id}: FAILED after ${seconds}: ${event.failure ? `${event.failure.what} (${event.failure.code})` : event.reason}`;
		}

		case 'interrupted': {
			return `${event.id}: stopped after ${seconds}: ${event.reason}`;
		}

		case 'done':
		case 'undone': {
			return `${event.id}: ${event.result} in ${seconds}`;
		}

		default: {
			return `${event.id}: ${event.result}: ${event.reason}`;
		}
	}
};

const verbs = {apply: 'started', undo: 'taking back', probe: 'looking'} as const;

/** The lines an event is worth without a terminal; most are one line, output of steps is none unless verbose. */
export const plainLines = (event: EngineEvent, verbose: boolean): string[] => {
	switch (event.type) {
		case 'run-start': {
			return [`${event.command}: environment ${event.environment}, profile ${event.profile}, ${event.steps} steps`];
		}

		case 'plan': {
			return renderPlan(event.plan, {color: false, all: false});
		}

		case 'notice': {
			return [event.level === 'warn' ? `warning: ${event.message}` : event.message];
		}

		case 'step-start': {
			return event.action === 'probe' && !verbose ? [] : [`${event.step.id}: ${verbs[event.action]}: ${event.step.title}${verbose ? ` (${event.reason})` : ''}`];
		}

		case 'step-say': {
			return [`${event.id}: ${event.message}`];
		}

		case 'step-output': {
			return verbose ? [`${event.id} | ${event.line}`] : [];
		}

		case 'step-retry': {
			return [`${event.id}: try ${event.attempt} of ${event.of} in ${formatDuration(event.delay)}, because: ${event.cause}`];
		}

		case 'step-end': {
			return event.result === 'skipped' && !verbose ? [] : [stepEnd(event)];
		}

		case 'run-end': {
			return [`${event.result === 'ok' ? 'finished' : event.result} after ${formatDuration(event.seconds)}`];
		}
	}
};

/**
 * Progress for pipes, files and CI: a time-stamped line for every event that says something, and a line for each step that was
 * silent for `heartbeat` seconds. Call `tick` now and then, `stop` at the end.
 */
export const createPlain = ({write, now = Date.now, heartbeat = 30, verbose = false}: PlainOptions): {subscriber: Subscriber; tick: () => void} => {
	const running = new Map<string, Running>();
	const print = (at: number, text: string): void => {
		write(`${new Date(at).toISOString().slice(11, 19)} ${plainText(text)}`.trimEnd());
	};

	const hear = (id: string, words: string, shownAt: number | undefined): void => {
		const step = running.get(id);
		if (step) {
			step.last = words;
			step.lastShown = shownAt ?? step.lastShown;
		}
	};

	const follow = (event: EngineEvent, at: number): void => {
		switch (event.type) {
			case 'step-start': {
				running.set(event.step.id, {startedAt: at, expected: event.step.expected, last: '', lastShown: at});
				break;
			}

			case 'step-end': {
				running.delete(event.id);
				break;
			}

			case 'step-say': {
				hear(event.id, event.message, at);
				break;
			}

			case 'step-output': {
				hear(event.id, event.line, verbose ? at : undefined);
				break;
			}

			default: {
				break;
			}
		}
	};

	return {
		subscriber(event) {
			const at = Date.parse(event.at);
			for (const line of plainLines(event, verbose)) {
				print(at, line);
			}

			follow(event, at);
		},
		tick() {
			const at = now();
			for (const [id, step] of running) {
				if (at - step.lastShown >= heartbeat * 1000) {
					const last = step.last.trim() === '' ? '' : `; last: ${step.last.trim()}`;
					print(at, `${id}: still running, ${formatElapsed((at - step.startedAt) / 1000, step.expected)}${last}`);
					step.lastShown = at;
				}
			}
		},
	};
};
