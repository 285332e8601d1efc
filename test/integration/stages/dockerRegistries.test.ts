import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';

type Place = {readonly directory: string; readonly file: string; readonly add: (...registries: readonly string[]) => Promise<Outcome>};

/** A daemon.json with this text; none for undefined. */
const place = (t: ExecutionContext, text: string | undefined): Place => {
	const directory = mkdtempSync(path.join(tmpdir(), 'docker-registries-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	const file = path.join(directory, 'daemon.json');
	if (text !== undefined) {
		writeFileSync(file, text);
	}

	return {directory, file, add: async (...registries) => runCommand('python3', ['conf/sandbox/docker-registries.py', file, ...registries])};
};

const python = {commands: {python3: 'python3'}} as const;

for (const [what, before, after] of [
	['no file', undefined, {'insecure-registries': ['a:1', 'b:2']}],
	['an empty file', ' \n', {'insecure-registries': ['a:1', 'b:2']}],
	['what Trove writes', '{"bridge": "none", "ip-forward": false, "iptables": false}', {bridge: 'none', 'ip-forward': false, iptables: false, 'insecure-registries': ['a:1', 'b:2']}],
	['other registries', '{"insecure-registries": ["c:3"], "unknown": {"deep": [1.5, null, "é"]}}', {'insecure-registries': ['c:3', 'a:1', 'b:2'], unknown: {deep: [1.5, null, 'é']}}],
	['one of them', '{"insecure-registries": ["b:2"]}', {'insecure-registries': ['b:2', 'a:1']}],
] as const) {
	test(`added to ${what}, and all else stays`, async t => {
		if (!await needs(t, python)) {
			return;
		}

		const {directory, file, add} = place(t, before);
		t.deepEqual(await add('a:1', 'b:2', 'a:1'), {code: 0, stdout: '', stderr: ''});
		const text = readFileSync(file, 'utf8');
		t.deepEqual(JSON.parse(text), after);
		t.deepEqual(readdirSync(directory), ['daemon.json']);
		const {ino} = statSync(file);
		t.is((await add('a:1', 'b:2')).code, 0);
		t.deepEqual([readFileSync(file, 'utf8'), statSync(file).ino], [text, ino], 'a second time nothing is written');
	});
}

for (const [what, text, says] of [
	['a comma too many', '{"bip": "192.0.2.1/24",}', /Expecting property name|trailing comma/],
	['half a file', '{"bip": ', /Expecting value/],
	['a list', '[]', /must be an object/],
	['registries that are no list', '{"insecure-registries": "a:1"}', /"insecure-registries" must be a list/],
	['bytes that are no text', '{"bip": "é"}', /cannot be read as JSON/],
] as const) {
	test(`${what} is refused, named, and stays`, async t => {
		if (!await needs(t, python)) {
			return;
		}

		const {directory, file, add} = place(t, undefined);
		writeFileSync(file, text, 'latin1');
		const {code, stderr} = await add('a:1');
		t.is(code, 1);
		t.regex(stderr, /daemon\.json is left as it is, without a:1 in insecure-registries/);
		t.regex(stderr, says);
		t.is(readFileSync(file, 'latin1'), text);
		t.deepEqual(readdirSync(directory), ['daemon.json']);
	});
}

test('mode and link of the file stay', async t => {
	if (!await needs(t, python)) {
		return;
	}

	const {directory, file, add} = place(t, undefined);
	const real = path.join(directory, 'real.json');
	writeFileSync(real, '{}');
	chmodSync(real, 0o640);
	symlinkSync(real, file);
	t.is((await add('a:1')).code, 0);
	t.is(statSync(real).mode & 0o777, 0o640);
	t.deepEqual(JSON.parse(readFileSync(real, 'utf8')), {'insecure-registries': ['a:1']});
	t.deepEqual(readdirSync(directory), ['daemon.json', 'real.json']);
});
