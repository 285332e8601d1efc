import test from 'ava';
import type {CommandContext} from '../../../scripts/cli/context.js';
import type {Options} from '../../../scripts/cli/program.js';
import {configCheck, configShow} from '../../../scripts/commands/config.js';
import {createLiveMask} from '../../../scripts/report/mask.js';
import {inDirectory, type Situation} from './workspace.js';

type Ran = {readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly secrets: (text: string) => string};

const run = async (command: typeof configShow, {files = {}, json = false, options = {}, words = []}: {
	readonly files?: NonNullable<Situation['files']>; readonly json?: boolean; readonly options?: Options; readonly words?: readonly string[];
}): Promise<Ran> => {
	const written = {stdout: '', stderr: ''};
	const mask = createLiveMask();
	const output = (stream: 'stdout' | 'stderr'): CommandContext['stdout'] => ({
		isTty: false, closed: new AbortController().signal, columns: () => 80, rows: () => 24, async flush() {},
		write(text) {
			written[stream] += text;
		},
		line(text = '') {
			written[stream] += `${text}\n`;
		},
	});
	const exitCode = await inDirectory(files, async cwd => command({
		stdout: output('stdout'), stderr: output('stderr'), json, mask, cwd, env: {},
	}, options, words));
	return {exitCode, ...written, secrets: mask.text};
};

const proxy = {'k2hdkc-devstack.yaml': 'proxy:\n  http: http://joe:hunter22@proxy:3128\n'};

test('config show prints a table to stdout, the choice of the profile to stderr, and makes secrets known', async t => {
	const ran = await run(configShow, {files: proxy, words: ['proxy']});
	t.is(ran.exitCode, 0);
	t.is(ran.stderr, 'Profile sandbox, because no other was named.\n');
	const lines = ran.stdout.trimEnd().split('\n');
	t.is(lines.length, 4);
	t.deepEqual(lines[0]!.split(/ {2,}/), ['proxy.http', 'http://***@proxy:3128', 'file', 'k2hdkc-devstack.yaml:2:9']);
	t.is(ran.secrets('with hunter22 in it'), 'with *** in it');
});

test('config show --json is one document', async t => {
	const {stdout, stderr} = await run(configShow, {json: true, options: {name: 'trial', release: '2025.1'}, words: ['name']});
	t.is(stderr, '');
	t.deepEqual(JSON.parse(stdout), {
		profile: 'sandbox', reason: 'Profile sandbox, because no other was named.',
		values: [{path: 'name', value: 'trial', layer: 'flag', place: '--name'}],
	});
});

test('config check of a right configuration', async t => {
	const {exitCode, stdout} = await run(configCheck, {words: ['ci']});
	t.is(exitCode, 0);
	t.is(stdout, 'Profile ci, named on the command line. Release 2025.1. The configuration has no mistakes.\n');
	const document = JSON.parse((await run(configCheck, {json: true})).stdout) as unknown;
	t.like(document, {ok: true, profile: 'sandbox', release: '2025.1', problems: []});
});

test('config check of a wrong one: an error for people, a document for machines', async t => {
	const files = {'k2hdkc-devstack.yaml': 'nam: x\nrelease: 2025.1\n'};
	await t.throwsAsync(run(configCheck, {files}), {code: 'K2D1010'});
	const {exitCode, stdout} = await run(configCheck, {files, json: true});
	t.is(exitCode, 2);
	t.deepEqual(JSON.parse(stdout), {
		ok: false, code: 'K2D1010', problems: [
			{code: 'K2D1013', message: 'unknown key "nam". Did you mean "name"?', place: 'k2hdkc-devstack.yaml:1:1'},
			{code: 'K2D1004', message: 'release must be text, and YAML reads 2025.1 as a number: write it with quotes: "2025.1"', place: 'k2hdkc-devstack.yaml:2:10'},
		],
	});
	await t.throwsAsync(run(configCheck, {json: true, options: {release: '2026.1'}}), {code: 'K2D1005'});
});
