import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {proxyUnit} from '../../../scripts/stages/k2hr3/proxyFiles.js';
import type {Cloud} from '../support/cloud.js';
import {everything} from '../support/everything.js';
import {openInstances} from '../support/instances.js';
import {inside} from '../support/machine.js';
import {openRing, ringStatus} from '../support/ring.js';
import {until} from '../support/servers.js';
import {hostNeeds} from '../support/tool.js';
import {openTrove} from '../support/trove.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};
const nowhere = '00000000-0000-4000-8000-000000000000';

type Refusal = {readonly what: string; readonly place: string; readonly method?: string; readonly body?: object; readonly status: number; readonly says: RegExp};

const group = (values: object): object => ({configuration: {name: 'bad', datastore, values}});

const groups: readonly Refusal[] = [
	{what: 'a word for a number', place: '/configurations', body: group({'chmpx-replica': 'two'}), status: 422, says: /chmpx-replica/},
	{what: 'a number for a word', place: '/configurations', body: group({'cluster-name': 5}), status: 422, says: /cluster-name/},
	{what: 'a number that is too large', place: '/configurations', body: group({'chmpx-replica': 256}), status: 422, says: /chmpx-replica/},
	{what: 'a number that is too small', place: '/configurations', body: group({'chmpx-server-port': 80}), status: 422, says: /chmpx-server-port/},
	{what: 'a parameter that is not there', place: '/configurations', body: group({'chmpx-colour': 1}), status: 422, says: /chmpx-colour/},
];

/** `good`: values of a request that would be right. */
const instancesOf = (good: object): readonly Refusal[] => {
	const instance = (change: object): object => ({instance: {name: 'bad', ...good, datastore, ...change}});
	return [
		{what: 'an instance of a flavor that is not there', place: '/instances', body: instance({flavorRef: 'none'}), status: 400, says: /none cannot be found/},
		{what: 'an instance without a volume', place: '/instances', body: instance({volume: undefined}), status: 400, says: /volume/i},
		{what: 'an instance of a version that is not there', place: '/instances', body: instance({datastore: {type: 'k2hdkc', version: '9.9'}}), status: 400, says: /9\.9/},
		// Trove's own, for all datastores: it is its database that refuses.
		{what: 'an instance of a group that is not there', place: '/instances', body: instance({configuration: nowhere}), status: 500, says: /Internal Server Error/},
		{what: 'an instance of a backup that is not there', place: '/instances', body: instance({restorePoint: {backupRef: nowhere}}), status: 404, says: new RegExp(nowhere)},
	];
};

const clustersOf = (member: object): readonly Refusal[] => {
	const cluster = (instances: readonly object[], change: object = {}): object => ({cluster: {name: 'bad', datastore, instances, ...change}});
	return [
		{what: 'a cluster of one', place: '/clusters', body: cluster([member]), status: 400, says: /2/},
		{what: 'a cluster of unequal volumes', place: '/clusters', body: cluster([member, {...member, volume: {size: 2}}]), status: 400, says: /volume/i},
		{what: 'a cluster of a flavor that is not there', place: '/clusters', body: cluster([member, {...member, flavorRef: 'none'}]), status: 400, says: /none cannot be found/},
		{what: 'a cluster on a network that is not there', place: '/clusters', body: cluster([member, {...member, nics: [{'net-id': nowhere}]}]), status: 400, says: /network/i},
		{what: 'a cluster of a group that is not there', place: '/clusters', body: cluster([member, member], {configuration: nowhere}), status: 404, says: /configuration/i},
		{what: 'a cluster of a backup that is not there', place: '/clusters', body: cluster([member, member], {extended_properties: {k2hdkc_backup: nowhere}}), status: 404, says: new RegExp(nowhere)},
		{what: 'a cluster of a misspelled property', place: '/clusters', body: cluster([member, member], {extended_properties: {k2hdkc_bakcup: nowhere}}), status: 400, says: /k2hdkc_bakcup.*k2hdkc_backup/},
		{what: 'a cluster of a backup that is a number', place: '/clusters', body: cluster([member, member], {extended_properties: {k2hdkc_backup: 1}}), status: 400, says: /must be a text/},
		{what: 'a backup of a cluster that is not there', place: '/k2hdkc/cluster_backups', body: {cluster_backup: {cluster: nowhere, name: 'bad'}}, status: 404, says: /cluster/i},
	];
};

