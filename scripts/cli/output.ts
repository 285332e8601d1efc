import {isatty} from 'node:tty';

/** One of the two standard streams. A reader that went away (EPIPE) ends the output, never the work. */
export type Output = {
	readonly isTty: boolean;
	readonly write: (text: string) => void;
	readonly line: (text?: string) => void;
	/** Aborted once nobody reads any more. */
	readonly closed: AbortSignal;
	readonly columns: () => number;
	readonly rows: () => number;
	/** Resolves when everything written has been handed to the system. */
	readonly flush: () => Promise<void>;
};

export const createOutput = (stream: NodeJS.WriteStream, descriptor: number): Output => {
	const closed = new AbortController();
	// A write to a vanished reader reports EPIPE, a write to a vanished terminal EIO; other faults have nowhere to be told either.
	stream.on('error', () => {
		closed.abort();
	});
	const write = (text: string): void => {
		if (!closed.signal.aborted) {
			stream.write(text);
		}
	};

	return {
		isTty: isatty(descriptor),
		write,
		line(text = '') {
			write(`${text}\n`);
		},
		closed: closed.signal,
		columns: () => stream.columns || 80,
		rows: () => stream.rows || 24,
		flush: async () => new Promise(resolve => {
			if (closed.signal.aborted || stream.writableLength === 0) {
				resolve();
				return;
			}

			closed.signal.addEventListener('abort', () => {
				resolve();
			}, {once: true});
			stream.write('', () => {
				resolve();
			});
		}),
	};
};
