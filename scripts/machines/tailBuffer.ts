export type TailBuffer = {
	readonly push: (chunk: Uint8Array) => void;
	/** Bytes seen in all, kept or not. */
	readonly total: () => number;
	/** What was kept, as UTF-8; a character cut at the front is left out. */
	readonly text: () => string;
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80 && byte < 0xC0;

/** Keeps the last `limit` bytes of what it is given, in at most twice that memory however small the chunks are. */
export const createTailBuffer = (limit: number): TailBuffer => {
	let bytes = Buffer.alloc(0);
	let used = 0;
	let total = 0;
	const makeRoom = (wanted: number): void => {
		if (used + wanted <= bytes.length) {
			return;
		}

		const kept = Math.min(used, limit);
		const from = used - kept;
		if (kept + wanted <= bytes.length) {
			bytes.copy(bytes, 0, from, used);
		} else {
			const grown = Buffer.alloc(Math.min(2 * limit, Math.max(kept + wanted, 2 * bytes.length, 4096)));
			bytes.copy(grown, 0, from, used);
			bytes = grown;
		}

		used = kept;
	};

	return {
		push(chunk) {
			total += chunk.length;
			const part = chunk.subarray(Math.max(0, chunk.length - limit));
			makeRoom(part.length);
			bytes.set(part, used);
			used += part.length;
		},
		total: () => total,
		text() {
			let start = Math.max(0, used - limit);
			if (total > used - start) {
				while (start < used && isContinuation(bytes[start])) {
					start++;
				}
			}

			return bytes.toString('utf8', start, used);
		},
	};
};
