import type {ExecutionContext} from 'ava';

/** What the first test opens for all tests of a file: the environment is looked at once. */
export const openedOnce = <T>(open: (t: ExecutionContext) => Promise<T>): (t: ExecutionContext) => Promise<T> => {
	let opening: Promise<T> | undefined;
	return async t => {
		opening ??= open(t);
		return opening;
	};
};
