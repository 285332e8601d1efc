import process from 'node:process';
import type {Bench} from './figure.js';
import {time} from './measure.js';

const gigabyte = 10 ** 9;

const peakOf = async (bytes: number): Promise<number> => {
	const {output, code} = await time([process.execPath, 'dist/test/bench/noisyRun.js', String(bytes)]);
	const lastLine = output.trim().split('\n').findLast(line => /^\d+$/.test(line));
	if (code !== 0 || lastLine === undefined) {
		throw new Error(`the run with ${bytes} bytes ended with ${String(code)}:\n${output.slice(-2000)}`);
	}

	return Number(lastLine);
};

export const memory: Bench = {
	title: 'peak memory of the tool while a step prints',
	async run() {
		return [
			{what: 'a step that prints 1 kB', value: await peakOf(1000), unit: 'MiB'},
			{what: 'a step that prints 1 GB', value: await peakOf(gigabyte), unit: 'MiB', budget: {value: 150, words: 'fixed'}},
		];
	},
};
