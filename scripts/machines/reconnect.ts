import {CommandError} from './commandError.js';

export const isLost = (error: unknown): boolean => error instanceof CommandError && error.outcome === 'unknown';

const attempts = 4;

/** Repeats an action that may be repeated at will while the link drops under it. Coming back to the machine is the transport's work. */
export const throughDrops = async <T>(action: () => Promise<T>): Promise<T> => {
	for (let attempt = 1; ; attempt++) {
		try {
			return await action();
		} catch (error) {
			if (!isLost(error) || attempt === attempts) {
				throw error;
			}
		}
	}
};
