import process from 'node:process';
import type {Bench, Figure, Result} from './figure.js';
import {median, time, timeOk, tool} from './measure.js';

const rounds = 5;

/** Flags that name another environment than the default one: `K2HDKC_BENCH_FLAGS="--name two"`. */
const flags = (process.env.K2HDKC_BENCH_FLAGS ?? '').split(' ').filter(word => word !== '');

const medianOf = async (argv: readonly string[]): Promise<number> => {
	const seconds: number[] = [];
	for (let round = 0; round < rounds; round++) {
		seconds.push(await timeOk(argv));
	}

	return median(seconds);
};

/** Measures a command on an environment where nothing is pending. */
const onFinished = (argv: readonly string[], what: string, seconds: number) => async (): Promise<Result> => {
	const {code} = await time(tool('plan', ...flags, '--detailed-exitcode'));
	if (code !== 0) {
		return {skip: 'needs a finished environment: run `npx k2hdkc-devstack up` first'};
	}

	const figure: Figure = {what, value: await medianOf(argv), unit: 's', budget: {value: seconds, words: 'fixed'}};
	return [figure];
};

export const plan: Bench = {
	title: `plan on a finished environment, median of ${rounds}`,
	run: onFinished(tool('plan', ...flags), 'k2hdkc-devstack plan', 2),
};

const overSsh = flags.some(word => word.includes('ssh://'));

export const again: Bench = {
	title: `up on a finished environment, every probe run, median of ${rounds}`,
	run: onFinished(tool('up', ...flags), `second k2hdkc-devstack up${overSsh ? ' over SSH' : ''}`, overSsh ? 4 : 3),
};
