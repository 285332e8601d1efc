import os from 'node:os';
import process from 'node:process';
import {wantsColor, type CommandContext} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {createEmitter, type Emit, type Subscriber} from '../pipeline/events.js';
import {createJsonLines} from '../report/jsonLines.js';
import {createLogFiles, logRoot, runId, type LogFiles} from '../report/logFiles.js';
import {createPlain} from '../report/plain.js';
import {createRecorder, type Recorded} from '../report/recorder.js';

/** A way to show progress. `close` gives the screen back. */
type Screen = {readonly subscriber: Subscriber; readonly tick?: () => void; readonly close?: () => Promise<void>};

export type Reporting = {
	readonly emit: Emit;
	readonly recorded: () => Recorded;
	/** Directory of this run's logs; undefined when it could not be made. */
	readonly logs: string | undefined;
	/** Ends the display and writes out the logs. Whatever is printed afterwards stays the last thing on the screen. */
	readonly close: () => Promise<void>;
};

/** Where the logs of an environment lie on the side the tool runs on. */
export const logRootOf = (context: CommandContext, name: string): string =>
	logRoot(name, {uid: process.getuid?.() ?? 1, env: context.env, home: context.env.HOME ?? os.homedir()});

const screenFor = async (context: CommandContext, options: Options): Promise<Screen> => {
	if (context.events) {
		return {subscriber: createJsonLines(context.stdout.line, context.mask)};
	}

	if (context.stderr.isTty && !context.verbose && context.env.TERM !== 'dumb') {
		const {createTerminal} = await import('../report/terminal.js');
		return createTerminal({stream: process.stderr, descriptor: 2, write: context.stderr.line, color: wantsColor(context.stderr, options, context.env), mask: context.mask});
	}

	return createPlain({write: context.stderr.line, verbose: context.verbose});
};

const openLogs = (context: CommandContext, name: string): {files?: LogFiles; fault?: string} => {
	const root = logRootOf(context, name);
	const fault = (error: unknown): string => `Logs cannot be written under ${root}: ${error instanceof Error ? error.message : String(error)}. The run goes on without.`;
	try {
		const files = createLogFiles(root, runId(new Date(), process.pid), context.mask, error => {
			context.stderr.line(fault(error));
		});
		return {files};
	} catch (error) {
		return {fault: fault(error)};
	}
};

/** Puts the subscribers of a run together: a display, log files and a recorder for the summary. */
export const createReporting = async (context: CommandContext, options: Options, name: string): Promise<Reporting> => {
	const screen = await screenFor(context, options);
	const recorder = createRecorder();
	const {files, fault} = openLogs(context, name);
	const emit = createEmitter([screen.subscriber, recorder.subscriber, ...(files ? [files.subscriber] : [])]);
	const timer = setInterval(() => {
		screen.tick?.();
		files?.flush();
	}, 1000);
	timer.unref();
	const announceStop = (): void => {
		emit({type: 'notice', level: 'info', message: `${String(context.signal.reason)}: stopping cleanly, what is done stays done. Once more ends the running commands too.`});
	};

	context.signal.addEventListener('abort', announceStop, {once: true});
	if (fault !== undefined) {
		emit({type: 'notice', level: 'warn', message: fault});
	}

	return {
		emit,
		recorded: recorder.recorded,
		logs: files?.directory,
		async close() {
			clearInterval(timer);
			context.signal.removeEventListener('abort', announceStop);
			await screen.close?.();
			files?.close();
		},
	};
};
