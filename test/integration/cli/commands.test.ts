import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createPlace} from './tool.js';

test('datastore register does the steps of the stage registration and refuses when what they need is not there', async t => {
	const place = await createPlace(t);
	const refused = await place.run(['datastore', 'register']);
	t.is(refused.code, 2);
	t.true(refused.stderr.includes('[K2D1017]'), refused.stderr);
	await place.run(['up', '--until', 'right']);
	await place.run(['up', '--only', 'left']);
	const registered = await place.run(['datastore', 'register']);
	t.is(registered.code, 0, registered.stderr);
	t.true(registered.stderr.includes('datastore.versions: done in'));
	t.regex((await place.run(['datastore', 'list'])).stdout, /k2hdkc +1\.0\.17 +yes +yes/);
});

test('images list says what there is, and images build does nothing but the steps of images', async t => {
	const place = await createPlace(t);
	const listed = await place.run(['images', 'list']);
	t.is(listed.code, 0, listed.stderr);
	t.regex(listed.stdout, /guest +guest-1 +- +a{12} +1\.9 MiB +\d+ \w+ +abc +not in Glance +up to date/);
	t.like(JSON.parse((await place.run(['images', 'list', '--json'])).stdout), {images: [{image: 'guest', state: 'up to date'}]});
	const built = await place.run(['images', 'build']);
	t.is(built.code, 2, 'this environment has no such steps');
	t.regex(built.stderr, /\[K2D1006]/);
	for (const [words, message] of [
		[['build', 'k2hr'], /"k2hr" is no image of this tool\. Did you mean "k2hr3"\?/],
		[['build', 'k2hr3'], /\[K2D7016][^]*sources\.k2hr3 is not set/],
		[['register', 'k2hr3', '--set', 'k2hr3.url=http://192.0.2.1:18080', '--set', 'sources.k2hr3=directory:/opt/k2hr3'], /\[K2D7016][^]*192\.0\.2\.1:18080, which is used and not built/],
	] as const) {
		const {code, stderr} = await place.run(['images', ...words]);
		t.is(code, 2);
		t.regex(stderr, message);
	}
});

test('images push wants a place without a tag, and hands on credentials from a file', async t => {
	const place = await createPlace(t);
	t.is((await place.run(['images', 'push', 'database', '--to', 'registry.example:5000/team/k2hdkc-trove'])).stdout, 'registry.example:5000/team/k2hdkc-trove:1: pushed (database none false)\n');
	await writeFile(path.join(place.directory, 'auth.json'), '{"auths":{}}');
	t.like(
		JSON.parse((await place.run(['images', 'push', 'backup', '--to', 'registry.example/a', '--credentials', 'auth.json', '--latest', '--overwrite', '--json'])).stdout),
		{pushed: ['1', 'latest'].map(tag => ({reference: `registry.example/a:${tag}`, id: 'backup {"auths":{}} true', state: 'pushed'}))},
	);
	await writeFile(path.join(place.directory, 'broken.json'), '{');
	const refused: ReadonlyArray<readonly [readonly string[], string, RegExp?]> = [
		[['database'], 'K2D1019'], [['guest', '--to', 'registry.example/a'], 'K2D1019'],
		[['k2hr3', '--to', 'registry.example/a'], 'K2D1019', /The k2hr3 image is that of a server, no container image that a registry takes: `images register k2hr3` puts it into Glance/],
		[['databse', '--to', 'registry.example/a'], 'K2D1019', /"databse" is no image of this tool\. Did you mean "database"\?/],
		...['registry.example', 'team/name', 'registry.example/name:1', 'registry.example/Name', 'https://registry.example/a', 'registry.example/a b'].map(to => [['--to', to], 'K2D1019'] as const),
		[['--to', 'registry.example/a', '--credentials', 'missing.json'], 'K2D1011'], [['--to', 'registry.example/a', '--credentials', 'broken.json'], 'K2D1011'],
	];
	for (const [words, code, message = /./] of refused) {
		const {code: exitCode, stderr} = await place.run(['images', 'push', ...words]);
		t.regex(stderr, message);
		t.is(exitCode, 2, words.join(' '));
		t.true(stderr.includes(`[${code}]`), stderr);
	}
});

test('shell and logs reach a guest by its name; one that is not there is told who is', async t => {
	const place = await createPlace(t);
	t.like(await place.run(['shell', 'guest:member-1']), {code: 4, stdout: 'shell in one\n'});
	t.like(await place.run(['shell', 'guest:four']), {code: 4, stdout: 'shell in four\n'});
	t.like(await place.run(['logs', 'guest:member-1', '--follow']), {code: 0, stdout: 'console of one\njournal of one, followed\n'});
	const stopped = await place.run(['logs', 'guest:member-2']);
	t.like(stopped, {code: 0, stdout: 'console of two\n'});
	t.regex(stopped.stderr, /member-2 is SHUTOFF: its journal can be read while it runs\./);
	t.deepEqual(JSON.parse((await place.run(['logs', 'guest:member-1', '--json'])).stdout), {guest: 'member-1', id: 'one', state: 'ACTIVE', console: 'console of one\n', journal: 'journal of one\n'});
	const unknown = await place.run(['shell', 'guest:membre-1']);
	t.is(unknown.code, 2);
	t.regex(unknown.stderr, /K2D5020.*Did you mean "member-1"\?.*Guests: member-1, member-2, twin, twin\./s);
	t.regex((await place.run(['logs', 'guest:twin'])).stderr, /K2D5021.*guest:three \(ACTIVE\), guest:four \(ERROR\)/s);
	t.regex((await place.run(['shell', 'member-1'])).stderr, /K2D1001.*shell guest:member-1/s);
	const {guests} = JSON.parse((await place.run(['status', '--json'])).stdout) as {guests?: unknown[]};
	t.is(guests?.length ?? 0, 0, 'nothing stands yet');
});

test('openstack and shell hand on words, output and exit code', async t => {
	const place = await createPlace(t);
	const dashed = await place.run(['openstack', '--name', 'other', '--', 'datastore', 'version', 'list', '--json', 'two words']);
	t.like(dashed, {code: 9, stdout: 'datastore\nversion\nlist\n--json\ntwo words\n'});
	t.like(await place.run(['openstack', 'server', 'list', '-f', 'json', '--name', 'x']), {code: 9, stdout: 'server\nlist\n-f\njson\n--name\nx\n'});
	t.like(await place.run(['shell']), {code: 3, stdout: 'shell\n'});
});
