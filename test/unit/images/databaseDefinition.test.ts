import test from 'ava';
import {parseBaseImage, parseK2hdkcOrigin} from '../../../scripts/config/k2hdkcSource.js';
import {builtDatabase, databaseOf} from '../../../scripts/stages/images/containers/definition.js';
import {load, refusal} from '../config/workspace.js';

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

test('a base that mmdebstrap makes has all packages at once, and nothing is installed over it', t => {
	const {dockerfile, layer: {packages, origin}} = of('images.database.variant=debian', 'images.database.extraPackages=[jq]');
	t.deepEqual(origin, {suite: 'trixie'});
	t.true(['curl', 'jq', 'libyaml-0-2', 'tini'].every(name => packages.includes(name)));
	t.notRegex(dockerfile, /apt-get/);
	t.regex(dockerfile, /base\.name="mmdebstrap:trixie"/);
	const alpine = of('images.database.extraPackages=[jq]');
	t.deepEqual(alpine.layer.packages, []);
	t.regex(alpine.dockerfile, /apk add --no-cache .*\bjq\b/);
});

test('hooks are run last, as they were written, before the image gets its user', t => {
	const {dockerfile} = of('images.database.hooks=["echo it\'s > /etc/motd\\nexit 0"]');
	t.regex(dockerfile, /^RUN sh -euc "\$\(printf '%s\\n' 'echo it'\\''s > \/etc\/motd' 'exit 0'\)"$/m);
	t.true(dockerfile.indexOf('/etc/motd') < dockerfile.indexOf('USER 1001:1001'));
	t.true(dockerfile.indexOf('/etc/motd') > dockerfile.indexOf('COPY --from=scripts'));
});

test('the tag is the version that Trove asks for, the repository that of the configuration', t => {
	const {repository, tag} = of('datastore.options.docker_image=registry.example:5000/team/k2hdkc-trove', 'datastore.defaultVersion=one', 'datastore.versions=[{name: one, version: "1.0.19", active: true, imageTags: []}]');
	t.deepEqual([repository, tag], ['team/k2hdkc-trove', '1.0.19']);
	t.true(of('sources.k2hdkc=image:docker.io/antpickax/k2hdkc:1.0.19-alpine').dockerfile.includes('base.name="docker.io/antpickax/k2hdkc:1.0.19-alpine"'));
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
