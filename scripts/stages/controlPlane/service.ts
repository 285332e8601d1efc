import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import {httpRequest} from '../../openstack/http.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {refuseHeldPorts} from './ports.js';
import {judge, type Look, type Parts} from './look.js';
import {expectedSums, fileInputs, renderFile, type ServiceFile} from './serviceFiles.js';

/** What a service of the control plane consists of; everything else follows from it. */
export type Service = {
	readonly id: string;
	readonly title: string;
	readonly needs: readonly string[];
	/** Databases, and their user of the same name as the first. */
	readonly databases?: readonly string[];
	readonly files: readonly ServiceFile[];
	/** Packaged uwsgi files whose number of processes is cut down. */
	readonly uwsgi?: readonly string[];
	/** Shell that brings databases and data up to date, before the units start; may be repeated. */
	readonly prepare?: (env: SandboxEnv) => string;
	/** None for a step that only prepares what another one starts. */
	readonly units: readonly string[];
	/** TCP ports that the units listen on. */
	readonly ports?: readonly number[];
	/** An address that answers without a token, and the status it answers with. */
	readonly http?: (env: SandboxEnv) => {readonly url: string; readonly status: number};
	/** A question to the service itself; the answer is the evidence. Throws or returns undefined when the answer is wrong. */
	readonly ask?: (env: SandboxEnv) => Promise<string | undefined>;
	/** What else the result depends on; a change runs the step again. */
	readonly inputs?: (env: SandboxEnv) => unknown;
	/** Seconds, on two cores with other services starting beside. */
	readonly expected: number;
};

