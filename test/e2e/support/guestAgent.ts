import {once} from 'node:events';
import {spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {createInterface} from 'node:readline';
import type {ExecutionContext} from 'ava';
import {loadConfig} from '../../../scripts/config/load.js';
import {parseTroveSource} from '../../../scripts/config/troveSource.js';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {proxyEnvironment} from '../../../scripts/sources/proxyEnvironment.js';
import {fetchTrove} from '../../../scripts/sources/trove.js';
import {applyHunk} from '../../../scripts/stages/datastore/hunk.js';
import {readPatch} from '../../../scripts/stages/datastore/patchFile.js';
import {installPackage} from '../../../scripts/stages/datastore/trovePackage.js';
import {prepareDependencies, pythonEnvironment, troveDependencies} from '../../python/dependencies.js';
import type {DockerEngine} from './dockerEngine.js';

/** What the manager of the guest agent answers: a value, or the sentence of its failure. */
export type Answer = {readonly result?: unknown; readonly error?: string};

export type GuestAgent = {
	/** Calls a method of the manager with arguments by name. */
	readonly call: (method: string, values?: Readonly<Record<string, unknown>>) => Promise<Answer>;
	readonly cuk: string;
	/** On the host: the data volume. */
	readonly dataDirectory: string;
};

const cuk = '8b2f1c5e-0000-4000-8000-000000000001';

/** Variables with which Python finds Trove of the configured release, with the hunk, and the package. */
const installTrove = async (directory: string): Promise<Readonly<Record<string, string>>> => {
	const machine = createLocalMachine();
	const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
	const [dependencies, site, source] = [path.resolve('build/test-python/dependencies'), path.join(directory, 'site'), path.join(directory, 'trove')];
	const reason = await prepareDependencies(dependencies, troveDependencies);
	if (reason !== undefined) {
		throw new Error(reason);
	}

	await mkdir(source);
	const access = {machine, debian: config.sources.debian, python: config.sources.python, env: proxyEnvironment(config.proxy)};
	const tree = await fetchTrove(parseTroveSource(config.sources.trove[config.release])!, source, access);
	await applyHunk(machine, tree.root, await readPatch());
	const env = {...pythonEnvironment(dependencies, [site]), PIP_TARGET: site};
	await installPackage({run: async (argv, options) => machine.run(argv, {...options, env: {...env, ...options?.env}}), upload: machine.upload}, path.join(directory, 'templates'));
	return {...pythonEnvironment(dependencies, [tree.root, site]), HOME: directory};
};

/**
 * The manager of the real guest agent, on a real Trove and with its docker SDK, in a directory of its own. Messages to the conductor are
 * left out. Everything of it is gone after the test.
 * @param image - of the database, without its tag
 * @param more - options of the datastore
 */
export const startGuestAgent = async (t: ExecutionContext, engine: DockerEngine, image: string, more: Readonly<Record<string, string>> = {}): Promise<GuestAgent> => {
	const directory = await mkdtemp(path.join(engine.directory, 'agent-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [dataDirectory, instanceIdDirectory, agentDirectory] = ['data', 'cloud', 'agent'].map(name => path.join(directory, name)) as [string, string, string];
	await Promise.all([dataDirectory, instanceIdDirectory, agentDirectory].map(async each => mkdir(each)));
	await writeFile(path.join(instanceIdDirectory, 'instance-id'), `${cuk}\n`);
	const settings = {options: {mount_point: dataDirectory, docker_image: image, ...more}, instanceIdDirectory, agentDirectory};
	const [command, ...args] = [...engine.prefix, 'python3', '-s', path.resolve('test/python/guest/agent.py')];
	const child = spawn(command, args, {
		env: {...await installTrove(directory), PATH: '/usr/bin:/bin:/usr/sbin:/sbin', DOCKER_HOST: `unix://${engine.directory}/docker.sock`, AGENT_SETTINGS: JSON.stringify(settings)},
		cwd: directory, stdio: ['pipe', 'pipe', 'pipe'],
	});
	let said = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	t.teardown(async () => {
		child.stdin.end();
		await (child.exitCode === null ? once(child, 'exit') : undefined);
		await engine.docker('rm', '--force', '--volumes', 'database');
	});
	const answers = createInterface({input: child.stdout})[Symbol.asyncIterator]();
	const call: GuestAgent['call'] = async (method, values = {}) => {
		child.stdin.write(`${JSON.stringify([method, values])}\n`);
		const {value} = await answers.next() as {value?: string};
		if (value === undefined) {
			throw new Error(`The guest agent ended: ${said.slice(-3000)}`);
		}

		return JSON.parse(value) as Answer;
	};

	return {call, cuk, dataDirectory};
};

/** What a new instance is told. */
export const preparation = async (version: string, extdataUrl: string): Promise<Readonly<Record<string, unknown>>> => ({
	template: await readFile('patches/trove-k2hdkc/trove_k2hdkc/templates/k2hdkc/config.template', 'utf8'),
	overrides: ringOf(extdataUrl), version,
});

export const ringOf = (extdataUrl: string): Readonly<Record<string, unknown>> => ({'k2hdkc-ring': {name: 'ring1', 'extdata-url': extdataUrl}});
