import {exitCodes, ToolError} from '../errors/toolError.js';

/** How the person stops a run. Both are aborted with the name of the signal as reason. */
export type Interrupts = {
	/** First signal: nothing new is started, what runs is left, the state is kept. */
	readonly stop: AbortSignal;
	/** Second signal: the jobs that still run are ended too. */
	readonly kill: AbortSignal;
};

/** For runs that nobody stops. */
export const noInterrupts = (): Interrupts => ({stop: new AbortController().signal, kill: new AbortController().signal});

const codes: Readonly<Record<string, number>> = {SIGHUP: exitCodes.hangup, SIGINT: exitCodes.interrupt, SIGTERM: exitCodes.terminate};

/** Exit code of a run that the signal ended. */
export const interruptCode = (stop: AbortSignal): number => codes[String(stop.reason)] ?? exitCodes.interrupt;

/** The error for work that was cut short on request. */
export const stopped = (stop: AbortSignal): ToolError =>
	new ToolError('K2D2006', typeof stop.reason === 'string' ? `Stopped by ${stop.reason}.` : 'Stopped on request.');
