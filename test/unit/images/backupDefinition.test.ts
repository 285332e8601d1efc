import test from 'ava';
import {containerSteps} from '../../../scripts/stages/images/containers/all.js';
import {containerImage, containerImages} from '../../../scripts/stages/images/containers/images.js';
import {backupOf, builtBackup} from '../../../scripts/stages/images/containers/backup.js';
import {load} from '../config/workspace.js';
import {hostWith} from './hosts.js';

const config = (...set: readonly string[]) => load({flags: {set}}).config;
const k2hdkc = 'sources.k2hdkc=directory:/opt/k2hdkc';
const debian = [k2hdkc, 'images.database.variant=debian'];
const of = (...set: readonly string[]) => builtBackup(config(...debian, ...set))!;

test('there is a backup image where there is a database image', t => {
	t.is(backupOf(config()), undefined);
	t.deepEqual(containerImages(config()), []);
	t.deepEqual(containerImages(config(k2hdkc)).map(({name, repository, tag}) => [name, repository, tag]), [
		['database', 'antpickax/k2hdkc-trove', '1.0.19'], ['backup', 'antpickax/k2hdkc-trove-backup', '1.0.19'],
	]);
	t.throws(() => containerImage(config(), 'backup'), {message: /sources\.k2hdkc/});
});

const names: ReadonlyArray<readonly [what: string, set: readonly string[], changed: ReadonlyArray<'python' | 'image'>]> = [
	['nothing', [], []],
	['a proxy', ['proxy.http=http://proxy.example:3128'], []],
	['the database image alone', ['images.database.hooks=["true"]'], ['image']],
	['packages of the base', ['images.database.extraPackages=[jq]'], ['python', 'image']],
	['packages of its own', ['images.backup.extraPackages=[jq]'], ['python', 'image']],
	['hooks of its own', ['images.backup.hooks=["true"]'], ['image']],
	['the source of Trove', ['sources.trove.2025.1=pypi:23.0.0'], ['image']],
	['its repository', ['datastore.options.backup_docker_image=registry.example:5000/team/backup'], ['image']],
];
for (const [what, set, changed] of names) {
	test(`the backup image and its layer are named by what they depend on: ${what}`, t => {
		const [before, after] = [of(), of(...set)];
		t.deepEqual([...(before.python!.directory === after.python!.directory ? [] : ['python']), ...(before.directory === after.directory ? [] : ['image'])], changed);
	});
}

test('it is built over the archive of the database image, with the layer where packages cannot be installed', async t => {
	const {base, needs, render} = of();
	t.regex(base, /^database-image-[\da-f]{16}\/image\.tar$/);
	t.deepEqual(needs, ['images.guest.sources', 'images.database.check', 'images.backup.python']);
	t.regex(await render(hostWith()), /^FROM localhost\/antpickax\/k2hdkc-trove:1\.0\.19 AS python\nUSER 0\n[^]*^ADD python\.tar \/$/m);
	const alpine = builtBackup(config(k2hdkc))!;
	t.is(alpine.python, undefined);
	t.deepEqual(alpine.needs, ['images.guest.sources', 'images.database.check']);
	t.regex(await alpine.render(hostWith()), /apk add --no-cache python3/);
	const more = ['images.backup.extraPackages=[jq]', 'images.backup.hooks=["echo it\'s > /etc/motd\\nexit 0"]'];
	t.true(of(...more).python!.packages.includes('jq'));
	const rendered = await builtBackup(config(k2hdkc, ...more))!.render(hostWith());
	t.regex(rendered, /apk add --no-cache python3 .*\bjq\b/);
	t.regex(rendered, /^COPY --from=program [^]*^RUN sh -euc "\$\(printf '%s\\n' 'echo it'\\''s > \/etc\/motd' 'exit 0'\)"\nRUN find \/ /m, 'as root, when all else is in place');
});

test('each image has the steps that make it and the one that pushes it; a step needs only what is before it', t => {
	const steps = containerSteps(config(...debian));
	t.deepEqual(steps.database.build.map(({id}) => id), ['images.containers.base', 'images.database', 'images.database.check']);
	t.deepEqual(steps.backup.build.map(({id}) => id), ['images.guest.sources', 'images.backup.python', 'images.backup', 'images.backup.check']);
	t.deepEqual(steps.backup.push.map(({id, needs}) => [id, needs]), [['images.backup.push', ['images.backup.check', 'registry']]]);
	t.deepEqual(containerSteps(config()), {database: {build: [], push: []}, backup: {build: [], push: []}});
});
