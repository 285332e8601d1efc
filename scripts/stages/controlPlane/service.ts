import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import {renderTemplate, withSections, type IniSections} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import {templateValues, type SandboxEnv, type SandboxStep} from '../sandboxEnv.js';
import {judge, parseLook, lookScript, type Look} from './look.js';

/** A file of a service, rendered from conf/sandbox. */
export type ServiceFile = {
	readonly template: string;
	readonly path: string;
	/** `root:GROUP`; default root:root. */
	readonly owner?: string;
	/** Default 0640: most hold passwords. */
	readonly mode?: number;
	/** Added at the end. */
	readonly sections?: (env: SandboxEnv) => IniSections;
};

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
	/** An address that answers without a token, and the status it answers with. */
	readonly http?: (env: SandboxEnv) => {readonly url: string; readonly status: number};
	/** A question to the service itself; the answer is the evidence. Throws or returns undefined when the answer is wrong. */
	readonly ask?: (env: SandboxEnv) => Promise<string | undefined>;
	/** What else the result depends on; a change runs the step again. */
	readonly inputs?: (env: SandboxEnv) => unknown;
	/** Seconds, on two cores with other services starting beside. */
	readonly expected: number;
};

const renderFile = (file: ServiceFile, env: SandboxEnv): string => {
	const template = readFileSync(path.join(packageRoot, 'conf/sandbox', file.template), 'utf8');
	const text = renderTemplate(template, templateValues(env));
	return file.sections ? withSections(text, file.sections(env)) : text;
};

/** Content of a template of the sandbox, for steps that start what another step configures. */
export const templateHash = (template: string): string => sum(readFileSync(path.join(packageRoot, 'conf/sandbox', template), 'utf8'));

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

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

const look = async (service: Service, env: SandboxEnv): Promise<Look> => {
	const {stdout} = await env.machine.script(lookScript({
		files: service.files.map(file => file.path), units: service.units, url: service.http?.(env).url,
	}), {timeout: 30});
	return parseLook(stdout);
};

const judgeService = (service: Service, env: SandboxEnv, seen: Look): Probe => judge(seen, {
	files: new Map(service.files.map(file => [file.path, sum(renderFile(file, env))])),
	units: service.units,
	status: service.http?.(env).status,
});

/** Units that run but do not answer yet have just been started, by the step or by a boot: they get a moment. */
const patience = 20;

const probeService = async (service: Service, {env, signal}: StepContext<SandboxEnv>): Promise<Probe> => {
	const started = Date.now();
	for (;;) {
		const seen = await look(service, env);
		const probe = judgeService(service, env, seen);
		const starting = probe.state === 'broken' && seen.youngest !== undefined && seen.youngest < 90;
		if (!starting || Date.now() - started > patience * 1000) {
			return probe.state === 'present' ? askService(service, env, probe) : probe;
		}

		await sleep(500, undefined, {signal});
	}
};

const askService = async (service: Service, env: SandboxEnv, probe: Probe): Promise<Probe> => {
	if (!service.ask) {
		return probe;
	}

	try {
		const answer = await service.ask(env);
		return answer === undefined
			? {state: 'broken', evidence: `${service.title} runs but does not say what it should`}
			: {state: 'present', evidence: answer};
	} catch (error) {
		if (error instanceof ToolError && error.code === 'K2D2305') {
			return {state: 'broken', evidence: error.message};
		}

		throw error;
	}
};

/** Waits until the units answer; stops at once when one of them has failed. */
const waitUntilReady = async (service: Service, {env, signal, progress}: StepContext<SandboxEnv>): Promise<void> => {
	const started = Date.now();
	for (;;) {
		const seen = await look(service, env);
		const judged = judgeService(service, env, seen);
		const probe = judged.state === 'present' ? await askService(service, env, judged) : judged;
		if (probe.state === 'present') {
			return;
		}

		const seconds = Math.round((Date.now() - started) / 1000);
		const failed = service.units.filter(unit => seen.units.get(unit) === 'failed');
		if (failed.length > 0) {
			const {stdout} = await env.machine.run(['journalctl', '--no-pager', '--lines', '20', ...failed.flatMap(unit => ['--unit', unit])], {allow: 'any'});
			throw new ToolError('K2D2303', `${failed.join(', ')} failed ${seconds} s after the start`, {lastLines: stdout.split('\n')});
		}

		if (seconds > 150) {
			throw new ToolError('K2D2306', `${service.title} does not answer after ${seconds} s: ${probe.evidence}`);
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
	const {databases = [], uwsgi = [], units} = service;
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
	inputs: env => ({
		files: service.files.map(file => ({
			path: file.path,
			template: templateHash(file.template),
			sections: file.sections?.(env),
		})),
		units: service.units,
		databases: service.databases,
		addresses: env.addresses.current,
		workers: env.config.sandbox.workers,
		quotas: env.config.openstack.quotas,
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
