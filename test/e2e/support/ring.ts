import type {ExecutionContext} from 'ava';
import {openCloud, type Cloud} from './cloud.js';
import {openClusters, type Cluster, type Member} from './clusters.js';
import {prepareK2hr3Prefix} from './k2hr3Prefix.js';
import {inGuest, machineName} from './machine.js';
import {openServers, until, type Servers} from './servers.js';
import {document, expect, follow, paths} from './tool.js';
import {addGuestImage, prepare, settings, up} from './withServers.js';

type Status = {readonly registered: boolean; readonly members: ReadonlyArray<{readonly part: 'server' | 'slave'; readonly address: string; readonly cuk: string}>};

/** What K2HR3 knows of a ring of the user's. */
export const ringStatus = async (t: ExecutionContext, ring: string, words: readonly string[]): Promise<Status> =>
	document<Status>(await expect(t, 0, ['k2hr3', 'status', ring, '--project', 'demo', '--json', ...words]));

/** A ring of K2HDKC that Trove makes, as its user and as its nodes see it. */
export type Ring = ReturnType<typeof ringOf>;

type Names = {
	/** Of the ring, as K2HR3 knows it. */
	readonly ring: string;
	/** Of the cluster, as Trove knows it. */
	readonly cluster: string;
};

type Place = {
	/** The administrator's view, and the user's. */
	readonly all: Servers;
	readonly demo: Cloud;
	/** Id of the members' network. */
	readonly network: string;
	/** The configuration, as words for the tool. */
	readonly words: readonly string[];
};

