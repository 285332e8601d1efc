import test from 'ava';
import {createSurvey, judge, lookScript, parseLook, type Expected, type Look, type UnitLook} from '../../../scripts/stages/controlPlane/look.js';

const active: UnitLook = {state: 'active', age: 60};
const seen = (changes: Partial<Look>): Look => ({files: new Map([['/etc/a.conf', 'sum']]), units: new Map([['a', active], ['b', active]]), ...changes});
const expected: Expected = {files: new Map([['/etc/a.conf', 'sum']]), units: ['a', 'b']};

test('what is to be seen of a service decides its state', t => {
	for (const [changes, state, evidence] of [
		[{}, 'present', 'a, b active'],
		[{files: new Map()}, 'absent', 'not configured: /etc/a.conf'],
		[{files: new Map([['/etc/a.conf', 'other']])}, 'broken', '/etc/a.conf is not as the configuration wants'],
		[{files: new Map([['/etc/a.conf', 'other']]), units: new Map([['a', {state: 'inactive'}], ['b', {state: 'inactive'}]])}, 'absent', 'not configured: /etc/a.conf'],
		[{units: new Map<string, UnitLook>([['a', active], ['b', {state: 'failed'}]])}, 'broken', 'b is failed'],
		[{units: new Map([['a', active]])}, 'broken', 'b is unknown'],
	] as ReadonlyArray<[Partial<Look>, string, string]>) {
		t.deepEqual(judge(seen(changes), expected), {state, evidence} as ReturnType<typeof judge>);
	}
});

test('a step without units is in place when its files are', t => {
	t.deepEqual(judge(seen({}), {files: expected.files, units: []}), {state: 'present', evidence: '/etc/a.conf as the configuration wants'});
	t.is(judge(seen({files: new Map([['/etc/a.conf', 'other']])}), {files: expected.files, units: []}).state, 'broken');
});

const sum = 'a'.repeat(64);

test('the output of the programs is read: files by name, units in the order of the question', t => {
	const output = [
		'uptime 1000.5', `${sum}  /etc/a.conf`, `${sum} */etc/with space`,
		'ActiveState=active', 'ActiveEnterTimestampMonotonic=990500000', '', 'ActiveState=failed', 'ActiveEnterTimestampMonotonic=0', '',
	].join('\n');
	t.deepEqual(parseLook(output, ['a', 'b', 'c']), {
		files: new Map([['/etc/a.conf', sum], ['/etc/with space', sum]]),
		units: new Map([['a', {state: 'active', age: 10}], ['b', {state: 'failed'}]]),
	});
	t.deepEqual(parseLook('', []), {files: new Map(), units: new Map()});
});

test('nothing is asked of what a step has not', t => {
	t.notRegex(lookScript({files: [], units: []}), /sha256sum|systemctl/);
	t.regex(lookScript({files: ['/a'], units: ['a']}), /sha256sum -- \/a [\s\S]*systemctl show .* -- a$/);
});

const machineThatCounts = () => {
	const scripts: string[] = [];
	return {
		scripts,
		async script(text: string) {
			scripts.push(text);
			return {code: 0, stdout: `${sum}  /a\n${sum}  /b\n`, stderr: '', seconds: 0};
		},
	};
};

test('one look at everything serves all who ask soon after, until something was changed', async t => {
	const machine = machineThatCounts();
	const survey = createSurvey(machine, () => [{files: ['/a'], units: []}, {files: ['/b', '/a'], units: []}]);
	const [one, other] = await Promise.all([survey.recent({files: ['/a'], units: []}), survey.recent({files: ['/b'], units: []})]);
	t.is(one.files.get('/a'), sum);
	t.is(other.files.get('/b'), sum);
	t.is(machine.scripts.length, 1);
	t.true(machine.scripts[0]!.includes('sha256sum -- /a /b '));
	survey.forget();
	await survey.recent({files: ['/a'], units: []});
	t.is(machine.scripts.length, 2);
	await survey.now({files: ['/a'], units: []});
	t.true(machine.scripts[2]!.includes('sha256sum -- /a '), 'a look now is at what was asked for only');
});

test('a look that failed is not kept', async t => {
	const machine = machineThatCounts();
	let broken = true;
	const survey = createSurvey({
		async script(text) {
			if (broken) {
				throw new Error('the link is gone');
			}

			return machine.script(text);
		},
	}, () => [{files: ['/a'], units: []}]);
	await t.throwsAsync(survey.recent({files: ['/a'], units: []}), {message: 'the link is gone'});
	broken = false;
	t.is((await survey.recent({files: ['/a'], units: []})).files.get('/a'), sum);
});