/** Creates databases and grants; passwords reach MariaDB by standard input. */
const databaseSql = (databases: readonly string[], env: SandboxEnv): string => {
	const [user = ''] = databases;
	const password = env.secrets.get(`db.${user}`);
	return [
		`CREATE USER IF NOT EXISTS '${user}'@'127.0.0.1';`,
		`ALTER USER '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
		...databases.flatMap(name => [
			`CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb3;`,
			`GRANT ALL PRIVILEGES ON ${name}.* TO '${user}'@'127.0.0.1';`,
		]),
		'',
	].join('\n');
};

/** What is to be seen of a service now; which of its units have failed, and which will not get ready by themselves. */
type Seen = {readonly probe: Probe; readonly youngest?: number | undefined; readonly failed: readonly string[]; readonly down: readonly string[]};

const isNoAnswer = (error: unknown): error is ToolError => error instanceof ToolError && error.code === 'K2D2306';

const ask = async (service: Service, env: SandboxEnv, probe: Probe): Promise<Probe> => {
	try {
		const answer = service.ask ? await service.ask(env) : probe.evidence;
		return answer === undefined
			? {state: 'broken', evidence: `${service.title} runs but does not say what it should`}
			: {state: 'present', evidence: answer};
	} catch (error) {
		if (isNoAnswer(error) || (error instanceof ToolError && error.code === 'K2D2305')) {
			return {state: 'broken', evidence: error.message};
		}

		throw error;
	}
};

/** Status of the service's address; 0 when nothing answers. */
const statusOf = async ({host}: SandboxEnv, url: string): Promise<number> => {
	try {
		return (await httpRequest(host, {url, timeout: 10})).status;
	} catch (error) {
		if (isNoAnswer(error)) {
			return 0;
		}

		throw error;
	}
};

const answer = async (service: Service, env: SandboxEnv, probe: Probe): Promise<Probe> => {
	const http = service.http?.(env);
	const status = http && await statusOf(env, http.url);
	if (status !== http?.status) {
		return {state: 'broken', evidence: status ? `its address answers ${status}, not ${http?.status}` : 'its address does not answer'};
	}

	return ask(service, env, probe);
};

const partsOf = ({files, units}: Service): Parts => ({files: files.map(file => file.path), units});

const see = async (service: Service, env: SandboxEnv, look: Look): Promise<Seen> => {
	const {files, units} = service;
	const judged = judge(look, {files: expectedSums(files, env), units});
	const ages = units.flatMap(unit => look.units.get(unit)?.age ?? []);
	const inState = (...states: string[]): string[] => units.filter(unit => states.includes(look.units.get(unit)?.state ?? 'unknown'));
	return {
		probe: judged.state === 'present' ? await answer(service, env, judged) : judged,
		youngest: ages.length === 0 ? undefined : Math.min(...ages),
		failed: inState('failed'),
		down: inState('failed', 'inactive', 'unknown'),
	};
};

/** Seconds after the start of its units in which a service may still be getting ready, and how long a probe waits for that. */
const settling = 120;
const patience = 45;

const probeService = async (service: Service, {env, signal}: StepContext<SandboxEnv>): Promise<Probe> => {
	const started = Date.now();
	const parts = partsOf(service);
	for (let look = await env.survey.recent(parts); ; look = await env.survey.now(parts)) {
		const {probe, youngest, down} = await see(service, env, look);
		const starting = probe.state === 'broken' && down.length === 0 && youngest !== undefined && youngest < settling;
		if (!starting || Date.now() - started > patience * 1000) {
			return probe;
		}

		await sleep(500, undefined, {signal});
	}
};

const lastLines = async ({machine}: SandboxEnv, units: readonly string[]): Promise<string[]> => {
	const {stdout} = await machine.run(['journalctl', '--no-pager', '--lines', '20', ...units.flatMap(unit => ['--unit', unit])], {allow: 'any'});
	return stdout.split('\n');
};

/** Waits until the service answers; stops at once when one of its units has failed. */
const waitUntilReady = async (service: Service, {env, signal, progress}: StepContext<SandboxEnv>): Promise<void> => {
	const started = Date.now();
	const limit = 150 * env.config.timeouts.scale;
	for (;;) {
		const {probe, failed} = await see(service, env, await env.survey.now(partsOf(service)));
		if (probe.state === 'present') {
			return;
		}

		const seconds = Math.round((Date.now() - started) / 1000);
		if (failed.length > 0) {
			throw new ToolError('K2D2303', `${failed.join(', ')} failed ${seconds} s after the start`, {lastLines: await lastLines(env, failed)});
		}

		if (seconds > limit) {
			throw new ToolError('K2D2306', `${service.title} does not answer after ${seconds} s: ${probe.evidence}`, {lastLines: await lastLines(env, service.units)});
		}

		progress.say(`waiting: ${probe.evidence}`);
		await sleep(400, undefined, {signal});
	}
};

/** The packages have init scripts beside their units; without the variable systemctl would look after those too, slowly. */
const startScript = (units: readonly string[]): string => `
export SYSTEMCTL_SKIP_SYSV=1
systemctl enable --quiet ${units.join(' ')}
systemctl reset-failed ${units.join(' ')} 2>/dev/null || true
systemctl restart ${units.join(' ')}
`;

const applyService = async (service: Service, context: StepContext<SandboxEnv>): Promise<void> => {
	const {env, job, progress} = context;
	const {machine} = env;
	const {databases = [], uwsgi = [], units, ports = []} = service;
	await refuseHeldPorts(machine, service.title, {ports, units});
	if (databases.length > 0) {
		await machine.run(['mariadb'], {input: databaseSql(databases, env)});
	}

	for (const file of service.files) {
		await machine.write(file.path, renderFile(file, env), {mode: file.mode ?? 0o640, owner: file.owner ?? 'root:root'});
	}

	await machine.script(`systemctl daemon-reload\n${uwsgi.map(file => `crudini --set '${file}' uwsgi processes ${env.config.sandbox.workers}\n`).join('')}`);
	if (service.prepare) {
		progress.say('preparing its data');
		await job(machine, ['sh', '-eu'], {input: service.prepare(env)});
	}

	if (units.length > 0) {
		progress.say(`starting ${units.join(', ')}`);
		await job(machine, ['sh', '-eu'], {input: startScript(units)});
		await waitUntilReady(service, context);
	}
};

/** The step of a service: its databases, its configuration, its data, its units, and the question whether it answers. */
export const serviceStep = (service: Service): SandboxStep => ({
	id: service.id,
	stage: 'control-plane',
	title: service.title,
	needs: service.needs,
	parts: partsOf(service),
	inputs: env => ({
		files: fileInputs(service.files, env),
		units: service.units,
		databases: service.databases,
		...(service.uwsgi ? {workers: env.config.sandbox.workers} : {}),
		further: service.inputs?.(env),
	}),
	probe: async context => probeService(service, context),
	apply: async context => applyService(service, context),
	undo: {nothingLeft: 'It lies on the disk of the sandbox machine and goes with that.'},
	timeout: 600,
	idleTimeout: 300,
	expected: service.expected,
	retry: {attempts: 2, delay: 3},
});
