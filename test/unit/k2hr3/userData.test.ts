import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {k2hr3Options} from '../../../scripts/k2hr3/options.js';
import {renderClusterStatus} from '../../../scripts/k2hr3/render.js';
import {slaveFiles, slaveUserData, type SlaveFile} from '../../../scripts/k2hr3/userData.js';
import {packageRoot} from '../../../scripts/packageRoot.js';

const files = Object.fromEntries(Object.keys(slaveFiles).map(name => [name, readFileSync(path.join(packageRoot, 'conf/k2hr3/slave', name), 'utf8')])) as Record<SlaveFile, string>;
const slave = {cluster: 'ring', project: 'demo', extdata_url: 'http://192.0.2.1:18080/v1/extdata/trove/x', keys: {}};
const repository = {entry: null, keyFile: null};
type UserData = {
	readonly packages: readonly unknown[];
	readonly apt?: unknown;
	readonly ca_certs?: unknown;
	readonly write_files: ReadonlyArray<{readonly path: string; readonly content: string; readonly permissions: string}>;
	readonly runcmd: unknown;
};
const read = (text: string): UserData => parse(text) as UserData;
const userDataOf = (k2hdkc: string | null, more = {}): string => slaveUserData({sources: {k2hdkc, k2hdkcRepository: repository}, slave, files, ...more});

test('packages, in their versions, and the updater', t => {
	const {packages, apt, write_files: written, runcmd} = read(userDataOf('packages:chmpx=1.0.113,k2hdkc=1.0.19'));
	t.deepEqual(packages, ['curl', 'procps', ['chmpx', '1.0.113'], ['k2hdkc', '1.0.19'], 'k2hr3-get-resource']);
	t.is(apt, undefined);
	t.is(written[1]!.content, files['register.sh']);
	t.deepEqual(written.map(({permissions}) => permissions), ['0600', '0700', '0755', '0644', '0644', '0644', '0644']);
	t.true(JSON.stringify(runcmd).includes('k2hr3-get-resource.timer'));
});

test('an updater with a version is not named twice', t => {
	const {packages} = read(userDataOf('packages:k2hr3-get-resource=1.0.11'));
	t.deepEqual(packages.slice(2), [['k2hr3-get-resource', '1.0.11']]);
});

test('the repository and its key', t => {
	const entry = 'deb https://packages.example.org/debian trixie main';
	const text = userDataOf('packages:chmpx=1', {sources: {k2hdkc: 'packages:chmpx=1', k2hdkcRepository: {entry, keyFile: '/k'}}, key: 'KEY\n'});
	t.deepEqual(read(text).apt, {sources: {k2hdkc: {source: 'deb [signed-by=/etc/apt/keyrings/k2hdkc.asc] https://packages.example.org/debian trixie main'}}});
	t.like(read(text).write_files[0], {path: '/etc/apt/keyrings/k2hdkc.asc', content: 'KEY\n'});
});

test('the authority of a K2HR3 that has its certificate from one of its own', t => {
	t.deepEqual(read(userDataOf('packages:chmpx=1', {authority: 'PEM\n'})).ca_certs, {trusted: ['PEM\n']});
	t.is(read(userDataOf('packages:chmpx=1')).ca_certs, undefined);
});

for (const origin of [null, 'directory:/opt/k2hdkc', 'image:docker.io/k2hdkc:1']) {
	test(`no packages: ${origin}`, t => {
		t.throws(() => userDataOf(origin), {code: 'K2D7015', message: new RegExp(String(origin))});
	});
}

test('a repository of Alpine', t => {
	const sources = {k2hdkc: 'packages:chmpx=1', k2hdkcRepository: {entry: 'https://user:secret@packages.example.org/alpine/v3.22/main', keyFile: '/k'}};
	t.throws(() => userDataOf('packages:chmpx=1', {sources, key: 'KEY\n'}), {code: 'K2D7015', message: /alpine\/v3\.22\/main", which is no repository of Debian(?!.*secret)/});
});

test('what Trove reads', t => {
	const url = 'http://192.0.2.1:18080';
	for (const [k2hr3, options] of [
		[{url: null, guestUrl: url, caFile: '/ca'}, {}],
		[{url, guestUrl: null, caFile: null}, {k2hr3_url: url}],
		[{url, guestUrl: 'http://10.0.0.1:18080', caFile: '/ca'}, {k2hr3_url: url, k2hr3_guest_url: 'http://10.0.0.1:18080', k2hr3_ca_file: '/etc/trove/k2hr3-ca.pem'}],
	] as const) {
		t.deepEqual(k2hr3Options(k2hr3), options);
	}
});

test('status for people', t => {
	const about = {cluster: 'ring', project: 'demo', keys: {}, expires: {server: '2036-01-01T00:00:00+00:00', slave: null}};
	t.deepEqual(renderClusterStatus({...about, registered: false, missing: ['role ring'], members: []}, false), [
		'Cluster ring of project demo is not registered: role ring missing.',
		'Token for server nodes: valid until 2036-01-01T00:00:00+00:00.', 'Token for slave nodes: none.', 'No node has registered.',
	]);
	const lines = renderClusterStatus({...about, registered: true, missing: [], members: [{part: 'server', address: '192.0.2.1', cuk: 'one', name: 'host'}]}, false);
	t.regex(lines.at(-1)!, /server +192\.0\.2\.1 +one +host/);
});
