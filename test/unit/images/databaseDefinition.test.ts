import test from 'ava';
import {parseBaseImage, parseK2hdkcOrigin} from '../../../scripts/config/k2hdkcSource.js';
import {builtDatabase, databaseOf} from '../../../scripts/stages/images/containers/definition.js';
import type {Variant} from '../../../scripts/config/schema/variants.js';
import {readPackageFiles} from '../../../scripts/stages/images/containers/packageFiles.js';
import {load, refusal} from '../config/workspace.js';
import {hostWith} from './hosts.js';

const origins: ReadonlyArray<readonly [string, ReturnType<typeof parseK2hdkcOrigin>]> = [
	['directory:/opt/k2hdkc', {directory: '/opt/k2hdkc'}],
	['directory:relative', undefined],
	['directory:/it\'s', undefined],
	['packages:chmpx=1.0.113-1, k2hdkc=1.0.19', {packages: {chmpx: '1.0.113-1', k2hdkc: '1.0.19'}}],
	['packages:k2hdkc', undefined],
	['packages:', undefined],
	['packages:k2hdkc=1.0.19;reboot', undefined],
	['image:docker.io/antpickax/k2hdkc:1.0.19-alpine', {image: 'docker.io/antpickax/k2hdkc:1.0.19-alpine'}],
	['image:a b', undefined],
	['elsewhere:/x', undefined],
	['constructor:x', undefined],
];
for (const [value, wanted] of origins) {
	test(`origin of K2HDKC: ${value}`, t => {
		t.deepEqual(parseK2hdkcOrigin(value), wanted);
	});
}

const digest = `sha256:${'0a'.repeat(32)}`;
const bases: ReadonlyArray<readonly [string, ReturnType<typeof parseBaseImage>]> = [
	['mmdebstrap:trixie', {suite: 'trixie'}],
	['mmdebstrap:', undefined],
	['docker.io/library/alpine:3.22', {reference: 'docker.io/library/alpine:3.22'}],
	[`registry.example:5000/alpine@${digest}`, {reference: `registry.example:5000/alpine@${digest}`}],
	['alpine', undefined],
	['docker.io/a b', undefined],
];
for (const [value, wanted] of bases) {
	test(`base image: ${value}`, t => {
		t.deepEqual(parseBaseImage(value), wanted);
	});
}

const of = (...set: readonly string[]) => builtDatabase(load({flags: {set: ['sources.k2hdkc=directory:/opt/k2hdkc', ...set]}}).config)!;
const changed = (...set: readonly string[]): readonly string[] => {
	const [before, after] = [of(), of(...set)].map(({layer: {root, directory: base}, directory: image}) => ({root, base, image}));
	return (['root', 'base', 'image'] as const).filter(layer => before![layer] !== after![layer]);
};

test('without an origin of K2HDKC there is no database image', t => {
	t.is(databaseOf(load().config), undefined);
});

test('base and image are named by what they depend on', t => {
	t.deepEqual(changed(), []);
	t.deepEqual(changed('proxy.http=http://proxy.example:3128'), []);
	t.deepEqual(changed('images.database.hooks=["true"]'), ['image']);
	t.deepEqual(changed('images.database.variant=debian'), ['root', 'base', 'image']);
	t.deepEqual(changed('sources.k2hdkc=directory:/opt/other'), ['image']);
	t.deepEqual(changed('datastore.defaultVersion=1.0.20', 'datastore.versions=[{name: "1.0.20", active: true, imageTags: []}]'), ['image']);
});

test('a base that mmdebstrap makes has all packages at once, and nothing is installed over it', async t => {
	const {render, layer: {packages, origin}} = of('images.database.variant=debian', 'images.database.extraPackages=[jq]');
	const dockerfile = await render(hostWith());
	t.deepEqual(origin, {suite: 'trixie'});
	t.true(['curl', 'jq', 'libyaml-0-2', 'tini'].every(name => packages.includes(name)));
	t.notRegex(dockerfile, /apt-get/);
	t.regex(dockerfile, /base\.name="mmdebstrap:trixie"/);
	const alpine = of('images.database.extraPackages=[jq]');
	t.deepEqual(alpine.layer.packages, []);
	t.regex(await alpine.render(hostWith()), /apk add --no-cache .*\bjq\b/);
});

test('hooks are run last, as they were written, before the image gets its user', async t => {
	const dockerfile = await of('images.database.hooks=["echo it\'s > /etc/motd\\nexit 0"]').render(hostWith());
	t.regex(dockerfile, /^RUN sh -euc "\$\(printf '%s\\n' 'echo it'\\''s > \/etc\/motd' 'exit 0'\)"$/m);
	t.true(dockerfile.indexOf('/etc/motd') < dockerfile.indexOf('USER 1001:1001'));
	t.true(dockerfile.indexOf('/etc/motd') > dockerfile.indexOf('COPY --from=scripts'));
});

