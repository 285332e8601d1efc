import test from 'ava';
import {fetchWheels} from '../../../scripts/sources/wheels.js';
import type {SourceAccess} from '../../../scripts/sources/types.js';

const asked = async (index: string, python?: string): Promise<readonly string[]> => {
	let words: readonly string[] = [];
	const run = async (argv: readonly string[]) => {
		words = argv;
		return {code: 0, stdout: '', stderr: '', seconds: 0};
	};

	const access: SourceAccess = {machine: {run}, debian: {mirror: 'host', keyring: null}, python: {index}, env: {}};
	await fetchWheels({list: '/list.txt', what: 'two wheels', ...(python !== undefined && {python})}, '/into', access);
	return words;
};

test('pinned wheels come from the index of the host or the one configured, and nothing is built', async t => {
	const words = await asked('host');
	t.deepEqual(words.slice(0, 4), ['python3', '-m', 'pip', 'download']);
	t.true(words.includes('--only-binary=:all:') && words.includes('--no-deps'));
	t.deepEqual(words.slice(-2), ['--dest=/into', '--requirement=/list.txt']);
	t.false(words.some(word => /^--(?:index-url|python-version|platform)/.test(word)));
	t.true((await asked('https://pypi.example.org/simple')).includes('--index-url=https://pypi.example.org/simple'));
});

test('wheels for another Python than the machine\'s are those that the guest\'s takes', async t => {
	t.deepEqual((await asked('host', '3.10')).filter(word => /^--(?:implementation|python-version|platform)/.test(word)), [
		'--implementation=cp', '--python-version=3.10',
		'--platform=manylinux_2_28_x86_64', '--platform=manylinux_2_17_x86_64', '--platform=manylinux_2_12_x86_64', '--platform=manylinux_2_5_x86_64',
	]);
});
