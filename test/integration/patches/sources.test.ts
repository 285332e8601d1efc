import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {TroveSource} from '../../../scripts/config/troveSource.js';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {fetchTrove} from '../../../scripts/sources/trove.js';
import type {SourceAccess, SourceTree} from '../../../scripts/sources/types.js';
import {needs} from '../../helpers/needs.js';
import {serveDirectory} from '../../helpers/serveDirectory.js';
import {createScratch, must, writeTree} from './scratch.js';

const access = (options: Partial<SourceAccess> = {}): SourceAccess => ({
	machine: createLocalMachine(), debian: {mirror: 'host', keyring: null}, python: {index: 'host'}, env: {}, ...options,
});

const fetchInto = async (t: ExecutionContext, source: TroveSource, options: Partial<SourceAccess> = {}): Promise<SourceTree> =>
	fetchTrove(source, await createScratch(t), access(options));

const hasTree = async (t: ExecutionContext, {root}: SourceTree): Promise<void> => {
	t.is(await readFile(path.join(root, 'trove/common/cfg.py'), 'utf8'), 'CONF = 1\n');
};

const refused = async (t: ExecutionContext, code: string, message: RegExp, source: TroveSource, options: Partial<SourceAccess> = {}): Promise<void> => {
	await t.throwsAsync(fetchInto(t, source, options), {instanceOf: ToolError, code, message});
};

/** A tarball as projects release them: one directory at the top. */
const makeTarball = async (t: ExecutionContext, directory: string, name: string, extra = ''): Promise<string> => {
	await writeTree(path.join(directory, 'trove-9.1.0'), 'CONF = 1\n');
	const file = path.join(directory, name);
	await must(t, 'tar', ['-caf', file, '-C', directory, 'trove-9.1.0', ...(extra ? [extra] : [])]);
	return file;
};

test('directory: a tree, used where it is', async t => {
	const directory = await writeTree(await createScratch(t), 'CONF = 1\n');
	const tree = await fetchInto(t, {directory});
	t.deepEqual(tree, {root: directory, ref: directory});
	await refused(t, 'K2D6001', /could not be fetched: .*No such file/, {directory: '/nowhere'});
});

test('tarball: by path and by address, packed either way', async t => {
	if (!await needs(t, {commands: {python3: 'python3', xz: 'xz-utils'}})) {
		return;
	}

	const directory = await createScratch(t);
	const address = await serveDirectory(t, directory);
	for (const name of ['trove.tar.gz', 'trove.tar.xz']) {
		const tarball = await makeTarball(t, directory, name);
		await hasTree(t, await fetchInto(t, {tarball}));
		await hasTree(t, await fetchInto(t, {tarball: `${address}/${name}`}));
	}

	await writeFile(path.join(directory, 'broken.tar.gz'), 'not a tarball');
	await writeFile(path.join(directory, 'second'), '');
	await refused(t, 'K2D6001', /ReadError|could not be opened/, {tarball: path.join(directory, 'broken.tar.gz')});
	await refused(t, 'K2D6001', /2 entries/, {tarball: await makeTarball(t, directory, 'two.tar.gz', 'second')});
	await refused(t, 'K2D6001', /404/, {tarball: `${address}/absent.tar.gz`});
	await refused(t, 'K2D6001', /No such file/, {tarball: '/nowhere.tar.gz'});
});

test('git: branch, tag and commit, of a clone and of a bare repository', async t => {
	if (!await needs(t, {commands: {git: 'git'}})) {
		return;
	}

	const directory = await createScratch(t);
	const clone = await writeTree(path.join(directory, 'clone'), 'CONF = 1\n');
	const git = async (...args: readonly string[]): Promise<string> =>
		must(t, 'git', ['-C', clone, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
	await git('init', '-q', '-b', 'stable/9');
	await git('add', '.');
	await git('commit', '-q', '-m', 'One');
	await git('tag', '9.1.0');
	const commit = (await git('rev-parse', 'HEAD')).trim();
	await git('clone', '-q', '--bare', '.', path.join(directory, 'bare'));
	for (const repository of [clone, path.join(directory, 'bare'), `file://${directory}/bare`]) {
		for (const ref of ['stable/9', '9.1.0', commit]) {
			const tree = await fetchInto(t, {git: repository, ref});
			await hasTree(t, tree);
			t.true(tree.ref.includes(commit.slice(0, 7)), tree.ref);
		}
	}

	await refused(t, 'K2D6001', /couldn't find remote ref nowhere/, {git: clone, ref: 'nowhere'});
	await refused(t, 'K2D6001', /does not appear to be a git repository/, {git: path.join(directory, 'absent'), ref: 'master'});
	await refused(t, 'K2D6001', /Failed to connect|Couldn't connect|Could not connect/, {git: 'http://127.0.0.1:9/trove', ref: 'master'});
});

test('pypi: the source distribution of an index, verified by the index\'s own checksum', async t => {
	if (!await needs(t, {commands: {python3: 'python3', pip3: 'python3-pip'}})) {
		return;
	}

	const directory = await createScratch(t);
	const content = await readFile(await makeTarball(t, directory, 'trove-9.1.0.tar.gz'));
	const digest = createHash('sha256').update(content).digest('hex');
	await mkdir(path.join(directory, 'simple/trove'), {recursive: true});
	const index = `${await serveDirectory(t, directory)}/simple`;
	const offer = async (sha256: string): Promise<void> => writeFile(path.join(directory, 'simple/trove/index.html'), `<html><body>
<a href="../../trove-9.1.0.tar.gz#sha256=${sha256}" data-requires-python="&gt;=99">trove-9.1.0.tar.gz</a>
<a href="../../trove-9.2.0-py3-none-any.whl">trove-9.2.0-py3-none-any.whl</a></body></html>`);

	await offer(digest);
	const tree = await fetchInto(t, {pypi: '9.1.0'}, {python: {index}});
	await hasTree(t, tree);
	t.is(tree.ref, `trove 9.1.0, sha256 ${digest.slice(0, 12)}`);
	await refused(t, 'K2D6001', /no source distribution of this version/, {pypi: '9.2.0'}, {python: {index}});
	await offer('0'.repeat(64));
	await refused(t, 'K2D6003', /wrong checksum: trove-9\.1\.0\.tar\.gz should be 0+ and is/, {pypi: '9.1.0'}, {python: {index}});
});

test('a program that is missing is named', async t => {
	const bare = {machine: {run: async (argv: readonly string[], options = {}) => createLocalMachine().run(argv, {...options, env: {PATH: '/nowhere'}})}};
	await refused(t, 'K2D6006', /git is not there/, {git: '/nowhere', ref: 'master'}, bare);
	await refused(t, 'K2D6006', /python3 is not there/, {pypi: '9.1.0'}, bare);
	await refused(t, 'K2D6006', /apt-get is not there/, {debian: '1:9.1.0-1'}, bare);
});

test('stopping is no fault of the source', async t => {
	const signal = AbortSignal.abort('SIGINT');
	await t.throwsAsync(fetchInto(t, {tarball: '/nowhere.tar.gz'}, {signal}), {name: 'CommandError', message: /stopped on request/});
});
