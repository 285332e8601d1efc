import {readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import {packageRoot} from '../../packageRoot.js';
import type {StepContext} from '../../pipeline/types.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {freeVolumesScript, guestDirectories, guestsOnScript, mountGuestsScript, unmountGuestsScript} from './guestsPlace.js';
import {findMachine, runningInit} from './nspawn.js';
import {rootDirectory} from './root.js';

const startScript = (): string => readFileSync(path.join(packageRoot, 'conf/sandbox/start-machine.sh'), 'utf8');

const mountScript = (env: SandboxEnv): string => {
	const {paths} = env;
	const options = `lowerdir=${rootDirectory(env)},upperdir=${paths.disk}/upper,workdir=${paths.disk}/work`;
	return `mkdir -p '${paths.root}'\nmountpoint -q '${paths.root}' || mount -t overlay k2hdkc-devstack -o '${options}' '${paths.root}'\n${mountGuestsScript(env)}${freeVolumesScript(env)}`;
};

/** What the start script binds into the machine, as systemd-nspawn has it. */
const binds = (env: SandboxEnv): string[] => [...guestDirectories(env)].map(([inside, outside]) => `${outside}:${inside}`);

/** One word of systemd for how far the machine is; empty before it can be asked. */
const systemState = async ({machine}: SandboxEnv): Promise<string> => {
	const {stdout} = await machine.run(['systemctl', 'is-system-running'], {allow: 'any', timeout: 10});
	return stdout.trim();
};

const waitForBoot = async ({env, signal, progress}: StepContext<SandboxEnv>): Promise<void> => {
	const started = Date.now();
	for (;;) {
		signal.throwIfAborted();
		const found = await findMachine(env.host, env.machineName, env.paths.root);
		const seconds = Math.round((Date.now() - started) / 1000);
		if (!found && seconds > 3) {
			const log = await env.host.run(['tail', '-n', '20', env.paths.machineLog], {allow: 'any'});
			throw new ToolError('K2D5007', `The sandbox machine ${env.machineName} ended ${seconds} s after its start`, {log: env.paths.machineLog, lastLines: log.stdout.split('\n')});
		}

		const state = found?.init ? await systemState(env) : '';
		if (state === 'running' || state === 'degraded') {
			return;
		}

		progress.say(`waiting for systemd in the machine: ${state === '' ? 'not up yet' : state}`);
		await sleep(300, undefined, {signal});
	}
};

const powerOff = async ({env, signal, progress}: StepContext<SandboxEnv>): Promise<void> => {
	const {host, machineName, leader, paths} = env;
	leader.forget();
	const found = await findMachine(host, machineName, paths.root);
	if (!found) {
		return;
	}

	await host.run(found.init ? ['kill', '-s', 'RTMIN+4', String(found.init)] : ['kill', String(found.nspawn)], {allow: 'any'});
	const started = Date.now();
	while (await findMachine(host, machineName, paths.root)) {
		const seconds = Math.round((Date.now() - started) / 1000);
		progress.say('shutting down');
		if (seconds > 90) {
			await host.run(['kill', '-s', 'KILL', String(found.nspawn), ...(found.init ? [String(found.init)] : [])], {allow: 'any'});
		}

		await sleep(300, undefined, {signal});
	}
};

const cleanUpScript = (env: SandboxEnv, {machineName, paths} = env): string => `
mountpoint -q '${paths.root}' && umount '${paths.root}'
${freeVolumesScript(env)}${unmountGuestsScript(env)}
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
  if [ -d "$hierarchy/${machineName}" ]; then find "$hierarchy/${machineName}" -depth -type d -exec rmdir {} + 2>/dev/null || true; fi
done
`;

/** The running machine: overlay mounted, systemd up. */
export const sandboxMachine: SandboxStep = {
	id: 'sandbox.machine',
	stage: 'machine',
	title: 'Sandbox machine, booted',
	needs: ['sandbox.disk', 'sandbox.network'],
	inputs: env => ({root: rootDirectory(env), start: startScript(), binds: binds(env)}),
	async probe({env}) {
		env.leader.forget();
		const init = await runningInit(env.leader);
		if (init === undefined) {
			return {state: 'absent', evidence: `no systemd-nspawn runs ${env.machineName}`};
		}

		const [state, {stdout: guestsOn}] = await Promise.all([systemState(env), env.host.script(guestsOnScript(env), {allow: 'any'})]);
		return state === 'running' || state === 'degraded'
			? {state: 'present', evidence: `${env.machineName} runs as process ${init}; systemd says ${state}; guests lie on ${guestsOn.trim()}`}
			: {state: 'broken', evidence: `${env.machineName} runs, but systemd says ${state === '' ? 'nothing' : state}`};
	},
	async apply(context) {
		const {env} = context;
		await powerOff(context);
		await env.host.script(mountScript(env));
		await env.host.run(['sh', '-eu', '-s', '--', env.machineName, env.paths.root, env.paths.machineLog, ...binds(env)], {input: startScript()});
		env.leader.forget();
		await waitForBoot(context);
	},
	undo: {
		depth: 'services',
		async undo(context) {
			await powerOff(context);
			await context.env.host.script(cleanUpScript(context.env), {allow: 'any'});
		},
	},
	rerun: 'undo-first',
	timeout: 180,
	idleTimeout: 180,
	expected: 5,
	volatile: true,
};
