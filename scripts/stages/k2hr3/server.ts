import {Buffer} from 'node:buffer';
import {setTimeout as sleep} from 'node:timers/promises';
import {chooseK2hr3} from '../../config/k2hr3Source.js';
import {ToolError} from '../../errors/toolError.js';
import type {RingStatus} from '../../k2hr3/documents.js';
import type {Probe, StepContext} from '../../pipeline/types.js';
import {tryK2hr3} from './client.js';
import {k2hr3UserData} from './configuration.js';
import {imageInputs} from './definition.js';
import {openFacts, serverName} from './facts.js';
import {registeredImage} from './image.js';
import type {K2hr3Env, K2hr3Step} from './k2hr3Env.js';
import {findPort} from './place.js';
import {ringStatus} from './ring.js';

type Server = {readonly id: string; readonly status: string; readonly image: {readonly id: string}; readonly fault?: {readonly message: string}};

const findServer = async ({api}: K2hr3Env): Promise<Server | undefined> => {
	const {body} = await api.request({url: `${api.url.compute}/servers/detail?name=${encodeURIComponent(`^${serverName}$`)}`});
	return (body as {servers: Server[]}).servers[0];
};

/** The ring of the one that is built; undefined without a server that runs. */
export const askRing = async (env: K2hr3Env): Promise<RingStatus | undefined> => {
	const server = chooseK2hr3(env.config).kind === 'built' ? await findServer(env) : undefined;
	return server?.status === 'ACTIVE' ? ringStatus(env.machine, argv => env.k2hr3.inServer(server, argv)) : undefined;
};

/** How far K2HR3 is from answering; undefined when it answers and takes tokens. */
const fault = async (env: K2hr3Env, signal: AbortSignal): Promise<string | undefined> => {
	const answer = await tryK2hr3(env, signal);
	return 'fault' in answer ? answer.fault : undefined;
};

const probe = async ({env, signal}: StepContext<K2hr3Env>): Promise<Probe> => {
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

const flavorId = async ({api, config: {k2hr3: {flavor}}}: K2hr3Env): Promise<string> => {
	const {body} = await api.request({url: `${api.url.compute}/flavors`});
	const {flavors} = body as {readonly flavors: ReadonlyArray<{readonly id: string; readonly name: string}>};
	const found = flavors.find(({name}) => name === flavor);
	if (found === undefined) {
		throw new ToolError('K2D7018', `Nova has no flavor ${flavor}, which k2hr3.flavor names`, {remedy: `Name one that is there: ${flavors.map(({name}) => name).join(', ')}.`});
	}

	return found.id;
};

const create = async (env: K2hr3Env): Promise<void> => {
	const {api, secrets} = env;
	await env.k2hr3.forget();
	const [image, port] = [await registeredImage(env), await findPort(env)];
	const userData = k2hr3UserData({...openFacts(env), passphrase: secrets.get('k2hr3')});
	await api.request({
		method: 'POST', url: `${api.url.compute}/servers`,
		// Its configuration comes with it, whatever Neutron's metadata service does meanwhile.
		body: {server: {config_drive: true, name: serverName, key_name: serverName, imageRef: image, flavorRef: await flavorId(env), networks: [{port: port?.id}], user_data: Buffer.from(userData).toString('base64')}},
	});
};

const remove = async ({env, signal, progress}: StepContext<K2hr3Env>, {id}: Server): Promise<void> => {
	const {api} = env;
	await api.request({method: 'DELETE', url: `${api.url.compute}/servers/${id}`, allow: [204, 404]});
	while (await findServer(env)) {
		progress.say('waiting: Nova removes the server');
		await sleep(1000, undefined, {signal});
	}
};

/** 409: somebody else has begun to. */
const start = async ({api}: K2hr3Env, {id}: Server): Promise<void> => {
	await api.request({method: 'POST', url: `${api.url.compute}/servers/${id}/action`, body: {'os-start': null}, allow: [202, 409]});
};

/** Waits until K2HR3 answers; stops at once when its server or one of its programs has ended for good. */
const waitUntilReady = async ({env, signal, progress}: StepContext<K2hr3Env>): Promise<void> => {
	const started = Date.now();
	for (;;) {
		const server = await findServer(env);
		if (!server || server.status === 'ERROR') {
			throw new ToolError('K2D7018', `Nova could not make the server ${serverName}: ${server?.fault?.message ?? 'it is gone'}`);
		}

		const why = server.status === 'ACTIVE' ? await fault(env, signal) : `Nova calls the server ${server.status}`;
		if (why === undefined) {
			await env.k2hr3.reached(server);
			return;
		}

		if (server.status === 'SHUTOFF') {
			progress.say('starting the server');
			await start(env, server);
		}

		const seconds = Math.round((Date.now() - started) / 1000);
		const {units, lines} = server.status === 'ACTIVE' ? await env.k2hr3.troubles(server) : {units: [], lines: []};
		if (units.length > 0 || seconds > 420 * env.config.timeouts.scale) {
			throw new ToolError('K2D7018', units.length > 0 ? `In the server ${serverName} ${units.join(', ')} failed` : `K2HR3 does not answer after ${seconds} s: ${why}`, {lastLines: lines});
		}

		progress.say(`waiting since ${seconds} s: ${why}`);
		await sleep(2000, undefined, {signal});
	}
};

const apply = async (context: StepContext<K2hr3Env>): Promise<void> => {
	const {env, progress} = context;
	const found = await findServer(env);
	if (found?.status === 'ERROR') {
		await remove(context, found);
	}

	if (!found || found.status === 'ERROR') {
		progress.say('making the server');
		await create(env);
	}

	await waitUntilReady(context);
};

/**
 * The server with K2HR3's ring, API and web application. Its disk holds the registered clusters and their members: it is made anew only where
 * its image or configuration is another one, and then the person is asked.
 */
export const k2hr3Server: K2hr3Step = {
	id: 'k2hr3.server',
	stage: 'k2hr3',
	title: 'K2HR3 server, with its clusters and their members',
	needs: ['k2hr3.image', 'k2hr3.place', 'k2hr3.proxy', 'flavors', 'compute.host', 'credentials', 'datastore.package'],
	inputs: env => ({image: imageInputs(env.config), flavor: env.config.k2hr3.flavor, userData: k2hr3UserData({...openFacts(env), passphrase: 'secret.k2hr3'})}),
	probe,
	apply,
	undo: {
		nothingLeft: 'Its disk is the cloud\'s and goes with that.',
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
