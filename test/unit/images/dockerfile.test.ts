import {readdir} from 'node:fs/promises';
import test from 'ava';
import {variants} from '../../../scripts/config/schema/variants.js';
import {renderDatabaseDockerfile, type DatabaseImage, type K2hdkcSource} from '../../../scripts/stages/images/dockerfile.js';

const image = (variant: DatabaseImage['variant'], k2hdkc: K2hdkcSource): DatabaseImage => ({
	variant,
	baseImage: `registry.example/${variant}:1`,
	baseOrigin: `docker.example/${variant}:1`,
	baseHas: [],
	extraPackages: [],
	hooks: [],
	k2hdkc,
	version: '1.0.19',
	source: {url: 'https://example.org/k2hdkc-devstack', revision: 'abc"$def'},
});

const versions = {libfullock: '1.0.67', k2hash: '1.0.99', chmpx: '1.0.113', k2hdkc: '1.0.19'};
const repository = {entry: 'deb https://packages.example/debian trixie main\n', keyFile: 'keys/k2hdkc.asc'};
const sources: Readonly<Record<K2hdkcSource['kind'], K2hdkcSource>> = {
	image: {kind: 'image'},
	packages: {kind: 'packages', versions, repository},
	files: {kind: 'files', path: 'build/k2hdkc', files: [{file: 'k2hdkc.package', name: 'k2hdkc', version: '1.0.19'}], libraries: ['libyaml']},
	directory: {kind: 'directory', path: 'build/k2hdkc', libraries: ['libyaml']},
};

const lines = (text: string, word: string): readonly string[] => text.split('\n').filter(line => line.startsWith(`${word} `));

for (const variant of variants) {
	for (const [kind, source] of Object.entries(sources)) {
		const rendered = renderDatabaseDockerfile(image(variant, source));

		test(`${variant} with K2HDKC from ${kind}: what holds for every image`, t => {
			t.is(lines(rendered, 'USER').at(-1), 'USER 1001:1001');
			t.deepEqual(lines(rendered, 'EXPOSE'), ['EXPOSE 8020 8021 8031']);
			t.deepEqual(lines(rendered, 'ENTRYPOINT'), [`ENTRYPOINT ["${variant === 'alpine' ? '/sbin' : '/usr/bin'}/tini", "--", "/usr/libexec/k2hdkctrove.sh"]`]);
			t.regex(rendered, /^HEALTHCHECK .* CMD test "\$\(\/usr\/libexec\/k2hdkctrove\.sh status\)" = HEALTHY$/m);
			t.regex(rendered, /\btini$|\btini /m);
			t.regex(rendered, /(?:groupadd|addgroup) .*1001 .*(?:useradd|adduser) .*1001/);
			t.notRegex(rendered, /sudo|\b0?777\b|a\+w|o\+w|chmod 666|setuid|\bADD\b|curl [^|]*\|[^|]/);
			t.notRegex(rendered, /undefined|\[object/);
			t.true(lines(rendered, 'FROM').length >= 2);
			t.deepEqual([...new Set(lines(rendered, 'FROM').map(line => line.split(' ')[1]))], [`registry.example/${variant}:1`]);
			for (const name of ['title', 'description', 'licenses', 'version', 'source', 'revision', 'base.name']) {
				t.true(rendered.includes(`LABEL org.opencontainers.image.${name}="`), name);
			}

			t.true(rendered.includes(String.raw`image.revision="abc\"\$def"`));
		});
	}
}

const pins: ReadonlyArray<readonly [DatabaseImage['variant'], string]> = [
	['alpine', 'chmpx=1.0.113 k2hdkc=1.0.19'],
	['debian', 'chmpx=1.0.113 k2hdkc=1.0.19'],
	['ubuntu', 'chmpx=1.0.113 k2hdkc=1.0.19'],
	['rocky', 'chmpx-1.0.113 k2hdkc-1.0.19'],
];
for (const [variant, wanted] of pins) {
	test(`${variant}: packages are pinned, and their versions are labels`, t => {
		const rendered = renderDatabaseDockerfile(image(variant, sources.packages));
		t.true(rendered.includes(wanted));
		t.true(rendered.includes('LABEL k2hdkc-devstack.package.k2hash="1.0.99"'));
	});
}

const repositories: ReadonlyArray<readonly [DatabaseImage['variant'], string, string]> = [
	['alpine', '/etc/apk/keys/k2hdkc.asc', '>>/etc/apk/repositories'],
	['debian', '/usr/share/keyrings/k2hdkc.asc', '>/etc/apt/sources.list.d/k2hdkc.list'],
	['ubuntu', '/usr/share/keyrings/k2hdkc.asc', '>/etc/apt/sources.list.d/k2hdkc.list'],
	['rocky', '/etc/pki/rpm-gpg/k2hdkc.asc', '>/etc/yum.repos.d/k2hdkc.repo'],
];
for (const [variant, key, target] of repositories) {
	test(`${variant}: a repository comes with its key, before anything is installed`, t => {
		const rendered = renderDatabaseDockerfile(image(variant, sources.packages));
		t.true(rendered.includes(`COPY --chmod=644 keys/k2hdkc.asc ${key}\nRUN printf '%s\\n' 'deb https://packages.example/debian trixie main' ${target}\n`), rendered);
		t.true(rendered.indexOf(key) < rendered.indexOf('k2hdkc=1.0.19') || variant === 'rocky');
		t.false(renderDatabaseDockerfile(image(variant, {kind: 'packages', versions, repository: null})).includes('packages.example'));
	});
}

test('a directory is cleaned in a stage of its own, and its libraries are found', t => {
	for (const variant of variants) {
		const rendered = renderDatabaseDockerfile(image(variant, sources.directory));
		t.regex(rendered, /AS k2hdkc\nUSER 0\nCOPY build\/k2hdkc\/ \/prefix\//);
		t.regex(rendered, /COPY --from=k2hdkc \/prefix\/ \/usr\/local\//);
		t.regex(rendered, / libyaml/);
		t.is(rendered.includes('ldconfig'), variant !== 'alpine');
	}
});

test('what the image copies is there', async t => {
	const files = await readdir('images/database', {recursive: true});
	for (const wanted of ['k2hdkctrove.sh', 'k2hdkctrove/supervisor.sh', 'k2hdkctrove/settings.sh']) {
		t.true(files.includes(wanted), wanted);
	}
});
