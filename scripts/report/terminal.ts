import {writeSync} from 'node:fs';
import process from 'node:process';
import {Listr, ListrLogger, ListrTaskState, ProcessOutput} from 'listr2';
import type {EngineEvent, Subscriber} from '../pipeline/events.js';
import {formatDuration} from './duration.js';
import type {LiveMask} from './mask.js';
import {renderPlan} from './plan.js';
import {emptyModel, follow, layout, type TerminalLine} from './terminalModel.js';

/** Lines the display has at most, on however high a screen: more steps than that never run at once. */
const slots = 16;

export type TerminalOptions = {
	readonly stream: NodeJS.WriteStream;
	readonly descriptor: number;
	/** Prints a line that stays, while the display is not up. */
	readonly write: (line: string) => void;
	readonly color: boolean;
	readonly mask: LiveMask;
};

type Display = {readonly show: (lines: readonly TerminalLine[]) => void; readonly close: () => Promise<void>};

/**
 * A listr2 list whose tasks are the lines of the screen. All of them run until the display is closed;
 * which are seen, and what they say, is set from outside.
 */
const openDisplay = (stream: NodeJS.WriteStream): Display => {
	let end = (): void => {};
	const ended = new Promise<void>(resolve => {
		end = resolve;
	});
	const list = new Listr(Array.from({length: slots}, () => ({title: ' ', task: async () => ended})), {
		concurrent: true,
		exitOnError: false,
		registerSignalListeners: false,
		rendererOptions: {
			clearOutput: true,
			collapseErrors: false,
			showErrorMessage: false,
			formatOutput: 'truncate',
			// Progress goes to the error stream: its slot is the one listr2 draws on. Results wait in the other until the end.
			logger: new ListrLogger({useIcons: true, processOutput: new ProcessOutput(stream, process.stdout, {leaveEmptyLine: false})}),
		},
	});
	const running = list.run();
	const show = (lines: readonly TerminalLine[]): void => {
		// Listr2 decides which tasks take part while it starts; a state set before that would leave them out.
		if (!list.tasks.every(task => task.isEnabled())) {
			return;
		}

		for (const [index, task] of list.tasks.entries()) {
			const line = lines[index];
			// A blank title takes no line.
			task.title = line?.text ?? ' ';
			task.state = line?.state === 'failed' ? ListrTaskState.FAILED : ListrTaskState.STARTED;
		}
	};

	return {
		show,
		async close() {
			end();
			await running;
		},
	};
};

const showCursor = '\u001B[?25h';

/** Progress for a terminal: the failed and the running steps, and a line that counts the rest, redrawn in place. */
export const createTerminal = ({stream, descriptor, write, color, mask}: TerminalOptions): {
	readonly subscriber: Subscriber;
	readonly tick: () => void;
	readonly close: () => Promise<void>;
} => {
	let model = emptyModel(Date.now());
	let display: Display | undefined;
	const later: string[] = [];
	const lastWords = new Map<string, string>();
	const restore = (): void => {
		// Past the stream, which the display may still hold back.
		try {
			writeSync(descriptor, showCursor);
		} catch {}
	};

	const draw = (): void => {
		const screen = {rows: Math.min(slots, (stream.rows || 24) - 2), columns: (stream.columns || 80) - 6, now: Date.now(), last: (id: string) => lastWords.get(id) ?? ''};
		display?.show(layout(model, screen).map(line => ({...line, text: mask.text(line.text)})));
	};

	const say = (line: string): void => {
		if (display) {
			later.push(line);
		} else {
			write(line);
		}
	};

	const start = (): void => {
		// What was said before stands above the display already.
		const {notice: _, ...rest} = model;
		model = rest;
		process.once('exit', restore);
		display = openDisplay(stream);
	};

	const tell = (event: EngineEvent): void => {
		if (event.type === 'plan') {
			for (const line of renderPlan(event.plan, {color, all: false})) {
				say(line);
			}
		} else if (event.type === 'notice') {
			say(event.level === 'warn' ? `warning: ${event.message}` : event.message);
		} else if (event.type === 'step-start' && !display) {
			start();
		}
	};

	return {
		subscriber(event) {
			if (event.type === 'step-output') {
				// A step may print a million lines: they are only looked at when the screen is drawn.
				lastWords.set(event.id, event.line);
				return;
			}

			if (event.type === 'step-say') {
				lastWords.set(event.id, event.message);
			} else if (event.type === 'step-retry') {
				lastWords.set(event.id, `try ${event.attempt} of ${event.of} in ${formatDuration(event.delay)}: ${event.cause}`);
			}

			model = follow(model, event);
			tell(event);
			draw();
		},
		tick: draw,
		async close() {
			if (display) {
				await display.close();
				process.off('exit', restore);
				restore();
			}

			display = undefined;
			for (const line of later.splice(0)) {
				write(line);
			}
		},
	};
};
