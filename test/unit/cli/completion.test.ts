import test from 'ava';
import {commands} from '../../../scripts/cli/commandTable.js';
import {completionScript} from '../../../scripts/cli/completion.js';
import {runCommand} from '../../helpers/runCommand.js';

const script = completionScript(commands);

/** What bash offers for the last of the words. */
const offers = async (...words: readonly string[]): Promise<readonly string[]> => {
	const {stdout} = await runCommand('bash', ['-euc', `source /dev/stdin <<'END'\n${script}END\nCOMP_WORDS=("$@") COMP_CWORD=$(($# - 1))\n_k2hdkc_devstack\nprintf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', 'k2hdkc-devstack', ...words]);
	return stdout.split('\n').filter(line => line !== '');
};

for (const [words, expected] of [
	[['su'], ['support-bundle']],
	[[''], commands.map(({name}) => name)],
	[['images', ''], ['list', 'build', 'push', 'register']],
	[['images', 'build', ''], ['guest', 'database', 'backup', 'k2hr3']],
	[['images', 'build', '--off'], ['--offline']],
	[['down', '--depth', ''], ['services', 'sources', 'everything']],
	[['down', '--name', 'x', '--depth', 'ev'], ['everything']],
	[['up', '--dr'], ['--dry-run']],
	[['--ver'], ['--version']],
	[['images', 'list', '--dry'], []],
	[['images', 'no-such', ''], []],
	[['openstack', '--', '-'], []],
	[['images', 'register', 'guest', '--file', 'package.js'], ['package.json']],
] as const) {
	test(`completion after ${JSON.stringify(words)}`, async t => {
		t.deepEqual(await offers(...words), [...expected]);
	});
}

test('every flag of every command is offered for it', async t => {
	const leaves = commands.flatMap(command => command.subcommands?.map(child => ({words: [command.name, child.name], entry: child})) ?? [{words: [command.name], entry: command}]);
	t.true(leaves.length > 20);
	await Promise.all(leaves.map(async ({words, entry}) => {
		t.is(new Set(await offers(...words, '--')).size, entry.flags.length + 1, words.join(' '));
	}));
});
