import test from 'ava';
import {judge, lookScript, parseLook, type Expected, type Look} from '../../../scripts/stages/controlPlane/look.js';

const seen = (changes: Partial<Look>): Look => ({files: new Map([['/etc/a.conf', 'sum']]), units: new Map([['a', 'active'], ['b', 'active']]), status: 200, ...changes});
const expected: Expected = {files: new Map([['/etc/a.conf', 'sum']]), units: ['a', 'b'], status: 200};

test('what is to be seen of a service decides its state', t => {
	for (const [changes, state, evidence] of [
		[{}, 'present', 'a, b active, its address answers 200'],
		[{files: new Map()}, 'absent', 'not configured: /etc/a.conf'],
		[{files: new Map([['/etc/a.conf', 'other']])}, 'broken', '/etc/a.conf is not as the configuration wants'],
		[{files: new Map([['/etc/a.conf', 'other']]), units: new Map([['a', 'inactive'], ['b', 'inactive']])}, 'absent', 'not configured: /etc/a.conf'],
		[{units: new Map([['a', 'active'], ['b', 'failed']])}, 'broken', 'b is failed'],
		[{units: new Map([['a', 'active']])}, 'broken', 'b is unknown'],
		[{status: 0}, 'broken', 'its address does not answer'],
		[{status: 503}, 'broken', 'its address answers 503, not 200'],
	] as ReadonlyArray<[Partial<Look>, string, string]>) {
		t.deepEqual(judge(seen(changes), expected), {state, evidence} as ReturnType<typeof judge>);
	}
});

test('a step without units is in place when its files are', t => {
	t.deepEqual(judge(seen({}), {files: expected.files, units: []}), {state: 'present', evidence: '/etc/a.conf as the configuration wants'});
	t.is(judge(seen({files: new Map([['/etc/a.conf', 'other']])}), {files: expected.files, units: []}).state, 'broken');
});

test('the answer of the script is read line by line; other lines are passed over', t => {
	t.deepEqual(parseLook('file abc  /etc/a.conf\nunit a active\nunit b activating\nage 12\nhttp 300\nnoise\n'), {
		files: new Map([['/etc/a.conf', 'abc']]), units: new Map([['a', 'active'], ['b', 'activating']]), status: 300, youngest: 12,
	});
	t.deepEqual(parseLook(''), {files: new Map(), units: new Map()});
});

test('nothing is asked of what a step has not', t => {
	t.notRegex(lookScript({files: [], units: []}), /sha256sum|systemctl|curl/);
	t.regex(lookScript({files: ['/a'], units: ['a'], url: 'http://192.0.2.1/'}), /sha256sum -- '\/a'[\s\S]*is-active[\s\S]*curl/);
});
