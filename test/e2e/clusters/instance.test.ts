import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {openInstances} from '../support/instances.js';
import {startK2hr3} from '../support/k2hr3.js';
import {inGuest, machineName} from '../support/machine.js';
import {openServers} from '../support/servers.js';
import {expect, follow, hostNeeds, paths, worked} from '../support/tool.js';
import {addGuestImage, prepare, up} from '../support/withServers.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};
const serverRole = 'yrn:yahoo:::demo:role:ring/server';

/** What docker says of the node in the guest. */
const container = async (server: string, template: string): Promise<string> => (await inGuest(server, `docker inspect --format "${template}" database`)).trim();

const since = (moment: number): string => `${((Date.now() - moment) / 1000).toFixed(0)} s`;

/** Files and volume of the node, and that it serves. */
const nodeServes = async (t: ExecutionContext, server: string, queueLimit: string): Promise<void> => {
	t.regex(await inGuest(server, 'findmnt --noheadings --output SOURCE /var/lib/antpickax/k2hdkc'), /^\/dev\/vdb/);
	t.is(await container(server, '{{.State.Health.Status}} {{.HostConfig.IpcMode}} {{.Config.User}}'), 'healthy private 1001:1001');
	t.is((await inGuest(server, 'docker exec database cat /proc/sys/fs/mqueue/msg_max')).trim(), queueLimit);
	t.is(await inGuest(server, 'docker exec database /usr/libexec/k2hdkctrove.sh status'), 'HEALTHY\n');
};

// K2HDKC in the container and K2HR3 are stand-ins, all else is what a user has.
test.serial('an instance of Trove becomes a node of a ring in K2HR3, is reconfigured, and goes without a trace', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await prepare();
	await expect(t, 0, up);
	const {environment} = await paths();
	const all = openServers(await openCloud(environment));
	await addGuestImage(all);
	const {settings, store} = await startK2hr3(t);
	const told = await follow([...up, ...settings], () => undefined);
	t.is(told.code, 0, told.stderr);
	t.deepEqual(worked(told.events), ['trove']);
	t.log(`Trove is told of K2HR3: ${told.seconds.toFixed(1)} s`);

	const demo = await openCloud(environment, `${machineName}-demo`);
	const [instances, servers] = [openInstances(demo), openServers(demo)];
	const [network] = await servers.named('network', 'name=private');
	const configuration = await instances.createConfiguration({name: 'ring', datastore, values: {'cluster-name': 'ring', 'chmpx-replica': 0}});
	const started = Date.now();
	const id = await instances.create({name: 'instance', flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network!.id}], datastore, configuration});
	await instances.settled(id, ['ACTIVE', 'HEALTHY']);
	t.log(`HEALTHY after ${since(started)}`);
	const server = (await all.list()).find(({name}) => name === 'instance')!.id;
	await nodeServes(t, server, '136');
	t.deepEqual(Array.from(store.roles.get(serverRole)?.hosts.values() ?? [], ({cuk}) => cuk), [server]);

	const changed = Date.now();
	await instances.changeConfiguration(configuration, {'chmpx-max-mq-client': 200});
	await instances.settled(id, ['RESTART_REQUIRED']);
	await instances.action(id, {restart: {}});
	await instances.settled(id, ['ACTIVE', 'HEALTHY']);
	t.log(`reconfigured and restarted within ${since(changed)}`);
	await nodeServes(t, server, '208');

	const removed = Date.now();
	await instances.remove(id);
	await instances.removeConfiguration(configuration);
	t.log(`gone after ${since(removed)}`);
	t.is(await all.serverOf(server), undefined);
	t.deepEqual((await servers.volumes()).filter(({name}) => name.includes(id)), []);
	t.deepEqual(await all.named('port', `device_id=${server}`), []);
	t.deepEqual(await servers.groups(`trove_sg-${id}`), []);
	t.deepEqual([...store.roles.keys(), ...store.resources.keys(), ...store.policies.keys()], []);
});
