import {Buffer} from 'node:buffer';
import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import {inGuest} from '../guests/guests.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {tryK2hr3} from './client.js';
import {k2hr3UserData} from './configuration.js';
import {imageInputs, k2hr3Units} from './definition.js';
import {openFacts, serverName} from './facts.js';
import {registeredImage} from './image.js';
import {findPort} from './place.js';

type Server = {readonly id: string; readonly status: string; readonly image: {readonly id: string}; readonly fault?: {readonly message: string}};

const findServer = async ({api}: SandboxEnv): Promise<Server | undefined> => {
	const {body} = await api.request({url: `${api.url.compute}/servers/detail?all_tenants=1&name=${encodeURIComponent(`^${serverName}$`)}`});
	return (body as {servers: Server[]}).servers[0];
};

/** How far K2HR3 is from answering; undefined when it answers and takes tokens. */
const fault = async (env: SandboxEnv, signal: AbortSignal): Promise<string | undefined> => {
	const answer = await tryK2hr3(env, signal);
	return 'fault' in answer ? answer.fault : undefined;
};

const probe = async ({env, signal}: StepContext<SandboxEnv>): Promise<Probe> => {
	const server = await findServer(env);
	if (server?.status !== 'ACTIVE') {
		return server ? {state: 'broken', evidence: `Nova calls the server ${serverName} ${server.status}`} : {state: 'absent', evidence: `Nova has no server ${serverName}`};
	}

	const why = await fault(env, signal);
	if (why !== undefined) {
		return {state: 'broken', evidence: why};
	}

	const older = server.image.id === await registeredImage(env) ? '' : '; it was made from another image than that of now, `k2hr3 down` and `k2hr3 up` make it anew';
	return {state: 'present', evidence: `K2HR3 in the server ${serverName} answers and takes tokens of Keystone${older}`};
};

const flavorId = ({config: {k2hr3: {flavor}, openstack: {flavors}}}: SandboxEnv): string => flavors.find(({name}) => name === flavor)!.id;

const create = async (env: SandboxEnv): Promise<void> => {
	const {api, secrets} = env;
	const [image, port] = [await registeredImage(env), await findPort(env)];
	const userData = k2hr3UserData({...openFacts(env), passphrase: secrets.get('k2hr3')});
	await api.request({
		method: 'POST', url: `${api.url.compute}/servers`,
		body: {server: {name: serverName, key_name: serverName, imageRef: image, flavorRef: flavorId(env), networks: [{port: port?.id}], user_data: Buffer.from(userData).toString('base64')}},
	});
};

const remove = async ({env, signal, progress}: StepContext<SandboxEnv>, {id}: Server): Promise<void> => {
	const {api} = env;
	await api.request({method: 'DELETE', url: `${api.url.compute}/servers/${id}`, allow: [204, 404]});
	while (await findServer(env)) {
		progress.say('waiting: Nova removes the server');
		await sleep(1000, undefined, {signal});
	}
};

/** Units of the server that systemd has given up, and the last lines of their journal. */
const failedUnits = async ({machine}: SandboxEnv, server: Server): Promise<{readonly units: readonly string[]; readonly lines: readonly string[]}> => {
	const {stdout} = await machine.run(inGuest(server, ['systemctl', 'list-units', '--plain', '--no-legend', '--state=failed', ...k2hr3Units.map(unit => `${unit}.service`)]), {allow: 'any', timeout: 30});
	const units = stdout.split('\n').map(line => line.split(' ')[0]!).filter(unit => unit !== '');
	const journal = await machine.run(inGuest(server, ['journalctl', '--no-pager', '--lines=20', ...k2hr3Units.map(unit => `--unit=${unit}`)]), {allow: 'any', timeout: 30});
	return {units, lines: journal.stdout.split('\n')};
};

/** Waits until K2HR3 answers; stops at once when its server or one of its programs has ended for good. */
const waitUntilReady = async ({env, signal, progress}: StepContext<SandboxEnv>): Promise<void> => {
	const started = Date.now();
	for (;;) {
		const server = await findServer(env);
		if (!server || server.status === 'ERROR') {
			throw new ToolError('K2D7018', `Nova could not make the server ${serverName}: ${server?.fault?.message ?? 'it is gone'}`);
		}

		const why = server.status === 'ACTIVE' ? await fault(env, signal) : `Nova calls the server ${server.status}`;
		if (why === undefined) {
			return;
		}

		const seconds = Math.round((Date.now() - started) / 1000);
		const {units, lines} = server.status === 'ACTIVE' ? await failedUnits(env, server) : {units: [], lines: []};
		if (units.length > 0 || seconds > 420 * env.config.timeouts.scale) {
			throw new ToolError('K2D7018', units.length > 0 ? `In the server ${serverName} ${units.join(', ')} failed` : `K2HR3 does not answer after ${seconds} s: ${why}`, {lastLines: lines});
		}

		progress.say(`waiting since ${seconds} s: ${why}`);
		await sleep(2000, undefined, {signal});
	}
};

const apply = async (context: StepContext<SandboxEnv>): Promise<void> => {
	const {env, progress} = context;
	const found = await findServer(env);
	if (found?.status === 'ERROR') {
		await remove(context, found);
	}

	if (!found || found.status === 'ERROR') {
		progress.say('making the server');
		await create(env);
	} else if (found.status === 'SHUTOFF') {
		progress.say('starting the server');
		await env.api.request({method: 'POST', url: `${env.api.url.compute}/servers/${found.id}/action`, body: {'os-start': null}});
	}

	await waitUntilReady(context);
};

/**
 * The server with K2HR3's ring, API and web application. Its disk holds the registered clusters and their members: it is made anew only where
 * its image or configuration is another one, and then the person is asked.
 */
export const k2hr3Server: SandboxStep = {
	id: 'k2hr3.server',
	stage: 'k2hr3',
	title: 'K2HR3 server, with its clusters and their members',
	needs: ['k2hr3.image', 'k2hr3.place', 'k2hr3.proxy', 'flavors', 'compute.host', 'credentials', 'datastore.package'],
	inputs: env => ({image: imageInputs(env.config), flavor: env.config.k2hr3.flavor, userData: k2hr3UserData({...openFacts(env), passphrase: 'secret.k2hr3'})}),
	probe,
	apply,
	undo: {
		nothingLeft: 'It lies on the disk of the sandbox machine and goes with that.',
		async release(context) {
			const server = await findServer(context.env);
			await (server && remove(context, server));
		},
	},
	rerun: 'undo-first',
	timeout: 900,
	idleTimeout: 600,
	expected: 60,
};
