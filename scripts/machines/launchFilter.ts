import {launchMark} from './shell/launch.js';

export type LaunchFilter = {
	/** Bytes of standard error. What stands before the mark (noise of a login shell, the words of a failed launch) is not the command's. */
	readonly push: (chunk: Buffer) => void;
	/** What came before the mark, while there is none. */
	readonly preface: () => string;
	readonly hasStarted: () => boolean;
};

const mark = Buffer.from(launchMark);
const newline = 0x0A;

/** More noise than that is kept from the memory, not searched. */
const longestPreface = 65_536;

/** Takes the line with the mark of launchScript out of standard error, whatever the borders of the chunks. */
export const createLaunchFilter = (onStarted: (group: number) => void, onData: (chunk: Buffer) => void): LaunchFilter => {
	let pending: Buffer = Buffer.alloc(0);
	let started = false;
	return {
		push(chunk) {
			if (started) {
				onData(chunk);
				return;
			}

			pending = Buffer.concat([pending, chunk]);
			const at = pending.indexOf(mark);
			const end = at === -1 ? -1 : pending.indexOf(newline, at);
			if (end === -1) {
				pending = pending.subarray(-longestPreface);
				return;
			}

			started = true;
			const rest = pending.subarray(end + 1);
			const group = Number(pending.subarray(at + mark.length, end).toString());
			pending = Buffer.alloc(0);
			onStarted(group);
			if (rest.length > 0) {
				onData(rest);
			}
		},
		preface: () => pending.toString('utf8').trim(),
		hasStarted: () => started,
	};
};
