import {randomBytes} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parse} from 'yaml';
import {needs} from '../../helpers/needs.js';
import {createPlace, type Ended} from '../cli/tool.js';
import {join, partOf, useSystem, what, withoutClient, type System} from './k2hr3.js';

// The commands of the tool, with the client in Python, in an environment that is otherwise a fake.

type Document = {
	readonly project: string;
	readonly error: {readonly code: string};
	readonly keys: Readonly<Record<string, string>>;
	readonly expires: {readonly slave: string};
	readonly userData: string;
	readonly members: readonly unknown[];
	readonly registered: boolean;
};
type Tool = (...words: readonly string[]) => Promise<Ended & {readonly document: Document}>;
type UserData = {readonly packages: readonly unknown[]; readonly write_files: ReadonlyArray<{readonly path: string; readonly content: string}>};

const toolOf = async (t: ExecutionContext, {env, url}: System): Promise<Tool> => {
	const {run} = await createPlace(t);
	const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
	return async (...words) => {
		const ended = await run([...words, '--k2hr3-url', url, '--json'], {FAKE_K2HR3: JSON.stringify(variables)});
		return {...ended, document: JSON.parse(ended.stdout || '{}') as Document};
	};
};

test(`${what}: a cluster by the commands of the tool`, async t => {
	if (!await needs(t, {missing: await withoutClient()})) {
		return;
	}

	const system = await useSystem(t);
	const tool = await toolOf(t, system);
	const name = `command-${randomBytes(4).toString('hex')}`;
	const checked = await tool('k2hr3', 'status');
	t.is(checked.code, 0, checked.stderr + checked.stdout);
	t.is(checked.document.project, system.project);

	const unknown = await tool('k2hr3', 'slave', name);
	t.is(unknown.code, 1);
	t.is(unknown.document.error.code, 'K2D7006');

	const registered = await tool('k2hr3', 'register', name, '--value', 'chmpx-replica=2');
	t.is(registered.document.keys['chmpx-replica'], '2');
	t.true(Date.parse(registered.document.expires.slave) > Date.now() + 1e11);
	const keyFile = path.join((await createPlace(t)).directory, 'key.asc');
	await writeFile(keyFile, '-----BEGIN PGP PUBLIC KEY BLOCK-----\n');
	const packages = ['--set', `sources.k2hdkcRepository.keyFile=${keyFile}`, '--set', 'sources.k2hdkc=packages:chmpx=1.0.113,k2hdkc=1.0.19', '--set', 'sources.k2hdkcRepository.entry=deb https://packages.example.org/debian trixie main'];
	const slave = await tool('k2hr3', 'slave', name, ...packages);
	t.is(slave.code, 0, slave.stdout);
	t.true(slave.document.userData.startsWith('#cloud-config\n'));
	const userData = parse(slave.document.userData) as UserData;
	t.deepEqual(userData.packages.slice(2), [['chmpx', '1.0.113'], ['k2hdkc', '1.0.19'], 'k2hr3-get-resource']);
	const {content} = userData.write_files.find(({path: file}) => file === '/etc/k2hdkc-slave/extdata-url')!;
	const part = await partOf(system, content.trim());
	t.is((await join(system, part, '192.0.2.9', 'nine')).status, 201);

	const status = await tool('k2hr3', 'status', name);
	t.deepEqual(status.document.members, [{part: 'slave', address: '192.0.2.9', cuk: 'nine', name: 'host-nine'}]);
	t.deepEqual(status.document.expires, registered.document.expires);
	t.true((await system.client('unregister', name)).removed);
	t.false((await tool('k2hr3', 'status', name)).document.registered);
});

const refusals: ReadonlyArray<readonly [title: string, words: readonly string[], code: string, exitCode: number]> = [
	['a name that is none', ['register', 'a/b'], 'K2D7013', 2],
	['a value that is none', ['register', 'ring', '--value', 'chmpx-replica=many'], 'K2D7013', 2],
	['a project without a role', ['status', 'ring', '--project', 'no-such-project'], 'K2D7012', 1],
];
for (const [title, words, code, exitCode] of refusals) {
	test(`${what}: ${title}`, async t => {
		if (!await needs(t, {missing: await withoutClient()})) {
			return;
		}

		const tool = await toolOf(t, await useSystem(t));
		const ended = await tool('k2hr3', ...words);
		t.is(ended.document.error.code, code, ended.stdout);
		t.is(ended.code, exitCode);
	});
}
