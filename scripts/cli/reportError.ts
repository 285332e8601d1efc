import {writeSync} from 'node:fs';
import process from 'node:process';
import {exitCodes} from '../errors/toolError.js';

export type ErrorSink = {
	/** The error is also a document on stdout. */
	readonly json: boolean;
	/** With a stack trace. */
	readonly verbose: boolean;
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;
	readonly mask: (text: string) => string;
	/** The command that goes on from here; shown where it is not the command itself that is wrong. */
	readonly resume?: string | undefined;
};

/** Prints an error as one block, for people on stderr and with --json for programs on stdout. Resolves with the exit code. */
export const reportError = async (error: unknown, {json, verbose, print, printError, mask, resume}: ErrorSink): Promise<number> => {
	const [{toFailure}, {renderFailure}] = await Promise.all([import('../errors/toFailure.js'), import('../errors/render.js')]);
	const failure = toFailure(error, {mask});
	if (json) {
		print(`${JSON.stringify({error: failure}, undefined, 2)}\n`);
	}

	printError(`${renderFailure(failure, resume === undefined || failure.exitCode === exitCodes.usage ? {} : {resume})}\n`);
	if (verbose && error instanceof Error && error.stack) {
		printError(`${mask(error.stack)}\n`);
	}

	return failure.exitCode;
};

/** Past the streams, which a display may hold back or a dying process may not write out any more. */
const writeNow = (descriptor: number) => (text: string): void => {
	try {
		writeSync(descriptor, text);
	} catch {
		// Nobody reads it.
	}
};

/** Reports an error that nobody caught, and ends the process. Gives back what takes the watch off again. */
export const watchForCrashes = (sink: () => Pick<ErrorSink, 'json' | 'verbose' | 'mask' | 'resume'>): () => void => {
	const crash = async (error: unknown): Promise<void> => {
		const code = await reportError(error, {...sink(), print: writeNow(1), printError: writeNow(2)});
		// Nothing can be trusted any more: no handle may keep the process.
		process.exit(code); // eslint-disable-line unicorn/no-process-exit
	};

	const onCrash = (error: unknown): void => {
		void crash(error);
	};

	process.once('uncaughtException', onCrash);
	return () => {
		process.off('uncaughtException', onCrash);
	};
};
