import {access, mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {addressOptions} from '../../../scripts/k2hr3/options.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import type {Step} from '../../../scripts/pipeline/types.js';
import type {GuestFacts} from '../../../scripts/commands/guests.js';
import type {Check, OpenEnvironment} from '../../../scripts/commands/environment.js';
import {ToolError} from '../../../scripts/errors/toolError.js';

const exists = async (file: string): Promise<boolean> => access(file).then(() => true, () => false);

const restarted = (directory: string): string => path.join(directory, '../restarted');

/**
 * A step whose work is a file in `directory`; FAKE_FAIL, FAKE_SLEEP, FAKE_OUTPUT and FAKE_CRASH name steps that fail, sleep, print, or take the tool down;
 * FAKE_REACHES one that fetches; FAKE_RESTART one that wants the machine started anew.
 */
const fileStep = (directory: string, id: string, stage: Step['stage'], needs: readonly string[]): Step => {
	const file = path.join(directory, `${id}.done`);
	const machine = createLocalMachine();
	return {
		id, stage, title: `Title of ${id}`, needs, timeout: 60, idleTimeout: 60, expected: 2,
		inputs: () => ({version: process.env.FAKE_VERSION ?? '1'}),
		rerun: id === 'first' ? 'undo-first' : 'in-place',
		reaches: () => process.env.FAKE_REACHES === id ? ['the mirror'] : [],
		probe: async () => await exists(file) ? {state: 'present', evidence: `${file} is there`} : {state: 'absent', evidence: `${file} is not there`},
		async apply({job, progress, signal}) {
			progress.say(`making ${id}`);
			progress.output(`token ${process.env.FAKE_SECRET ?? 'none'}`);
			for (let line = 0; process.env.FAKE_OUTPUT === id && line < 50; line++) {
				progress.output(`output ${line} of ${id}`);
			}

			if (process.env.FAKE_CRASH === id) {
				setTimeout(() => {
					throw new TypeError(`out of nowhere, with ${process.env.FAKE_SECRET ?? ''}`);
				}, 200);
			}

			if (process.env.FAKE_SLEEP === id) {
				await job(machine, ['sleep', process.env.FAKE_SECONDS ?? '30']);
			}

			signal.throwIfAborted();
			if (process.env.FAKE_RESTART === id && !await exists(restarted(directory))) {
				throw new ToolError('K2D2011', 'A setting: in effect after the next start of the machine');
			}

			if (process.env.FAKE_FAIL === id) {
				await machine.run(['sh', '-c', 'echo one; echo "E: it broke"; exit 7']);
			}

			await mkdir(directory, {recursive: true});
			await writeFile(file, '');
		},
		undo: {
			depth: id === 'first' ? 'sources' : 'services',
			async undo() {
				await rm(file, {force: true});
			},
		},
	};
};

const checks: readonly Check[] = [
	{id: 'memory', title: 'Memory', stage: 'machine', run: async () => ({result: 'PASS', found: '24 GiB.'})},
	{id: 'kvm', title: 'KVM', stage: 'machine', asksOutside: process.env.FAKE_REACHES !== undefined, run: async () => ({result: 'WARN', found: '/dev/kvm is missing.', remedy: 'Nothing to do for the sandbox.'})},
	{
		id: 'disk', title: 'Disk', stage: 'machine', async run() {
			if (process.env.FAKE_CHECK === 'throw') {
				throw new ToolError('K2D5001', 'df did not answer.');
			}

			return process.env.FAKE_CHECK === 'fail'
				? {result: 'FAIL', found: '1 GiB free, 10 GiB needed.', remedy: 'Free some space.', code: 'K2D3004'}
				: {result: 'PASS', found: '100 GiB free.'};
		},
	},
];

const fakeGuests: readonly GuestFacts[] = [
	{name: 'member-1', id: 'one', state: 'ACTIVE', running: true, addresses: ['10.0.1.5'], memory: 1_048_576},
	{name: 'member-2', id: 'two', state: 'SHUTOFF', running: false, addresses: []},
	{name: 'twin', id: 'three', state: 'ACTIVE', running: true, addresses: []},
	{name: 'twin', id: 'four', state: 'ERROR', running: false, addresses: []},
];

const leftOut = [{what: 'compute', why: 'Nova has no compute host yet'}];

/** An environment of four small steps under FAKE_DIR, on the real engine and the real local machine. */
export const openFakeEnvironment: OpenEnvironment = async ({config}) => {
	if (process.env.FAKE_OPEN === 'fail') {
		throw new ToolError('K2D5001', 'The machine does not answer.');
	}

	const directory = path.join(process.env.FAKE_DIR!, config.name);
	const work = path.join(directory, 'work');
	const host = createLocalMachine();
	return {
		name: config.name, profile: config.profile, env: {}, host, machine: () => host, envDir: path.join(directory, 'state'), timeoutScale: 1, checks,
		steps: [
			fileStep(work, 'first', 'machine', []),
			fileStep(work, 'left', 'control-plane', ['first']),
			fileStep(work, 'right', 'control-plane', ['first']),
			fileStep(work, 'datastore.versions', 'registration', ['left', 'right']),
		],
		leftOut,
		...(process.env.FAKE_MACHINE !== undefined && {
			async restart({say}: {readonly say: (message: string) => void}) {
				say('waiting until it is there again');
				if (process.env.FAKE_MACHINE === 'another') {
					await writeFile(restarted(work), '');
				}
			},
		}),
		summary: async () => ({
			endpoints: [{name: 'keystone', url: 'http://10.0.0.2:5000/v3'}],
			credentialsFile: path.join(directory, 'clouds.yaml'), openrc: path.join(directory, 'openrc'),
			datastoreVersions: [{datastore: 'k2hdkc', name: '1.0.17', active: true, default: true}],
			guests: fakeGuests,
			leftOut,
			nextCommands: ['k2hdkc-devstack status', 'k2hdkc-devstack shell', 'k2hdkc-devstack down', 'a fourth that is not shown'],
		}),
		datastoreVersions: async () => [{datastore: 'k2hdkc', name: '1.0.17', active: true, default: true}],
		secrets: async () => process.env.FAKE_SECRET === undefined ? [] : [process.env.FAKE_SECRET],
		forgetGuestFile: async () => undefined,
		pushImage: async ({image, to, credentials = 'none', latest, overwrite}) => ['1', ...(latest ? ['latest'] : [])].map(tag => ({reference: `${to}:${tag}`, id: `${image} ${credentials} ${overwrite}`, state: 'pushed'})),
		recipes: async () => ({guest: {base: {suite: 'trixie'}}}),
		images: async () => [{image: 'guest', name: 'guest-1', digest: `sha256:${'a'.repeat(64)}`, inputs: 'abc', directory: path.join(directory, 'image'), made: '2026-01-01T00:00:00Z', files: [{file: 'disk.qcow2', bytes: 2_000_000, sha256: 'a'.repeat(64)}], state: 'up to date', registered: 'not in Glance'}],
		openstackCommand: args => ['sh', '-c', 'for word in "$@"; do echo "$word"; done; exit 9', 'openstack', ...args],
		k2hr3Command(command, args, project) {
			const where = addressOptions(config.k2hr3);
			return where && ['env', ...JSON.parse(process.env.FAKE_K2HR3 ?? '[]') as string[], ...(project === undefined ? [] : [`OS_PROJECT_NAME=${project}`]), 'python3', '-s', '-m', 'trove_k2hdkc.k2hr3', command, ...where, ...args];
		},
		k2hr3Ring: async () => undefined,
		shellCommand: () => ['sh', '-c', 'test -t 0 && echo terminal; echo shell; exit 3'],
		guests: async () => fakeGuests,
		guestShell: ({id}) => ['sh', '-c', `echo shell in ${id}; exit 4`],
		guestLogs: ({id, running}) => ({console: async () => `console of ${id}\n`, ...(running && {journal: follow => ['echo', `journal of ${id}${follow ? ', followed' : ''}`]})}),
		close: async () => undefined,
	};
};
