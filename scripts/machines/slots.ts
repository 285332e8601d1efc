export type Slots = {
	/** Waits for a free slot; the result gives it back, once. */
	readonly take: () => Promise<() => void>;
};

/** Lets at most `count` go at once, the others in the order in which they came. */
export const createSlots = (count: number): Slots => {
	const waiting: Array<() => void> = [];
	let free = count;
	const giveBack = (): void => {
		const next = waiting.shift();
		if (next) {
			next();
		} else {
			free++;
		}
	};

	return {
		async take() {
			if (free > 0) {
				free--;
			} else {
				await new Promise<void>(resolve => {
					waiting.push(resolve);
				});
			}

			let isTaken = true;
			return () => {
				if (isTaken) {
					isTaken = false;
					giveBack();
				}
			};
		},
	};
};
