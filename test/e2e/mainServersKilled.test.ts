import test, {type ExecutionContext} from 'ava';
import {needs} from '../helpers/needs.js';
import {openCloud} from './support/cloud.js';
import {leftovers} from './support/leftovers.js';
import {cutPower, inside} from './support/machine.js';
import {openServers, until, type Server, type Servers} from './support/servers.js';
import {follow, hostNeeds, paths} from './support/tool.js';

// Servers, image, key and group are those of mainServers.
const open = async (): Promise<Servers> => openServers(await openCloud((await paths()).environment));

const idOf = async (servers: Servers, name: string): Promise<string> => (await servers.list()).find(server => server.name === name)!.id;

/** In a guest, as root, whether its network works or not. */
const inGuest = async (id: string, script: string): Promise<string> => inside(`incus exec instance-${id} -- sh -euc '${script}'`);

/** A guest that can be asked. */
const answers = async (id: string): Promise<void> => {
	await until(`guest ${id} answers`, async () => inGuest(id, 'test -S /run/systemd/private').then(() => true, () => undefined));
};

type Operation = {readonly what: string; readonly id: string; readonly begin: () => Promise<unknown>};

/**
 * Begins all operations, and when Nova is at work on each, or was, ends nova-compute as the kernel does when memory runs out. systemd starts it
 * again; Nova hears of it within seconds.
 */
const killAmid = async (t: ExecutionContext, servers: Servers, operations: readonly Operation[]): Promise<void> => {
	const started = Date.now();
	await Promise.all(operations.map(async ({begin}) => begin()));
	const states = await until('Nova is at work', async () => {
		const found = await Promise.all(operations.map(async ({id}) => (await servers.find(id))?.['OS-EXT-STS:task_state'] ?? undefined));
		return found.some(state => state !== undefined && state !== 'scheduling') ? found : undefined;
	}, 30);
	await inside('kill -KILL $(systemctl show --property=MainPID --value nova-compute)');
	const killed = Date.now();
	t.log(`killed ${((killed - started) / 1000).toFixed(1)} s after the requests: ${operations.map(({what}, index) => `${what} was at ${states[index] ?? 'its beginning or end'}`).join(', ')}`);
	await until('nova-compute is back', async () => await servers.computeReported() > killed ? true : undefined);
};

/** A server that Nova gave up on is made again from its image. */
const rebuilt = async (servers: Servers, id: string): Promise<Server> => {
	const server = await servers.settled(id);
	if (server.status === 'ERROR') {
		await servers.action(id, {rebuild: {imageRef: await servers.imageId('guest')}});
	}

	return servers.settled(id, 'ACTIVE');
};

test.serial('nova-compute is killed while it makes, reboots and attaches; then while it rebuilds, stops and detaches; then while it resizes, starts and deletes', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const servers = await open();
	const [one, two, three] = [await idOf(servers, 'one'), await idOf(servers, 'two'), await idOf(servers, 'three')];
	const [network, image] = [(await servers.named('network', 'name=private'))[0]!.id, await servers.imageId('guest')];
	const volume = await servers.addVolume('killed', 1);
	await servers.volume(volume, 'available');

	// A server whose making was interrupted goes to ERROR or was finished; either way it can be deleted.
	const four = await servers.create({name: 'four', imageRef: image, flavorRef: 'd2', networks: [{uuid: network}]});
	await killAmid(t, servers, [
		{what: 'creation', id: four, begin: async () => undefined},
		{what: 'reboot', id: one, begin: async () => servers.action(one, {reboot: {type: 'HARD'}})},
		{what: 'attachment', id: two, begin: async () => servers.attach(two, volume)},
	]);
	t.regex((await servers.settled(four)).status, /^(?:ACTIVE|ERROR)$/);
	await servers.settled(one, 'ACTIVE');
	await answers(one);
	await servers.volume(volume, 'in-use');
	t.is(await inGuest(two, 'cat /sys/block/loop*/size >/dev/null; test -b /dev/vdb && echo there'), 'there\n');

	await killAmid(t, servers, [
		{what: 'rebuild', id: three, begin: async () => servers.action(three, {rebuild: {imageRef: image}})},
		{what: 'stop', id: one, begin: async () => servers.action(one, {'os-stop': null})},
		{what: 'detachment', id: two, begin: async () => servers.detach(two, volume)},
	]);
	await rebuilt(servers, three);
	await answers(three);
	await servers.settled(one, 'SHUTOFF');
	await servers.volume(volume, 'available');

	await killAmid(t, servers, [
		{what: 'resize', id: two, begin: async () => servers.action(two, {resize: {flavorRef: 'd3'}})},
		{what: 'start', id: one, begin: async () => servers.action(one, {'os-start': null})},
		{what: 'deletion', id: four, begin: async () => servers.removal(four)},
	]);
	await until('the fourth server is gone', async () => await servers.find(four) === undefined ? true : undefined);
	await servers.settled(one, 'ACTIVE');
	const resized = await servers.settled(two);
	t.regex(resized.status, /^(?:ACTIVE|VERIFY_RESIZE|ERROR)$/);
	await servers.removeVolume(volume);
	await Promise.all([one, three].map(async id => answers(id)));
});