/** Asks for each, and tells those that are answered otherwise. All at once: whoever changes one wants to see them all. */
const answeredOtherwise = async (demo: Cloud, refusals: readonly Refusal[]): Promise<readonly string[]> => {
	const wrong: string[] = [];
	for (const {what, place, method = 'POST', body, status, says} of refusals) {
		const answer = await demo.ask(8779, `/v1.0/${demo.project}${place}`, {method, body});
		const said = JSON.stringify(answer.body);
		if (answer.status !== status || !says.test(said)) {
			wrong.push(`${what}: ${answer.status} ${said}`);
		}
	}

	return wrong;
};

test.serial('what cannot be is refused with a sentence, and leaves nothing behind', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {demo, network, words} = await openRing(t, 'refused');
	const good = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}]};
	const before = await everything(demo);
	t.deepEqual(await answeredOtherwise(demo, [...groups, ...instancesOf(good), ...clustersOf(good)]), []);
	t.deepEqual(await everything(demo), before);
	t.false((await ringStatus(t, 'bad', words)).registered);
});

// Trove's API takes them for every datastore: it is the task that refuses.
test.serial('an instance with databases or users goes to ERROR, says why, and is deleted without a trace', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {demo, network} = await openRing(t, 'refused');
	const {ask} = openTrove(demo);
	const good = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}], datastore};
	const before = await everything(demo);
	for (const contents of [{databases: [{name: 'shop'}]}, {databases: [{name: 'shop'}], users: [{name: 'anna', password: 'secret-of-anna', databases: [{name: 'shop'}]}]}]) {
		const {instance: {id}} = await ask<{instance: {id: string}}>('POST', '/instances', {instance: {name: 'bad', ...good, ...contents}});
		const {fault} = await until('the instance has failed', async () => {
			const {instance} = await ask<{instance: {status: string; fault?: {message: string}}}>('GET', `/instances/${id}`);
			return instance.status === 'ERROR' ? instance : undefined;
		}, 120);
		t.regex(fault?.message ?? '', /neither databases nor users/);
		await ask('DELETE', `/instances/${id}`);
		await until('the instance is gone', async () => (await demo.ask(8779, `/v1.0/${demo.project}/instances/${id}`)).status === 404 ? true : undefined, 120);
	}

	t.deepEqual(await everything(demo), before);
});

/** Everything of a project that could be half made, its servers and their volumes too. */
const withServers = async ({all, demo}: Awaited<ReturnType<typeof openRing>>): Promise<readonly string[]> =>
	[...await everything(demo), ...[...await all.list(), ...await all.volumes()].map(({id}) => id)].toSorted();

test.serial('while K2HR3 is away a cluster is refused with 503 and an instance goes to ERROR, both say why, and nothing is half made', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const opened = await openRing(t, 'refused');
	const {demo, ring: {member}, words} = opened;
	const {ask} = openTrove(demo);
	const [instances, before] = [openInstances(demo), await withServers(opened)];
	await inside(`systemctl stop ${proxyUnit}`);
	try {
		const asked = Date.now();
		t.deepEqual(await answeredOtherwise(demo, [{
			what: 'a cluster', place: '/clusters', body: {cluster: {name: 'away', datastore, instances: [member, member]}}, status: 503, says: /K2HR3.*refused/,
		}]), []);
		t.log(`answered after ${((Date.now() - asked) / 1000).toFixed(1)} s`);
		t.deepEqual(await withServers(opened), before);
		const id = await instances.create({name: 'away', datastore, ...member});
		const {fault} = await until('the instance has failed', async () => {
			const instance = await instances.find(id);
			return instance?.status === 'ERROR' ? instance : undefined;
		}, 120);
		// Trove breaks long sentences into lines.
		t.regex(fault?.message ?? '', /K2HR3[^]*refused/);
		await ask('DELETE', `/instances/${id}`);
		await until('the instance is gone', async () => await instances.find(id) === undefined ? true : undefined, 120);
		t.deepEqual(await withServers(opened), before);
	} finally {
		await inside(`systemctl start ${proxyUnit}`);
	}

	t.false((await ringStatus(t, 'away', words)).registered);
});

