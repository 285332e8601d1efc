import test from 'ava';
import {chooseGuest, guestNamed, type GuestFacts} from '../../../scripts/commands/guests.js';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {guestLogs, guestOf, inGuest, parseMemory, parseTroubles} from '../../../scripts/stages/guests/guests.js';
import {lacks, parseKernel} from '../../../scripts/stages/guests/kernel.js';

const guest = (name: string, id: string): GuestFacts => ({name, id, state: 'ACTIVE', running: true, addresses: []});
const guests = [guest('one', 'a'), guest('two', 'b'), guest('twin', 'c'), guest('twin', 'd')];

test('a guest is named by a word of its own', t => {
	t.is(guestNamed('guest:one'), 'one');
	t.is(guestNamed('keystone'), undefined);
	t.is(guestNamed(undefined), undefined);
});

test('a guest is found by its name or id', t => {
	t.is(chooseGuest(guests, 'one').id, 'a');
	t.is(chooseGuest(guests, 'd').name, 'twin');
});

const refusals: ReadonlyArray<readonly [what: string, guests: readonly GuestFacts[], wanted: string, code: string, says: RegExp]> = [
	['an unknown name', guests, 'tow', 'K2D5020', /Did you mean "two"\?.*Guests: one, twin, twin, two\./s],
	['any name where there are none', [], 'one', 'K2D5020', /There are no guests\./],
	['a name of several', guests, 'twin', 'K2D5021', /2 guests are called.*guest:c \(ACTIVE\), guest:d \(ACTIVE\)/s],
];

for (const [what, known, wanted, code, says] of refusals) {
	test(`${what} is refused, and it is said which there are`, t => {
		const error = t.throws(() => chooseGuest(known, wanted), {instanceOf: ToolError});
		t.is(error.code, code);
		t.regex(`${error.message}\n${error.details.remedy}`, says);
	});
}

test('a server of Nova as a guest', t => {
	const server = {
		id: 'a', name: 'one', status: 'ACTIVE', 'OS-EXT-STS:power_state': 1,
		addresses: {private: [{addr: '10.0.0.5'}, {addr: '10.0.1.7'}], other: [{addr: '10.0.2.9'}]},
	};
	const memory = parseMemory('a 2048\nb 0\n');
	t.deepEqual(guestOf(server, memory), {name: 'one', id: 'a', state: 'ACTIVE', running: true, addresses: ['10.0.0.5', '10.0.1.7', '10.0.2.9'], memory: 2048});
	t.deepEqual(guestOf({...server, id: 'c', status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4}, memory), {name: 'one', id: 'c', state: 'SHUTOFF', running: false, addresses: ['10.0.0.5', '10.0.1.7', '10.0.2.9']});
});

/** Answers as Nova does for the console of one server. */
const env = {api: {url: {compute: 'http://nova'}, request: async ({url}: {url: string}) => ({status: 200, headers: new Map(), body: {output: `console by ${url}`}})}} as unknown as Parameters<typeof guestLogs>[0];

test('a guest that does not run has a console and no journal', async t => {
	const {console, journal} = guestLogs(env, {...guest('one', 'a'), running: false});
	t.is(await console(), 'console by http://nova/servers/a/action');
	t.is(journal, undefined);
	t.deepEqual(inGuest({id: 'a'}, ['id', '-u']), ['incus', 'exec', 'instance-a', '--', 'id', '-u']);
	const followed = guestLogs(env, guest('one', 'a')).journal!(true);
	t.true(followed.includes('--follow') && followed.includes('--unit=guest-agent'));
});

const kernels: ReadonlyArray<readonly [output: string, lacking: readonly string[]]> = [
	['cpuset cpu io memory pids\n\nloop\nbtrfs\n', []],
	['cpu io pids\n\nloop\nbtrfs\n', ['limits of flavors']],
	['\nloop\nbtrfs\n', ['limits of flavors']],
	['cpuset memory\n\nloop\n', ['quick servers']],
	['cpuset memory\n\nbtrfs\n', ['quick servers', 'volumes of servers']],
	['', ['limits of flavors', 'quick servers', 'volumes of servers']],
];

for (const [output, lacking] of kernels) {
	test(`what guests lack on a kernel that says ${JSON.stringify(output)}`, t => {
		t.deepEqual(lacks(parseKernel(output)).map(({what}) => what), lacking);
	});
}

test('of limits, those that are missing are named', t => {
	t.regex(lacks(parseKernel('memory\n\nloop\n'))[0]!.why, /than the vcpus of their flavor/);
	t.regex(lacks(parseKernel('\nloop\n'))[0]!.why, /than the memory and vcpus of their flavor/);
});

const shown = (...units: ReadonlyArray<readonly [state: string, restarts: number]>): string =>
	`${units.map(([state, restarts], index) => `NRestarts=${restarts}\nId=unit-${index}.service\nActiveState=${state}`).join('\n\n')}\n`;

for (const [what, output, units] of [
	['runs, and waits for its condition', shown(['active', 0], ['inactive', 0]), []],
	['was late twice', shown(['activating', 2]), []],
	['given up', shown(['active', 0], ['failed', 1]), ['unit-1.service']],
	['ends again and again', shown(['activating', 6], ['active', 0]), ['unit-0.service']],
	['the server takes no commands yet', '', []],
] as const) {
	test(`units of K2HR3 that do not come up, ${what}`, t => {
		t.deepEqual(parseTroubles(output), [...units]);
	});
}