test('the tag is the version that Trove asks for, the repository that of the configuration', async t => {
	const {repository, tag} = of('datastore.options.docker_image=registry.example:5000/team/k2hdkc-trove', 'datastore.defaultVersion=one', 'datastore.versions=[{name: one, version: "1.0.19", active: true, imageTags: []}]');
	t.deepEqual([repository, tag], ['team/k2hdkc-trove', '1.0.19']);
	t.true((await of('sources.k2hdkc=image:docker.io/antpickax/k2hdkc:1.0.19-alpine').render(hostWith())).includes('base.name="docker.io/antpickax/k2hdkc:1.0.19-alpine"'));
});

const contradictory: ReadonlyArray<readonly [string, readonly string[], RegExp]> = [
	['mmdebstrap for Rocky', ['sources.baseImages.rocky=mmdebstrap:trixie'], /baseImages\.rocky.*cannot be made by mmdebstrap/s],
	['a repository without its key', ['sources.k2hdkcRepository.entry=deb https://packages.example trixie main'], /needs both entry and keyFile/],
	['packages over a base that forgets its mirror', ['images.database.variant=debian', 'sources.k2hdkc=packages:k2hdkc=1.0.19'], /cannot be packages for a base that mmdebstrap makes/],
	['an unknown origin', ['sources.k2hdkc=somewhere'], /must be null, "image:NAME"/],
];
for (const [what, set, says] of contradictory) {
	test(`refused: ${what}`, t => {
		t.regex(String(refusal({flags: {set}})?.message), says);
	});
}

test('packages in the directory are installed from there, and their versions are labels', async t => {
	const files = ['k2hdkc_1.0.19-1_amd64.deb', 'chmpx_1%3a1.0.113_amd64.deb', 'README'];
	const dockerfile = await of('images.database.variant=debian').render(hostWith(files));
	t.regex(dockerfile, /^COPY k2hdkc\/ \/packages\/\nRUN apt-get update .*\n.* apt-get install --yes --no-install-recommends \/packages\/chmpx_1%3a1\.0\.113_amd64\.deb \/packages\/k2hdkc_1\.0\.19-1_amd64\.deb /m);
	t.regex(dockerfile, /^RUN rm -rf \/packages$/m);
	t.regex(dockerfile, /^LABEL k2hdkc-devstack\.package\.chmpx="1:1\.0\.113"\nLABEL k2hdkc-devstack\.package\.k2hdkc="1\.0\.19-1"$/m);
	t.regex(await of().render(hostWith(['chmpx-1.0.113-r0.apk'])), /^RUN apk add --no-cache --allow-untrusted \/packages\/chmpx-1\.0\.113-r0\.apk$/m);
});

const directories: ReadonlyArray<readonly [what: string, files: readonly string[], code: string, says: RegExp]> = [
	['nothing', [], 'K2D6008', /no installed K2HDKC.*no packages either/],
	['something else', ['README'], 'K2D6008', /no installed K2HDKC/],
	['packages of another distribution', ['chmpx_1.0.113_amd64.deb', 'k2hdkc-1.0.19-1.x86_64.rpm'], 'K2D6021', /^\/opt\/k2hdkc holds k2hdkc-1\.0\.19-1\.x86_64\.rpm, a package of another distribution: an image of debian takes \*\.deb$/],
	['a package of no known name', ['k2hdkc.deb'], 'K2D6021', /holds k2hdkc\.deb, whose name does not tell its package and version/],
	['a name with more than a name in it', ['k2hdkc_1; reboot_amd64.deb'], 'K2D6021', /does not tell/],
];
for (const [what, files, code, says] of directories) {
	test(`refused as a directory of K2HDKC: ${what}`, async t => {
		await t.throwsAsync(of('images.database.variant=debian').render(hostWith(files)), {code, message: says});
	});
}

const named: ReadonlyArray<readonly [Variant, string, string, string]> = [
	['debian', 'libk2hash1_1.0.99-1~trixie_amd64.deb', 'libk2hash1', '1.0.99-1~trixie'],
	['ubuntu', 'k2hdkc_1.0.19_amd64.deb', 'k2hdkc', '1.0.19'],
	['alpine', 'k2hash-libs-1.0.99-r1.apk', 'k2hash-libs', '1.0.99-r1'],
	['rocky', 'k2hdkc-devel-1.0.19-1.el9.x86_64.rpm', 'k2hdkc-devel', '1.0.19-1.el9'],
];
for (const [variant, file, name, version] of named) {
	test(`file of a package: ${file}`, t => {
		t.deepEqual(readPackageFiles([file, ''], variant), [{file, name, version}]);
	});
}

test('a version may name a variant of its own; the images of the default version are built', async t => {
	const versions = 'datastore.versions=[{name: "1.0.19", active: true, imageTags: []}, {name: "1.0.19-ubuntu", variant: ubuntu, active: true, imageTags: []}]';
	const [first, second] = [of(versions), of(versions, 'datastore.defaultVersion=1.0.19-ubuntu')];
	t.deepEqual([first.variant, first.tag, second.variant, second.tag], ['alpine', '1.0.19', 'ubuntu', '1.0.19-ubuntu']);
	t.regex(await second.render(hostWith()), /apt-get install[^]*base\.name="docker\.io\/library\/ubuntu:24\.04"/);
	t.regex(String(refusal({flags: {set: ['datastore.versions=[{name: "1.0.19", variant: arch, active: true, imageTags: []}]']}})?.message), /variant/);
});
