import test from 'ava';
import {parsePreload} from '../../../scripts/config/preload.js';
import {archiveDigest, archivesOf, changedPreloads, preloadNeeds} from '../../../scripts/stages/images/preload.js';
import {guestImageSteps} from '../../../scripts/stages/images/preloadStep.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {load, refusal} from '../config/workspace.js';

const forms: ReadonlyArray<readonly [string, ReturnType<typeof parsePreload>]> = [
	['database', {built: 'database'}],
	['/srv/image.tar', {file: '/srv/image.tar'}],
	['/srv/image.tgz', undefined],
	['/srv/it\'s.tar', undefined],
	['image.tar', undefined],
	['quay.io/openstack.trove/mysql:8.4', {reference: 'quay.io/openstack.trove/mysql:8.4'}],
	['localhost:5000/a:1', {reference: 'localhost:5000/a:1'}],
	['quay.io/openstack.trove/mysql', undefined],
	['databse', undefined],
];
for (const [value, wanted] of forms) {
	test(`container image for guests: ${value}`, t => {
		t.deepEqual(parsePreload(value), wanted);
	});
}

const configOf = (...preload: readonly string[]) => load({flags: {set: ['sources.k2hdkc=directory:/opt/k2hdkc', `images.guest.preload=${JSON.stringify(preload)}`]}}).config;

/** A host that has these lists in its archives, by file. */
const envOf = (archives: Readonly<Record<string, string>>, ...preload: readonly string[]): SandboxEnv => {
	const run = async (argv: readonly string[]) => {
		const stdout = archives[argv.find(word => word.startsWith('--file='))!.slice(7)];
		return stdout === undefined ? {code: 2, stdout: '', stderr: ''} : {code: 0, stdout, stderr: ''};
	};

	return {config: configOf(...preload), paths: {images: '/images'}, host: {run}} as unknown as SandboxEnv;
};

const list = (digit: string): string => JSON.stringify([{Config: `${digit.repeat(64)}.json`, RepoTags: ['quay.io/a/b:1'], Layers: []}]);

test('what the tool builds goes in after it was found right, under a name that the guest knows', t => {
	t.deepEqual(preloadNeeds(configOf('database', '/srv/a.tar')), ['images.database.check']);
	const [database, file, fetched] = archivesOf(envOf({}, 'database', '/srv/a.tar', 'quay.io/a/b:1'));
	t.is(database?.name, 'database.tar');
	t.regex(database!.file, /^\/images\/database-image-[\da-f]{16}\/image\.tar$/);
	t.deepEqual(file, {name: 'image-2.tar', file: '/srv/a.tar'});
	t.is(fetched?.reference, 'quay.io/a/b:1');
});

test('an image without container images has no step for them', t => {
	t.deepEqual(guestImageSteps(configOf()).map(({id}) => id), ['images.guest']);
	const steps = guestImageSteps(configOf('database'));
	t.deepEqual(steps.map(({id}) => id), ['images.guest.preload', 'images.guest']);
	t.true(steps[0]!.needs.includes('images.database.check'));
	t.true(steps[1]!.needs.includes('images.guest.preload'));
});

test('an archive is known by what it holds, as docker 24, docker 25 and skopeo write it', async t => {
	const env = envOf({'/old': list('a'), '/new': list('a').replace(`${'a'.repeat(64)}.json`, `blobs/sha256/${'a'.repeat(64)}`), '/none': '[]', '/nameless': list('a').replace('["quay.io/a/b:1"]', 'null'), '/junk': 'x'});
	const digest = await archiveDigest(env, '/old');
	t.regex(digest ?? '', /^[\da-f]{64}$/);
	t.is(await archiveDigest(env, '/new'), digest);
	t.deepEqual(await Promise.all(['/none', '/nameless', '/junk', '/nowhere'].map(async file => archiveDigest(env, file))), [undefined, undefined, undefined, undefined]);
});

test('an image made with another archive than there is now is out of date; one whose archive is gone is not', async t => {
	const preloaded = [(await archiveDigest(envOf({'/srv/a.tar': list('a')}), '/srv/a.tar'))!];
	const why = async (archives: Readonly<Record<string, string>>) => changedPreloads(envOf(archives, '/srv/a.tar'), {name: 'x', made: '', files: [], preloaded});
	t.is(await why({'/srv/a.tar': list('a')}), undefined);
	t.is(await why({}), undefined);
	t.is(await why({'/srv/a.tar': list('b')}), 'it was made with other container images than there are now in /srv/a.tar');
});

test('the database image cannot be in a guest while none is built, nor anything twice', t => {
	t.regex(refusal({flags: {set: ['images.guest.preload=[database]']}})?.message ?? '', /names the image database, which is not built while sources\.k2hdkc/);
	t.regex(refusal({flags: {set: ['images.guest.preload=[/a.tar, /a.tar]']}})?.message ?? '', /has "\/a\.tar" twice/);
});
