import {StringDecoder} from 'node:string_decoder';

/** Longest line that is handed on in one piece, in characters: a gigabyte without a newline must not fill the memory. */
export const longestLine = 65_536;

export type LineSplitter = {
	readonly push: (chunk: Uint8Array) => void;
	/** The last line, when it has no newline. */
	readonly end: () => void;
};

/** Cuts bytes into lines of UTF-8 text, whatever the borders of the chunks. A carriage return before the newline is dropped. */
export const createLineSplitter = (onLine: (line: string) => void): LineSplitter => {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	const emit = (line: string): void => {
		onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
	};

	const take = (text: string): void => {
		const lines = text.split('\n');
		lines[0] = rest + lines[0]!;
		rest = lines.pop()!;
		for (const line of lines) {
			emit(line);
		}

		while (rest.length >= longestLine) {
			onLine(rest.slice(0, longestLine));
			rest = rest.slice(longestLine);
		}
	};

	return {
		push(chunk) {
			take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
		},
		end() {
			take(decoder.end());
			if (rest !== '') {
				emit(rest);
				rest = '';
			}
		},
	};
};

/** The last `count` lines of a text, without empty ones. */
export const lastLinesOf = (text: string, count: number): string[] =>
	text.split(/\r?\n/).filter(line => line.trim() !== '').slice(-count);
