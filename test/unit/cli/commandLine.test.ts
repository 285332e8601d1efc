import test from 'ava';
import fc from 'fast-check';
import {commands, flags, type Command, type Flag} from '../../../scripts/cli/commandTable.js';
import {helpFor, programHelp} from '../../../scripts/cli/help.js';
import {parseCommandLine} from '../../../scripts/cli/program.js';
import {fetchCommand, resumeCommand} from '../../../scripts/cli/resume.js';
import {ToolError} from '../../../scripts/errors/toolError.js';

const leaves: ReadonlyArray<readonly [string, Command]> = commands.flatMap(command => command.subcommands
	? command.subcommands.map(child => [`${command.name} ${child.name}`, child] as const)
	: [[command.name, command] as const]);

test('every flag of every command is understood, alone and with a value', t => {
	for (const [words, {flags: names, arguments: operands = ''}] of leaves) {
		const required = operands.startsWith('<') ? ['word'] : [];
		for (const name of names) {
			const flag: Flag = flags[name];
			const [, long, value] = /(--[-a-z\d]+)(?: <(.*)>)?/.exec(flag.flags)!;
			const given = value === undefined ? [] : [flag.choices?.[0] ?? 'value'];
			const {command, options} = parseCommandLine([...words.split(' '), ...required, long!, ...given]);
			t.is(command, words);
			t.is(Object.keys(options).length, long === '--no-color' || !names.includes('noColor') ? 1 : 2, `${words} ${long}`);
		}
	}
});

test('repeatable flags collect, others keep the last', t => {
	const {options} = parseCommandLine(['up', '--set', 'a=1', '--set', 'b=2', '--only', 'x', '--with', 'y', '--name', 'one', '--name', 'two']);
	t.like(options, {set: ['a=1', 'b=2'], only: ['x'], with: ['y'], name: 'two'});
	t.false(parseCommandLine(['up', '--no-color']).options.color);
	t.true(parseCommandLine(['up', '-v']).options.verbose);
	t.true(parseCommandLine(['logs', '-f', 'keystone']).options.follow);
	t.deepEqual(parseCommandLine(['patches', 'check', '--release', '2025.1', '--release', 'master']).options.release, ['2025.1', 'master']);
	t.is(parseCommandLine(['plan', '--release', '2025.1']).options.release, '2025.1');
});

test('positional words come through', t => {
	t.deepEqual(parseCommandLine(['up', './mine.yaml']).positionals, ['./mine.yaml']);
	t.deepEqual(parseCommandLine(['up']).positionals, []);
	t.deepEqual(parseCommandLine(['config', 'show', 'openstack.networks']).positionals, ['openstack.networks']);
});

test('words for the openstack client are not looked at', t => {
	const cases: Array<[string[], string[], string | undefined]> = [
		[['openstack', '--', 'server', 'list', '--json', '-v'], ['server', 'list', '--json', '-v'], undefined],
		[['openstack', '--name', 'x', 'server', 'list', '--name', 'y'], ['server', 'list', '--name', 'y'], 'x'],
		[['openstack', '--name', 'x', '--', '--help'], ['--help'], 'x'],
		[['openstack', '--os-cloud', 'demo', 'token', 'issue'], ['--os-cloud', 'demo', 'token', 'issue'], undefined],
		[['openstack'], [], undefined],
	];
	for (const [argv, positionals, name] of cases) {
		const invocation = parseCommandLine(argv);
		t.deepEqual(invocation.positionals, positionals, argv.join(' '));
		t.is(invocation.options.name, name);
	}
});

test('whatever is typed, the answer is an invocation or a usage error', t => {
	const known = ['up', 'plan', 'datastore', 'list', 'openstack', '--', '--json', '--name', 'x', '-v', '--set', 'a=b', '--nope', '', '-', '--depth', '=', '--help'];
	const property = fc.property(fc.array(fc.oneof(fc.constantFrom(...known), fc.string()), {maxLength: 6}), argv => {
		try {
			return typeof parseCommandLine(argv).command === 'string';
		} catch (error) {
			return error instanceof ToolError && error.code === 'K2D1001' && error.message !== '';
		}
	});
	t.notThrows(() => {
		fc.assert(property, {numRuns: 500});
	});
});

test('help fits 80 columns, and names every command and flag', t => {
	const texts = [programHelp(), ...leaves.map(([words]) => helpFor([...words.split(' '), '--help'])!)];
	for (const text of texts) {
		for (const line of text.split('\n')) {
			t.true(line.length <= 80 || line.includes('k2hdkc-devstack'), line);
		}
	}

	for (const {name} of commands) {
		t.true(texts[0]!.includes(`  ${name}`), name);
	}

	for (const [words, {flags: names, examples = []}] of leaves) {
		const text = helpFor([...words.split(' '), '-h'])!;
		t.true(names.every(name => text.includes(flags[name].flags)), words);
		for (const example of examples) {
			t.notThrows(() => parseCommandLine(example.split(' ')), example);
			t.true(text.includes(example));
		}
	}
});

for (const [argv, beginning] of [
	[['--help'], 'Usage: k2hdkc-devstack COMMAND'],
	[['-h'], 'Usage: k2hdkc-devstack COMMAND'],
	[['up', '--name', 'x', '--help'], 'Usage: k2hdkc-devstack up [options] [profile]'],
	[['datastore', '--help'], 'Usage: k2hdkc-devstack datastore list|register'],
	[['datastore', 'list', '-h'], 'Usage: k2hdkc-devstack datastore list [options]'],
	[['openstack', '--help'], 'Usage: k2hdkc-devstack openstack'],
	[['openstack', 'server', '--help'], undefined],
	[['openstack', '--', '--help'], undefined],
	[['nonsense', '--help'], undefined],
	[['up'], undefined],
	[[], undefined],
] as const) {
	test(`\`${argv.join(' ')}\` ${beginning === undefined ? 'asks for no help' : `prints "${beginning}"`}`, t => {
		const text = helpFor(argv);
		t.is(text?.slice(0, beginning?.length), beginning);
	});
}

for (const [argv, env, line] of [
	[['up'], {}, 'k2hdkc-devstack up'],
	[['up', '--fresh', '--name', 'x'], {}, 'k2hdkc-devstack up --name x'],
	[['up', '--set', 'a=it\'s'], {npm_command: 'exec'}, String.raw`npx k2hdkc-devstack up --set 'a=it'\''s'`],
	[['up', './my profile.yaml'], {npm_command: 'run-script'}, 'k2hdkc-devstack up \'./my profile.yaml\''],
] as const) {
	test(`after \`${argv.join(' ')}\` the command that goes on is \`${line}\``, t => {
		t.is(resumeCommand(argv, env), line);
	});
}

for (const [argv, env, line] of [
	[['up', '--offline', '--only', 'trove'], {}, 'k2hdkc-devstack fetch'],
	[['up', './mine.yaml', '--with', 'images', '--without', 'swift', '--offline'], {}, 'k2hdkc-devstack fetch ./mine.yaml --with images --without swift'],
	[['plan', '--offline', '--name', 'x', '--set', 'a=b', '--set', 'c=d e', '--json'], {npm_command: 'exec'}, 'npx k2hdkc-devstack fetch --name x --set a=b --set \'c=d e\''],
] as const) {
	test(`for \`${argv.join(' ')}\` the command that fetches is \`${line}\``, t => {
		const {options, positionals: [profile]} = parseCommandLine(argv);
		t.is(fetchCommand(options, profile, env), line);
		t.is(parseCommandLine(line.replace(/^.*devstack /, '').split(' ')).command, 'fetch');
	});
}