const ringOf = (t: ExecutionContext, names: Names, {all, demo, network, words}: Place) => {
	const clusters = openClusters(demo);
	const member = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}]};
	const registered = async (name = names.ring): Promise<Status> => ringStatus(t, name, words);

	/** Server nodes that a node's own configuration lists. */
	const nodesSeenBy = async (server: string): Promise<number> => Number(await inGuest(server, String.raw`docker exec database grep -c "^\[SVRNODE\]" /etc/antpickax/k2hdkc.ini`));

	const ownWord = async (server: string): Promise<string> => inGuest(server, 'docker exec database /usr/libexec/k2hdkctrove.sh status');

	let id = '';
	const serversOf = async (members: readonly Member[]): Promise<readonly string[]> => {
		const wanted = new Set(members.map(node => node.name));
		return (await all.list()).filter(server => wanted.has(server.name)).map(server => server.id);
	};

	const cluster = async (): Promise<Cluster | undefined> => clusters.named(names.cluster);
	const order = async (size: number, more: object = {}): Promise<void> => {
		await clusters.create({name: names.cluster, datastore: {type: 'k2hdkc', version: '1.0.19'}, instances: Array.from({length: size}, () => member), ...more});
	};

	/** Asks for an action, or without one for its deletion, and does not wait. */
	const ask = async (action?: object): Promise<void> => {
		const {id} = (await cluster())!;
		await (action === undefined ? clusters.removal(id) : clusters.action(id, action));
	};

	const deleted = async (): Promise<void> => {
		const {id} = (await cluster())!;
		await ask();
		await clusters.gone(id);
	};

	const timed = async (what: string, size: number, action: () => Promise<void>, name = names.ring): Promise<readonly Member[]> => {
		const started = Date.now();
		await action();
		id = (await cluster())!.id;
		const members = await clusters.settled(id, size);
		t.log(`${what}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
		await isWhole(members, name);
		return members;
	};

	/** Every node serves and knows all the others, and K2HR3 knows them and nobody else in that ring. */
	const isWhole = async (members: readonly Member[], name: string): Promise<void> => {
		const size = members.length;
		const servers = await serversOf(members);
		t.is(servers.length, size);
		for (const server of servers) {
			await until(`${server} knows ${size} nodes`, async () => await nodesSeenBy(server) === size ? true : undefined, 120);
			t.is(await ownWord(server), 'HEALTHY\n', server);
		}

		const known = (await registered(name)).members.filter(({part}) => part === 'server');
		t.deepEqual(known.map(({cuk}) => cuk).toSorted(), servers.toSorted());
		t.is(new Set(known.map(({address}) => address)).size, size, JSON.stringify(known));
	};

	return {
		serversOf, cluster, member, order, ask, deleted,
		/** Whether all members do, as Trove knows, which may be a minute late, and as their nodes say. */
		async serve(members: readonly Member[]): Promise<boolean> {
			const said = await Promise.all((await serversOf(members)).map(async server => ownWord(server).catch(() => 'nothing')));
			return said.every(word => word === 'HEALTHY\n') && clusters.serve(members);
		},
		/** Brings it to so many members that serve, whatever it has now; without any it is deleted. */
		async reach(size: number): Promise<void> {
			const now = await cluster();
			if (size === 0) {
				await (now && deleted());
				return;
			}

			await (now ? undefined : order(Math.max(size, 2)));
			for (let has = now?.instances.length ?? Math.max(size, 2); has !== size; has = (await cluster())!.instances.length) {
				await ask(has < size ? {grow: [member]} : {shrink: [{id: (await cluster())!.instances.at(-1)!.id}]});
				await clusters.settled((await cluster())!.id, has < size ? has + 1 : has - 1);
			}

			await clusters.settled((await cluster())!.id, size);
		},
		/** `more`: what else the request has. */
		create: async (size: number, more: object = {}) => timed(`${size} members`, size, async () => order(size, more)),
		grow: async (size: number) => timed(`grown to ${size}`, size, async () => clusters.action(id, {grow: [member]})),
		shrink: async (leaving: Member, size: number) => timed(`shrunk to ${size}`, size, async () => clusters.action(id, {shrink: [{id: leaving.id}]})),
		/** `into`: the ring that it is in afterwards. */
		restart: async (size: number, into = names.ring) => timed(`restarted in ${into}`, size, async () => clusters.action(id, {restart: {}}), into),
		/** Sees through what somebody else asks for, until the ring has so many nodes. */
		after: timed,
		/** Deletes the cluster; nothing of it is left. */
		async remove(everMembers: readonly Member[], ask = async (): Promise<void> => clusters.removal(id)): Promise<void> {
			await ask();
			await clusters.gone(id);
			t.false((await registered()).registered);
			t.deepEqual((await all.list()).filter(server => everMembers.some(node => node.name === server.name)), []);
			t.deepEqual((await openServers(demo).volumes()).filter(volume => everMembers.some(node => volume.name.includes(node.id))), []);
		},
	};
};

export type RingOptions = {
	/** Name of the cluster, when it is not that of the ring. */
	readonly cluster?: string;
	/** Words for what the environment has beside. */
	readonly more?: readonly string[];
	/** What else of it is to be built. */
	readonly steps?: readonly string[];
	/** Takes what is to be done when the ring is no longer needed; without it that is when the test ends. */
	readonly teardown?: (remove: () => Promise<void>) => void;
};

/** Builds an environment with K2HR3, unless it stands, and a ring in it that is still to be created. */
export const openRing = async (t: ExecutionContext, name: string, {cluster = name, more = [], steps = [], teardown = t.teardown}: RingOptions = {}) => {
	const prefix = await prepareK2hr3Prefix();
	teardown(prefix.remove);
	// One configuration for all: otherwise Trove would be told of another registry.
	const words = [...settings, ...more, ...prefix.words];
	await prepare();
	await expect(t, 0, [...up, ...more, ...steps.flatMap(step => ['--only', step])]);
	const {environment} = await paths();
	const all = openServers(await openCloud(environment));
	const image = await all.findImage('guest') ?? await addGuestImage(all);
	const told = await follow(['k2hr3', 'up', '--yes', ...words], () => undefined);
	t.is(told.code, 0, told.stderr);
	const demo = await openCloud(environment, `${machineName}-demo`);
	const network = (await openServers(demo).named('network', 'name=private'))[0]!.id!;
	return {ring: ringOf(t, {ring: name, cluster}, {all, demo, network, words}), all, demo, network, image, words};
};
