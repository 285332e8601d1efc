import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {promisify} from 'node:util';
import test from 'ava';
import {commands} from '../../../scripts/cli/commandTable.js';
import {createPlace, mainFile} from './tool.js';

test('version is the one of the package, however it is asked for', async t => {
	const {run} = await createPlace(t);
	const {version} = JSON.parse(await readFile('package.json', 'utf8')) as {version: string};
	for (const args of [['--version'], ['-V'], ['version']]) {
		t.like(await run(args, {}, mainFile), {code: 0, stdout: `${version}\n`, stderr: ''});
	}

	t.deepEqual(JSON.parse((await run(['version', '--json'], {}, mainFile)).stdout), {version, node: process.versions.node, platform: `${process.platform} ${process.arch}`});
});

test('help names every command, and each command has its own', async t => {
	const {run} = await createPlace(t);
	const help = await run(['--help'], {}, mainFile);
	t.is(help.code, 0);
	t.is(help.stderr, '');
	for (const {name, flags, subcommands = []} of commands) {
		t.regex(help.stdout, new RegExp(`^  ${name} `, 'm'));
		t.true(flags.length > 0 || subcommands.length > 0);
	}

	const own = await run(['down', '--help'], {}, mainFile);
	t.is(own.code, 0);
	t.true(own.stdout.includes('--depth'));
});

test('no command at all prints the help on stderr', async t => {
	const {run} = await createPlace(t);
	const {code, stdout, stderr} = await run([], {}, mainFile);
	t.is(code, 2);
	t.is(stdout, '');
	t.true(stderr.includes('First steps:'));
});

for (const [args, code, words] of [
	[['stauts'], 2, ['K2D1001', 'Did you mean "status"?']],
	[['datastore', 'lst'], 2, ['K2D1001', 'Did you mean "list"?']],
	[['datastore'], 2, ['K2D1001', 'A command is missing']],
	[['k2hr3', 'up'], 2, ['K2D7016', 'sources.k2hr3 is not set']],
	[['k2hr3', 'up', '--set', 'k2hr3.url=http://192.0.2.1:18080'], 2, ['K2D7016', 'http://192.0.2.1:18080']],
	[['k2hr3', 'down', '--yes'], 2, ['K2D7016', 'sources.k2hr3 is not set']],
	[['logs', 'k2hr3'], 2, ['K2D7016', 'sources.k2hr3 is not set']],
	[['up', '--jsno'], 2, ['K2D1001', 'Did you mean "--json"?']],
	[['plan', '--explian'], 2, ['K2D1001', 'Did you mean "--explain"?']],
	[['--name', 'x', 'up'], 2, ['K2D1001', 'Options come after the command']],
	[['up', 'sandbox', 'more'], 2, ['K2D1001', 'Too many arguments']],
	[['up', '--name'], 2, ['K2D1001', 'argument missing']],
	[['down', '--depth', 'all'], 2, ['K2D1001', 'services, sources, everything']],
	[['status', '--offline'], 2, ['K2D1001', '--offline']],
	[['up', '--offline', '--fresh'], 2, ['K2D1037', '--offline and --fresh']],
	[['up', 'sanbox'], 2, ['K2D1002', 'sanbox']],
	[['up', 'sandbox', '--profile', 'ci'], 2, ['K2D1003']],
	[['plan', '--release', '2024.9'], 2, ['K2D1004']],
	[['plan', '--set', 'openstack.nope=1'], 2, ['K2D1013']],
	[['plan', '--with', 'dashbord'], 2, ['K2D1007', 'dashboard']],
	[['plan', '--only', 'frist'], 2, ['K2D1006', 'Did you mean "first"?']],
	[['logs'], 2, ['K2D4005']],
	[['down', '--depth', 'sources'], 2, ['K2D1008', '--yes']],
	[['down', '--depth', 'everything'], 2, ['K2D1008', '--yes']],
] as const) {
	test(`\`${args.join(' ')}\` ends with ${code} and says ${words.join(', ')}`, async t => {
		const {run} = await createPlace(t);
		const ended = await run(args);
		t.is(ended.code, code, ended.stderr);
		t.is(ended.stdout, '');
		for (const word of words) {
			t.true(ended.stderr.includes(word), ended.stderr);
		}

		t.false(ended.stderr.includes('    at '), 'no stack without -v');
	});
}

test('with --json an error is one document on stdout too', async t => {
	const {run} = await createPlace(t);
	const {code, stdout, stderr} = await run(['plan', '--json', '--only', 'frist']);
	t.is(code, 2);
	t.like(JSON.parse(stdout), {error: {code: 'K2D1006', exitCode: 2}});
	t.true(stderr.includes('K2D1006'));
});

test('-v shows where an error comes from', async t => {
	const {run} = await createPlace(t);
	t.true((await run(['plan', '-v', '--only', 'frist'])).stderr.includes('    at '));
});

test('every command of the table can be loaded', async t => {
	const {loadCommand, runnable} = await import('../../../scripts/cli/dispatch.js');
	const named = commands.flatMap(({name, subcommands}) => subcommands ? subcommands.map(child => `${name} ${child.name}`) : [name]);
	t.deepEqual([...runnable].toSorted(), named.toSorted());
	for (const name of named) {
		t.is(typeof await loadCommand(name), 'function', name);
	}
});

test('a reader that goes away is no error', async t => {
	const {directory} = await createPlace(t);
	const script = '"$0" "$1" --help | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"';
	const {stdout, stderr} = await promisify(execFile)('bash', ['-c', script, process.execPath, mainFile], {cwd: directory});
	t.is(stdout, '0\n');
	t.is(stderr, '');
});
