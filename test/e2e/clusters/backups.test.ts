import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {isStored, nothingStored, openBackups} from '../support/backups.js';
import {openInstances} from '../support/instances.js';
import {toldOf} from '../support/judge.js';
import {countKeys, putKeys} from '../support/nodeData.js';
import {openRing} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds} from '../support/tool.js';
import {openTrove} from '../support/trove.js';
import {backupSteps} from '../support/withServers.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};
const keys = 200;

const since = (moment: number): string => `${((Date.now() - moment) / 1000).toFixed(0)} s`;

const refused = async (t: ExecutionContext, ask: Promise<unknown>, expected: RegExp): Promise<void> => {
	const error = await t.throwsAsync(ask);
	t.regex(error?.message ?? '', expected);
};

// K2HDKC and K2HR3 are stand-ins, or those that TEST_K2HDKC_PREFIX and TEST_K2HR3_PREFIX name; all else is what a user has.
test.serial('an instance is backed up to Swift and comes back as another one, with its keys', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {all, demo, network} = await openRing(t, 'backups', {steps: backupSteps});
	const [instances, backups, {ask}] = [openInstances(demo), openBackups(demo), openTrove(demo)];
	const wanted = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}], datastore};
	const serverOf = async (name: string): Promise<string> => (await all.list()).find(server => server.name === name)!.id;
	const id = await instances.create({name: 'node', ...wanted});
	await instances.settled(id, ['ACTIVE', 'HEALTHY']);
	await putKeys(await serverOf('node'), keys);

	const begun = Date.now();
	const backup = await backups.create({instance: id, name: 'monday'});
	await backups.ended(backup, 'COMPLETED');
	t.log(`backed up within ${since(begun)}`);
	t.true(await isStored(demo));
	await instances.settled(id, ['ACTIVE', 'HEALTHY']);

	const incremental = await backups.create({instance: id, name: 'tuesday', parent_id: backup});
	await backups.ended(incremental, 'FAILED');
	await instances.settled(id, ['ACTIVE', 'HEALTHY']);
	// The state comes before the reason, and both by way of the conductor.
	const reason = await until('the instance tells why', async () => (await toldOf(demo, id))?.fault?.message);
	t.regex(reason.replaceAll(/\s+/g, ' '), new RegExp(`Backup ${incremental} could not be made: K2HDKC has no incremental backups`));
	await refused(t, ask('POST', '/instances', {instance: {name: 'replica', replica_of: id, ...wanted}}), /answered 4\d\d/);
	// What a datastore has not got is 501 with Trove.
	await refused(t, ask('POST', `/instances/${id}/root`), /answered 501: .*not supported/);
	await refused(t, ask('POST', `/instances/${id}/databases`, {databases: [{name: 'shop'}]}), /answered 4\d\d/);
	await refused(t, ask('POST', `/instances/${id}/users`, {users: [{name: 'shop', password: 'secret-of-shop'}]}), /answered 4\d\d/);

	const restored = Date.now();
	const again = await instances.create({name: 'again', ...wanted, restorePoint: {backupRef: backup}});
	await instances.settled(again, ['ACTIVE', 'HEALTHY']);
	t.log(`restored within ${since(restored)}`);
	t.is(await countKeys(await serverOf('again'), keys), keys);

	for (const each of [id, again]) {
		await instances.remove(each);
	}

	// With it those go that were to stand on it.
	await backups.remove(backup);
	t.deepEqual(await backups.list(), []);
	await nothingStored(demo);
});

test.serial('a cluster of two is backed up as a whole, and a cluster of three is made from it, with all keys', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {ring, demo, network, words} = await openRing(t, 'from', {steps: backupSteps});
	const [backups, {ask}] = [openBackups(demo), openTrove(demo)];
	const two = await ring.create(2);
	const [first, second] = await ring.serversOf(two);
	await putKeys(first!, keys);
	await putKeys(second!, keys, keys + 1);
	await refused(t, ask('POST', '/backups', {backup: {instance: two[0]!.id, name: 'part'}}), /answered 501: .*part of a cluster/);

	const begun = Date.now();
	const backup = await backups.ofCluster.create({cluster: (await ring.cluster())!.id, name: 'whole'});
	t.is((await backups.ofCluster.ended(backup, 'COMPLETED')).members.length, 2);
	t.log(`backed up within ${since(begun)}`);

	const {ring: copy} = await openRing(t, 'to', {steps: backupSteps});
	const three = await copy.create(3, {extended_properties: {k2hdkc_backup: backup}});
	for (const server of await copy.serversOf(three)) {
		t.is(await countKeys(server, 2 * keys), 2 * keys, server);
	}

	await copy.remove(three);
	await ring.remove(two);

	// What belongs together can be deleted one by one.
	const {members} = await backups.ofCluster.ended(backup, 'COMPLETED');
	await backups.remove(members[0]!.backup_id);
	t.like(await backups.ofCluster.ended(backup, 'FAILED'), {missing: 1, members: [members[1]!]});
	const member = {flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}]};
	const cluster = {name: 'lost', datastore, instances: [member, member], extended_properties: {k2hdkc_backup: backup}};
	await refused(t, ask('POST', '/clusters', {cluster}), /answered 409: .*1 of 2 members/);
	await backups.ofCluster.remove(backup);
	await nothingStored(demo);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
