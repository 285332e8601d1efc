import test from 'ava';
import {fetchWheels} from '../../../scripts/sources/wheels.js';
import type {SourceAccess} from '../../../scripts/sources/types.js';

const asked = async (index: string): Promise<readonly string[]> => {
	let words: readonly string[] = [];
	const run = async (argv: readonly string[]) => {
		words = argv;
		return {code: 0, stdout: '', stderr: '', seconds: 0};
	};

	const access: SourceAccess = {machine: {run}, debian: {mirror: 'host', keyring: null}, python: {index}, env: {}};
	await fetchWheels(['pyroute2==0.7.12'], '/into', access);
	return words;
};

test('pinned wheels come from the index of the host or the one configured, and nothing is built', async t => {
	const words = await asked('host');
	t.deepEqual(words.slice(0, 4), ['python3', '-m', 'pip', 'download']);
	t.true(words.includes('--only-binary=:all:') && words.includes('--no-deps'));
	t.deepEqual(words.slice(-2), ['--dest=/into', 'pyroute2==0.7.12']);
	t.false(words.some(word => word.startsWith('--index-url')));
	t.true((await asked('https://pypi.example.org/simple')).includes('--index-url=https://pypi.example.org/simple'));
});
