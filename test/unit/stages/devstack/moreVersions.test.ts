import test from 'ava';
import type {Machine} from '../../../../scripts/machines/types.js';
import {devstackPaths} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {cannotRegister, devstackTrove, moreVersions} from '../../../../scripts/stages/devstack/moreVersions.js';
import {devstackConfig} from './samples.js';

const version = (name: string, more = ''): string => `{name: "${name}", active: true, imageTags: [trove]${more}}`;
const two = `datastore.versions=[${version('1.0.19')}, ${version('1.0.18')}]`;

for (const [what, set, release, steps] of [
	['the one that the plugin registers', [], '2026.1', 0],
	['a second one', [two], '2026.1', 1],
	['one with a number of its own', [`datastore.versions=[${version('1.0.19', ', version: "1.0.19-2"')}]`], '2026.1', 1],
	['one that is not active', ['datastore.versions=[{name: "1.0.19", active: false, imageTags: [trove]}]'], '2026.1', 1],
	['a second one, in 2024.1', [two], '2024.1', 0],
] as const) {
	test(`versions beside the plugin's: ${what}`, t => {
		const config = devstackConfig(set, release);
		t.is(moreVersions(config).length, steps);
		t.is(cannotRegister(config), release === '2024.1');
	});
}

test('trove-manage and the Python that it runs by are those of the user stack', async t => {
	const ran: Array<readonly [readonly string[], string | undefined]> = [];
	const host = {
		async run(argv: readonly string[], options: {readonly input?: string}) {
			ran.push([argv.slice(argv.indexOf('sh')), options.input]);
			return {code: 0, stdout: '{}\n', stderr: ''};
		},
	} as unknown as Machine;
	const tools = devstackTrove({host, paths: devstackPaths(devstackConfig())});
	t.is(await tools.query('SELECT 1;\n'), '{}\n');
	await tools.manage(['datastore_update', 'k2hdkc', '']);
	t.deepEqual(ran[0]![0].slice(4, 7), ['/opt/stack', '-', '-c']);
	t.is(ran[0]![0].at(-1), '/etc/trove/trove.conf');
	t.is(ran[0]![1], 'SELECT 1;\n');
	t.deepEqual(ran[1]![0].slice(3), ['sh', '/opt/stack', 'datastore_update', 'k2hdkc', '']);
});
