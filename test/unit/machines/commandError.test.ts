import test from 'ava';
import {CommandError, type CommandErrorDetails} from '../../../scripts/machines/commandError.js';
import {toFailure} from '../../../scripts/errors/toFailure.js';

const base = {argv: ['apt-get', 'install', 'a b'], machine: 'local', lastLines: ['E: broken'], seconds: 12.34} as const;

const table: ReadonlyArray<readonly [details: Partial<CommandErrorDetails> & Pick<CommandErrorDetails, 'outcome'>, message: string]> = [
	[{outcome: 'code', code: 100}, '`apt-get install \'a b\'` on local failed with exit code 100 after 12 s.'],
	[{outcome: 'signal', signal: 'SIGKILL', seconds: 0.5}, '`apt-get install \'a b\'` on local was killed by SIGKILL after 0.5 s.'],
	[{outcome: 'timeout'}, '`apt-get install \'a b\'` on local was ended because it took longer than its limit: 12 s.'],
	[{outcome: 'idle'}, '`apt-get install \'a b\'` on local was ended because it printed nothing for too long, after 12 s.'],
	[{outcome: 'aborted', label: 'Job one.1'}, 'Job one.1 on local was stopped on request after 12 s.'],
	[{outcome: 'not-started', code: 127}, '`apt-get install \'a b\'` on local could not be started.'],
	[{outcome: 'unknown', reason: 'read ECONNRESET'}, '`apt-get install \'a b\'` on local ended or not, nobody knows: its exit code was lost after 12 s (read ECONNRESET).'],
];

for (const [details, message] of table) {
	test(`the sentence of outcome ${details.outcome}`, t => {
		const error = new CommandError({...base, ...details});
		t.is(error.message, message);
		t.is(error.command, 'apt-get install \'a b\'');
	});
}

test('a long command is cut in the sentence, not in the command', t => {
	const error = new CommandError({...base, outcome: 'code', code: 1, argv: ['sh', '-c', 'x\n'.repeat(500)]});
	t.true(error.message.length < 260);
	t.true(error.command.length > 1000);
});

test('a lost exit code leads to exit code 6', t => {
	t.is(toFailure(new CommandError({...base, outcome: 'unknown'})).exitCode, 6);
	t.deepEqual(toFailure(new CommandError({...base, outcome: 'code', code: 1})).lastLines, ['E: broken']);
});
