import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {run} from '../../scripts/cli/run.js';
import type {Environment} from '../../scripts/commands/environment.js';
import {createLocalMachine} from '../../scripts/machines/local.js';
import type {Step} from '../../scripts/pipeline/types.js';

// The whole tool over one step that prints as many bytes as the first argument says. The last line of standard output is the
// peak of its memory in MiB.

const bytes = Number(process.argv[2]);
const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-noisy-'));
process.env.XDG_STATE_HOME = directory;
const host = createLocalMachine();

let printed = false;

const noisy: Step = {
	id: 'noisy', stage: 'machine', title: `Prints ${bytes} bytes`, needs: [],
	inputs: () => ({bytes}),
	probe: async () => ({state: printed ? 'present' : 'absent', evidence: 'remembered'}),
	async apply({job}) {
		await job(host, ['sh', '-c', `yes 'a line as long as those that package managers and compilers print, more or less' | head -c ${bytes}`]);
		printed = true;
	},
	undo: {nothingLeft: 'it only prints'},
	timeout: 600, idleTimeout: 60, expected: 60,
};

const environment: Environment = {
	name: 'noisy', profile: 'sandbox', env: undefined, steps: [noisy], host, machine: () => host, envDir: path.join(directory, 'noisy'), timeoutScale: 1, checks: [], leftOut: [],
	summary: async () => ({endpoints: [], datastoreVersions: [], guests: [], leftOut: [], nextCommands: []}),
	secrets: async () => ['a secret to look for in every line'],
	datastoreVersions: async () => [], images: async () => [], pushImage: async ({to}) => [{reference: to, id: '', state: 'was there'}], recipes: async () => ({}), forgetGuestFile: async () => undefined,
	openstackCommand: args => args,
	k2hr3Command: (command, args) => ['fake-k2hr3', command, ...args],
	k2hr3Ring: async () => undefined,
	shellCommand: () => [],
	guests: async () => [], guestShell: () => [], guestLogs: () => ({console: async () => ''}),
	close: async () => host.close(),
};

try {
	process.exitCode = await run(['up'], async () => environment);
	const peak = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8'));
	console.log(Math.round(Number(peak?.[1]) / 1024));
} finally {
	await rm(directory, {recursive: true});
}
