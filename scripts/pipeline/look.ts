import {toFailure} from '../errors/toFailure.js';
import {ToolError} from '../errors/toolError.js';
import {bounded} from './bounded.js';
import {stopped} from './interrupts.js';
import type {Probe, Step, StepContext} from './types.js';

/** Seconds a probe may take. */
export const patience = 60;

/** Seconds for one whose needs are not in place: what still stands answers at once, and of those that hang one after the other would wait. */
export const patienceWithoutNeeds = 10;

const noProgress: StepContext['progress'] = {say: () => undefined, output: () => undefined};

const noJob = async (): Promise<never> => {
	throw new ToolError('K2D9001', 'A probe must not start jobs: it changes nothing.');
};

/**
 * Runs a step's probe. One that fails or does not answer in time is `unknown`, with the cause as evidence.
 * Throws K2D2006 when the run was stopped meanwhile.
 */
export const look = async <T>(step: Step<T>, env: T, stop: AbortSignal, timeout = patience): Promise<Probe> => {
	try {
		return await bounded(`The probe of ${step.id}`, {timeout, grace: 5}, stop, async signal =>
			step.probe({env, signal, progress: noProgress, job: noJob}));
	} catch (error) {
		if (stop.aborted) {
			throw stopped(stop);
		}

		const {what, lastLines} = toFailure(error);
		const last = lastLines.at(-1);
		return {state: 'unknown', evidence: last === undefined || what.includes(last) ? what : `${what} (${last.trim()})`};
	}
};
