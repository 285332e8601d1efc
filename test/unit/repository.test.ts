import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {commands, flags, type Command} from '../../scripts/cli/commandTable.js';
import {runCommand} from '../helpers/runCommand.js';

const read = async (file: string): Promise<string> => readFile(file, 'utf8');

type Manifest = {readonly scripts: Readonly<Record<string, string>>; readonly files: readonly string[]; readonly bin: Readonly<Record<string, string>>};
const readManifest = async (): Promise<Manifest> => JSON.parse(await read('package.json')) as Manifest;

const sources = ['scripts', 'test', 'tools', 'conf', 'patches', 'images', 'docs', '.ci'];
const generated = /(?:^|\/)(?:node_modules|dist|build|__pycache__|[^/]+\.egg-info|\.pytest_cache)(?:\/|$)/;

/** What is committed; without git, what is there and not generated. */
const listFiles = async (): Promise<readonly string[]> => {
	const {code, stdout} = await runCommand('git', ['ls-files', '-z', '--cached']);
	if (code === 0) {
		return stdout.split('\0').filter(name => name !== '' && existsSync(name));
	}

	const found = (await readdir('.', {withFileTypes: true})).filter(entry => entry.isFile()).map(({name}) => name);
	for (const directory of sources.filter(name => existsSync(name))) {
		const entries = await readdir(directory, {recursive: true, withFileTypes: true});
		found.push(...entries.filter(entry => entry.isFile()).map(entry => path.join(path.relative('.', entry.parentPath), entry.name)));
	}

	return found.filter(name => !generated.test(name));
};

/** The lines that match, with their file. */
const grep = async (matches: (line: string) => boolean, files: readonly string[]): Promise<readonly string[]> => {
	const hits: string[] = [];
	for (const file of files) {
		const lines = (await read(file)).split('\n');
		hits.push(...lines.flatMap((line, index) => matches(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []));
	}

	return hits;
};

test('the lock file names packages and no registry', async t => {
	const lock = JSON.parse(await read('package-lock.json')) as {readonly packages: Readonly<Record<string, {readonly resolved?: string; readonly version?: string}>>};
	t.deepEqual(Object.entries(lock.packages).filter(([, {resolved}]) => resolved !== undefined).map(([name]) => name), []);
	t.deepEqual(Object.entries(lock.packages).filter(([, {version}]) => version === undefined).map(([name]) => name), []);
});

test('no file names a package registry', async t => {
	const registry = /registry\.npmjs\.(?:org|com)|files\.pythonhosted\.org/;
	t.deepEqual(await grep(line => registry.test(line), (await listFiles()).filter(name => name !== 'test/unit/repository.test.ts')), []);
});

test('no file names the directory it was written in', async t => {
	const directory = `${path.resolve('.')}${path.sep}`;
	// A clone right below the root has a name that anything may have.
	const telling = directory.split(path.sep).length > 3;
	t.deepEqual(await grep(line => telling && line.includes(directory), await listFiles()), []);
});

test('source files are at most 300 lines long', async t => {
	const files = (await listFiles()).filter(name => /^scripts\/.*\.ts$/.test(name));
	t.true(files.length > 0);
	for (const file of files) {
		t.true((await read(file)).split('\n').length - 1 <= 300, file);
	}
});

test('nothing is left to do later', async t => {
	const marks = new RegExp(String.raw`\b(?:TO${'DO'}|FIX${'ME'}|XX${'X'})\b`);
	t.deepEqual(await grep(line => marks.test(line), (await listFiles()).filter(name => !/^(?:test\/fixtures|package-lock\.json)/.test(name))), []);
});

test('no file has both sides of a merge', async t => {
	const mark = /^(?:<{7}|>{7}) /;
	t.deepEqual(await grep(line => mark.test(line), await listFiles()), []);
});

const readme = async (): Promise<string> => read('README.md');

const findCommand = (words: readonly string[], table: readonly Command[] = commands): Command | undefined => {
	const [first, ...rest] = words;
	const command = table.find(({name}) => name === first);
	return command?.subcommands && rest.length > 0 ? findCommand(rest, command.subcommands) : command;
};

/** Calls of the tool in code, up to the next quote, pipe or comment: `['up', '--name', 'two']`. */
const callsIn = (text: string): ReadonlyArray<readonly string[]> =>
	[...text.matchAll(/npx k2hdkc-devstack ([^`|#&\n]+)/g)].map(match => match[1]!.trim().split(/\s+/));

test('README.md opens with the two commands', async t => {
	const blocks = [...(await readme()).matchAll(/```sh\n([^`]*)```/g)].map(match => match[1]!.trim());
	t.deepEqual(blocks.slice(0, 2), ['npm ci && npx k2hdkc-devstack up', 'npm ci && npm test']);
});

const pagesWithCommands = async (): Promise<readonly string[]> => ['README.md', ...(await listFiles()).filter(name => /^docs\/(?:stages\/)?[^/]+\.md$/.test(name))];

test('every command and flag in the documents exists', async t => {
	for (const page of await pagesWithCommands()) {
		for (const call of callsIn(await read(page))) {
			const words = call.includes('--') ? call.slice(0, call.indexOf('--')) : call;
			const command = words[0] === 'COMMAND' ? undefined : findCommand(words.filter(word => !word.startsWith('--')));
			t.true(words[0] === 'COMMAND' || command !== undefined, `${page}: ${call.join(' ')}`);
			const known = new Set(['--help', ...command?.flags.map(name => /--[a-z\d-]+/.exec(flags[name].flags)![0]) ?? []]);
			t.deepEqual(words.filter(word => word.startsWith('--') && !known.has(word)), [], `${page}: ${call.join(' ')}`);
		}
	}

	t.true(callsIn(await readme()).length > 10);
});

test('every npm script in README.md exists', async t => {
	const {scripts} = await readManifest();
	const names = [...(await readme()).matchAll(/npm run ([\w:-]+)/g)].map(match => match[1]!);
	t.true(names.length > 0);
	t.deepEqual(names.filter(name => !Object.hasOwn(scripts, name)), []);
});

test('links between documents lead somewhere', async t => {
	const documents = (await listFiles()).filter(name => name.endsWith('.md') && !name.startsWith('test/fixtures'));
	for (const document of documents) {
		for (const [, target] of (await read(document)).matchAll(/]\(([^):#]+)(?:#[^)]*)?\)/g)) {
			t.true(existsSync(path.join(path.dirname(document), target!)), `${document}: ${target}`);
		}
	}
});

test('what may be skipped exists', async t => {
	const entries = JSON.parse(await read('test/optional.json')) as ReadonlyArray<{readonly test: string; readonly needs: string}>;
	t.true(Array.isArray(entries));
	for (const {test: id, needs} of entries) {
		const [file, title] = id.split(' › ');
		t.true(existsSync(file!) && title !== undefined && needs.length > 0, id);
	}
});
