import {ToolError} from '../errors/toolError.js';
import {createMachine, transportOf} from './createMachine.js';
import {sandboxEnvironment} from './environment.js';
import {createLaunchFilter} from './launchFilter.js';
import {spawnDuplex} from './processDuplex.js';
import {quoteAll} from './quote.js';
import {launchScript, quietLaunchScript} from './shell/launch.js';
import {connectScript, guardScript} from './shell/sandbox.js';
import type {Command, Ending, Running, SpawnRequest, Transport} from './transport.js';
import type {Machine} from './types.js';

export type SandboxOptions = {
	/** The environment's name, as a person knows it. */
	readonly name: string;
	/** The process number, on the host, of the sandbox's first process. Asked before every command; throws when there is none. */
	readonly leader: () => Promise<number>;
};

/** The command as the host runs it. `--wd` without a directory: with one, nsenter opens that of the host. */
const enterCommand = (leader: number, {argv, env = {}, cwd = '/'}: Command, launch: string): readonly string[] => {
	const guard = ['sh', '-c', guardScript, 'sh', String(leader)];
	const enter = ['nsenter', '--target', String(leader), '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd', '--'];
	const environment = Object.entries({...sandboxEnvironment, ...env}).map(([name, value]) => `${name}=${value}`);
	return [...guard, ...enter, 'env', '-i', ...environment, 'sh', '-c', launch, 'sh', cwd, ...argv];
};

const notRunning = (name: string, reason: string, cause?: unknown): ToolError =>
	new ToolError('K2D5008', `The ${name} is not running: ${reason === '' ? 'it cannot be entered' : reason}.`, {cause});

const spawnInside = async (host: Transport, name: string, leader: number, request: SpawnRequest): Promise<Running> => {
	const filter = createLaunchFilter(() => undefined, chunk => {
		request.onData(chunk, 'stderr');
	});
	const running = await host.spawn({
		argv: enterCommand(leader, request, launchScript),
		cwd: '/',
		...(request.input !== undefined && {input: request.input}),
		onData(chunk, stream) {
			if (stream === 'stderr') {
				filter.push(chunk);
			} else {
				request.onData(chunk, stream);
			}
		},
	});
	const ended = running.ended.then((ending): Ending =>
		ending.how === 'code' && !filter.hasStarted() ? {how: 'failed', error: notRunning(name, filter.preface())} : ending);
	return {ended, kill: running.kill};
};

export const createSandboxTransport = (host: Transport, {name: environment, leader}: SandboxOptions): Transport => {
	const name = `sandbox ${environment} on ${host.name}`;
	const findLeader = async (): Promise<number> => {
		try {
			return await leader();
		} catch (error) {
			throw error instanceof ToolError ? error : notRunning(name, error instanceof Error ? error.message : String(error), error);
		}
	};

	const transport: Transport = {
		name,
		spawn: async request => spawnInside(host, name, await findLeader(), request),
		connect: async (address, port) => spawnDuplex(transport, {argv: ['bash', '-c', connectScript, 'bash', address, String(port)]}),
		host: host.host,
		enter: async command => ({argv: enterCommand(await findLeader(), command, quietLaunchScript), cwd: '/'}),
		async interact(command, options) {
			// The terminal of the host is not known inside: programs there get one of the sandbox's own.
			const argv = options.terminal ? ['script', '--quiet', '--return', '--command', `exec ${quoteAll(command.argv)}`, '/dev/null'] : command.argv;
			return host.host.interact({argv: enterCommand(await findLeader(), {...command, argv}, quietLaunchScript), cwd: '/'}, options);
		},
		close: async () => undefined,
	};
	return transport;
};

/**
 * A systemd-nspawn machine on `host`. Commands, files and connections are inside; jobs are kept on the host, so that their logs outlive
 * the sandbox. Closing it leaves the host's connection open.
 */
export const createSandboxMachine = (host: Machine, options: SandboxOptions): Machine =>
	createMachine(createSandboxTransport(transportOf(host), options));
