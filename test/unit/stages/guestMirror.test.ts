import test from 'ava';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {guestMirror} from '../../../scripts/stages/sourceChecks.js';
import {load} from '../config/workspace.js';

/** What the host answers: whether the keyring is there, and what curl prints. */
type Host = {readonly keyring: boolean; readonly status: string; readonly complaint?: string};

const keyringFile = '/etc/keys/debian.gpg';

const ask = async (suite: string, {keyring, status, complaint = ''}: Host) => {
	const asked: string[] = [];
	const answers: Readonly<Record<string, {readonly code: number; readonly stdout: string; readonly stderr: string}>> = {
		test: {code: keyring ? 0 : 1, stdout: '', stderr: ''},
		curl: {code: status === '200' ? 0 : 7, stdout: status, stderr: complaint},
	};
	const run = async (argv: readonly string[]) => {
		asked.push(argv.at(-1)!);
		return answers[argv[0]!] ?? {code: 0, stdout: 'http://mirror.example.org/debian bookworm\n', stderr: ''};
	};

	const {config} = load({flags: {set: [`images.guest.suite=${suite}`, `sources.debian.keyring=${keyringFile}`, 'sources.ubuntu.mirror=http://mirror.example.org/ubuntu']}});
	const host = {run, script: async () => ({stdout: 'debian bookworm'})};
	const result = await guestMirror({config, host} as unknown as SandboxEnv).run({signal: new AbortController().signal});
	return {result, url: asked.find(word => word.endsWith('/InRelease'))};
};

test('the suite of the guest is asked for', async t => {
	t.deepEqual(await ask('bookworm', {keyring: true, status: '200'}), {
		result: {result: 'PASS', found: 'http://mirror.example.org/debian/dists/bookworm/InRelease answers'}, url: 'http://mirror.example.org/debian/dists/bookworm/InRelease',
	});
	t.is((await ask('trixie', {keyring: true, status: '200'})).url, 'http://mirror.example.org/debian/dists/trixie/InRelease');
});

test('a suite of Ubuntu is asked for at its mirror, and is no pass: no image of it was built yet', async t => {
	const {result, url} = await ask('jammy', {keyring: true, status: '200'});
	t.is(url, 'http://mirror.example.org/ubuntu/dists/jammy/InRelease');
	t.is(result.result, 'WARN');
	t.regex(result.found, /no image of jammy is known to have been built and booted/);
});

test('without the keyring of Ubuntu, or with a silent mirror, it says which setting mends it', async t => {
	const {result: unverified} = await ask('noble', {keyring: false, status: '200'});
	t.like(unverified, {result: 'FAIL', code: 'K2D3011'});
	t.regex(unverified.remedy ?? '', /ubuntu-keyring.*--set sources\.ubuntu\.keyring=FILE/);
	t.regex((await ask('noble', {keyring: true, status: '404'})).result.remedy ?? '', /--set sources\.ubuntu\.mirror=URL/);
});

test('a mirror that does not answer, or cannot be verified, is named with the setting that mends it', async t => {
	const {result: silent} = await ask('bookworm', {keyring: true, status: '000', complaint: 'curl: (6) Could not resolve host: mirror.example.org'});
	t.like(silent, {result: 'FAIL', code: 'K2D3011', found: 'http://mirror.example.org/debian/dists/bookworm/InRelease does not answer: curl: (6) Could not resolve host: mirror.example.org'});
	t.regex(silent.remedy ?? '', /--set sources\.debian\.mirror=URL/);
	const {result: unverified, url} = await ask('bookworm', {keyring: false, status: '200'});
	t.like(unverified, {result: 'FAIL', code: 'K2D3011'});
	t.regex(unverified.remedy ?? '', /sources\.debian\.keyring/);
	t.is(url, undefined);
});
