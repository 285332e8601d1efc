import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {variants} from '../../../scripts/config/schema/variants.js';
import {renderBackupDockerfile} from '../../../scripts/stages/images/backupDockerfile.js';
import {runCommand} from '../../helpers/runCommand.js';
import {backupSample as image} from './support/samples.js';

const lines = (text: string, word: string): readonly string[] => text.split('\n').filter(line => line.startsWith(`${word} `));

/** Stages by their name; the last one, which is the image, is called so. */
const stages = (text: string): Readonly<Record<string, string>> =>
	Object.fromEntries(text.split(/^(?=FROM )/m).map(stage => [/^FROM \S+ AS (\w+)/.exec(stage)?.[1] ?? 'image', stage]));

/** The shell commands of RUN, each on one line. */
const commands = (text: string): readonly string[] => lines(text.replaceAll('\\\n', ''), 'RUN').map(line => line.slice(4));

for (const variant of variants) {
	const rendered = renderBackupDockerfile(image(variant));

	test(`${variant}: what holds for every image`, t => {
		t.deepEqual(lines(rendered, 'FROM'), [`FROM localhost/k2hdkc-trove-${variant}:1.0.19 AS python`, 'FROM python AS program', 'FROM python']);
		t.is(lines(rendered, 'USER').at(-1), 'USER 1001:1001');
		t.is(lines(rendered, 'WORKDIR').at(-1), 'WORKDIR /opt/trove');
		t.deepEqual(lines(rendered, 'ENTRYPOINT'), [`ENTRYPOINT ["${variant === 'alpine' ? '/sbin' : '/usr/bin'}/tini", "--"]`]);
		t.deepEqual(lines(rendered, 'HEALTHCHECK'), ['HEALTHCHECK NONE']);
		t.deepEqual([...lines(rendered, 'EXPOSE'), ...lines(rendered, 'VOLUME'), ...lines(rendered, 'CMD')], []);
		t.notRegex(rendered, /sudo|\b0?777\b|a\+w|o\+w|chmod 666|\bADD\b|curl [^|]*\|[^|]|break-system-packages/);
		t.notRegex(rendered, /undefined|\[object/);
		t.true(commands(stages(rendered).image!).includes('find / -xdev -type f -perm /6000 -exec chmod a-s {} +'));
		for (const name of ['title', 'description', 'licenses', 'version', 'source', 'revision']) {
			t.true(rendered.includes(`LABEL org.opencontainers.image.${name}="`), name);
		}

		t.true(rendered.includes('LABEL org.opencontainers.image.base.name="registry.example/k2hdkc-trove:1.0.19"'));
		t.true(rendered.includes(String.raw`LABEL k2hdkc-devstack.trove="trove 26.0.0, sha256 \"96401d646c52\""`));
	});

	test(`${variant}: Trove's tree is where its program looks for it, beside ours`, t => {
		const program = stages(rendered).program!;
		t.true(program.includes('\nCOPY trove/backup/ /opt/trove/backup/\n'));
		t.true(program.includes('\nCOPY images/backup/main.py /opt/trove/\n'));
		t.true(program.includes('\nCOPY images/backup/k2hdkc_backup/ /opt/trove/k2hdkc_backup/\n'));
		t.regex(program, /\/usr\/bin\/python3 -c 'import k2hdkc_backup\.program, backup\.storage\.swift'/);
		t.deepEqual(lines(stages(rendered).image!, 'COPY'), ['COPY --from=program /opt/trove/ /opt/trove/']);
	});

	test(`${variant}: python3 is in the image, and what libraries are made with is not`, t => {
		const {python, program, image: last} = stages(rendered);
		t.regex(python!, /\bpython3\b/);
		const fromIndex = variant === 'alpine' || variant === 'rocky';
		t.is(/pip install .*--target \/opt\/trove\/libraries/.test(program!), fromIndex);
		t.is(last!.includes('\nENV PYTHONPATH=/opt/trove/libraries\n'), fromIndex);
		t.is(python!.includes('python3-swiftclient'), !fromIndex);
		t.notRegex(`${python!}${last!}`, /pip|gcc|build-base|python3-dev|PIP_INDEX_URL/);
	});

	test(`${variant}: every RUN is shell`, async t => {
		const all = commands(rendered);
		t.true(all.length >= 3);
		for (const command of all) {
			const {code, stderr} = await runCommand('sh', ['-nc', command]);
			t.is(code, 0, `${command}: ${stderr}`);
		}
	});
}

test('over a base without a mirror python3 and its libraries come as a layer, and packages of the image below stay known', async t => {
	const python = stages(renderBackupDockerfile(image('debian', {python: 'python.tar'}))).python!;
	t.notRegex(python, /apt-get/);
	t.deepEqual(lines(python, 'ADD'), ['ADD python.tar /']);
	const merge = commands(python)[1]!.split(' >')[0]!.replaceAll('/var/lib/dpkg/', '');
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-status-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	await writeFile(path.join(directory, 'status'), 'Package: dpkg\nVersion: 2\n\nPackage: python3\nVersion: 1\n\n');
	await writeFile(path.join(directory, 'status-below'), 'Package: dpkg\nVersion: 1\n\nPackage: chmpx\nVersion: 1\nDescription: of hooks\n\n');
	const {stdout} = await runCommand('sh', ['-euc', merge], {cwd: directory});
	t.is(stdout, 'Package: dpkg\nVersion: 2\n\nPackage: python3\nVersion: 1\n\nPackage: chmpx\nVersion: 1\nDescription: of hooks\n\n');
});

test('what the image copies is there', async t => {
	const files = await readdir('images/backup', {recursive: true});
	for (const wanted of ['main.py', 'requirements.txt', 'k2hdkc_backup/program.py', 'k2hdkc_backup/driver.py']) {
		t.true(files.includes(wanted), wanted);
	}
});

test('libraries from the index are pinned', async t => {
	const wanted = (await readFile('images/backup/requirements.txt', 'utf8')).split('\n').filter(line => line !== '' && !line.startsWith('#'));
	t.true(wanted.length > 0);
	t.deepEqual(wanted.filter(line => !/^[\w.-]+==\d[\d.]*$/.test(line)), []);
});
