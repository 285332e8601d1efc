import test, {type ExecutionContext} from 'ava';
import {needs} from '../helpers/needs.js';
import {openCloud} from './support/cloud.js';
import {leftovers} from './support/leftovers.js';
import {cutPower, inside, machineName} from './support/machine.js';
import {openServers, until, type Server, type Servers} from './support/servers.js';
import {follow, hostNeeds, paths} from './support/tool.js';

// Servers and image are those of mainServers.
const open = async (): Promise<Servers> => openServers(await openCloud((await paths()).environment));

const named = async (servers: Servers, name: string): Promise<Server> => (await servers.list()).find(server => server.name === name)!;

/** In a guest, as root, whether its network works or not. */
const inGuest = async (id: string, script: string): Promise<string> => inside(`incus exec instance-${id} -- sh -euc '${script}'`);

const booted = async (id: string): Promise<void> => {
	await until(`${id} has booted`, async () => inGuest(id, 'systemctl is-system-running --wait').then(() => true, error => /degraded/.test(String(error)) ? true : undefined));
};

/** Waits until Nova is at work on every one of the servers, or has no time left, and ends nova-compute as the kernel does when memory runs out. */
const killAmid = async (t: ExecutionContext, servers: Servers, ids: readonly string[]): Promise<void> => {
	const [pid] = (await inside('systemctl show --property=MainPID --value nova-compute')).split('\n');
	await until('Nova is at work', async () => {
		const states = await Promise.all(ids.map(async id => (await servers.find(id))?.['OS-EXT-STS:task_state']));
		return states.some(state => state !== null && state !== undefined) ? states : undefined;
	}, 30);
	const states = await Promise.all(ids.map(async id => (await servers.find(id))?.['OS-EXT-STS:task_state']));
	await inside(`kill -KILL ${pid}`);
	t.log(`killed while Nova was at ${states.join(', ')}`);
	await until('nova-compute is back', async () => {
		const [other] = (await inside('systemctl show --property=MainPID --value nova-compute')).split('\n');
		return other !== '0' && other !== pid && (await inside(`journalctl --unit nova-compute --output cat _PID=${other}`)).includes('Took') ? true : undefined;
	}).catch(() => undefined);
};
