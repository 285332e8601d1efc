import {closeSync, existsSync, openSync, readFileSync, readSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {StringDecoder} from 'node:string_decoder';
import {setTimeout as sleep} from 'node:timers/promises';
import {resultsFile, type RunResultLine} from './logFiles.js';

/** How the steps and the run ended, as far as they have. */
export const readResults = (directory: string): RunResultLine[] => {
	const file = path.join(directory, resultsFile);
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return lines.slice(0, -1).map(line => JSON.parse(line) as RunResultLine);
};

/** The process that writes this run's logs is there. Its number is part of the run's id. */
const writerLives = (directory: string): boolean => {
	try {
		process.kill(Number(directory.slice(directory.lastIndexOf('-') + 1)), 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** The step, or without one the run, writes no more. */
export const hasEnded = (directory: string, step?: string): boolean => {
	const results = readResults(directory);
	return results.some(result => 'run' in result || (step !== undefined && result.step === step)) || !writerLives(directory);
};

const chunkSize = 64 * 1024;

/** Reads what is new in a file since the last call, in pieces; nothing as long as the file is not there. */
const createTail = (file: string): {readonly read: (onText: (text: string) => void) => void; readonly close: () => void} => {
	const decoder = new StringDecoder('utf8');
	const buffer = Buffer.alloc(chunkSize);
	let descriptor: number | undefined;
	return {
		read(onText) {
			descriptor ??= existsSync(file) ? openSync(file, 'r') : undefined;
			for (;;) {
				const count = descriptor === undefined ? 0 : readSync(descriptor, buffer, 0, chunkSize, null);
				if (count === 0) {
					return;
				}

				onText(decoder.write(buffer.subarray(0, count)));
			}
		},
		close() {
			if (descriptor !== undefined) {
				closeSync(descriptor);
			}
		},
	};
};

export type FollowOptions = {
	/** Goes on until the step or run has ended. */
	readonly follow: boolean;
	readonly step?: string;
	readonly signal: AbortSignal;
	readonly onText: (text: string) => void;
};

/** Prints a log of a run's directory from its beginning; ends when the signal is aborted. */
export const printLog = async (directory: string, file: string, {follow, step, signal, onText}: FollowOptions): Promise<void> => {
	const tail = createTail(path.join(directory, file));
	try {
		for (let ended = !follow; ;) {
			// Asked before reading: what was written before the end is read in this round.
			ended ||= hasEnded(directory, step);
			tail.read(onText);
			if (ended || signal.aborted) {
				return;
			}

			await sleep(200, undefined, {signal}).catch(() => undefined);
		}
	} finally {
		tail.close();
	}
};