test.serial('a second cluster of a ring is refused with 409 and what is busy with 422, and the first comes up all the same', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const opened = await openRing(t, 'refused');
	const {demo, ring} = opened;
	const {ask} = openTrove(demo);
	const [instances, before] = [openInstances(demo), await withServers(opened)];
	await ring.order(2);
	const single = await instances.create({name: 'single', datastore, ...ring.member});
	const {configuration: {id: group}} = await ask<{configuration: {id: string}}>('POST', '/configurations', {configuration: {name: 'same', datastore, values: {'cluster-name': 'refused'}}});
	const {id, instances: [first]} = (await ring.cluster())!;
	const another = (name: string, change: object = {}): object => ({cluster: {name, datastore, instances: [ring.member, ring.member], ...change}});
	const taken = {place: '/clusters', status: 409, says: /has the ring refused already/};
	const busy = {status: 422, says: /not|task/};
	const wrong = await answeredOtherwise(demo, [
		{what: 'a cluster of the same name', body: another('refused'), ...taken},
		{what: 'the same in capital letters', body: another('REFUSED'), ...taken},
		{what: 'a group with the same cluster-name', body: another('other', {configuration: group}), ...taken},
		{what: 'growing', place: `/clusters/${id}`, body: {grow: [ring.member]}, ...busy},
		{what: 'shrinking', place: `/clusters/${id}`, body: {shrink: [{id: first!.id}]}, ...busy},
		{what: 'restarting', place: `/clusters/${id}`, body: {restart: {}}, ...busy},
		{what: 'backing up a cluster', place: '/k2hdkc/cluster_backups', body: {cluster_backup: {cluster: id, name: 'bad'}}, ...busy},
		{what: 'deleting a cluster', place: `/clusters/${id}`, method: 'DELETE', ...busy},
		{what: 'backing up an instance', place: '/backups', body: {backup: {instance: single, name: 'bad'}}, ...busy},
		{what: 'deleting an instance', place: `/instances/${single}`, method: 'DELETE', ...busy},
	]);
	t.deepEqual(wrong, []);
	await ring.reach(2);
	await instances.settled(single, ['ACTIVE', 'HEALTHY']);
	await ring.reach(0);
	await instances.remove(single);
	await instances.removeConfiguration(group);
	t.deepEqual(await withServers(opened), before);
});

test.serial('a configuration group can be changed and removed', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {demo} = await openRing(t, 'refused');
	const {ask} = openTrove(demo);
	const {configuration: {id}} = await ask<{configuration: {id: string}}>('POST', '/configurations', {configuration: {name: 'good', datastore, values: {'chmpx-replica': 1, 'cluster-name': 'shop'}}});
	await ask('PATCH', `/configurations/${id}`, {configuration: {values: {'chmpx-replica': 3}}});
	const {configuration: {values}} = await ask<{configuration: {values: object}}>('GET', `/configurations/${id}`);
	t.deepEqual(values, {'chmpx-replica': 3, 'cluster-name': 'shop'});
	await ask('DELETE', `/configurations/${id}`);
	t.is((await demo.ask(8779, `/v1.0/${demo.project}/configurations/${id}`)).status, 404);
});
