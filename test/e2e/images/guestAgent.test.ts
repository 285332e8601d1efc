import {stat} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {startK2hr3, type StandInK2hr3} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {needs} from '../../helpers/needs.js';
import {second} from '../../integration/entrypoint/node.js';
import {prepareDatabaseImage, type PreparedImage} from '../support/databaseImage.js';
import {preparation, startGuestAgent, type GuestAgent} from '../support/guestAgent.js';
import {hostNeeds} from '../support/tool.js';

let prepared: Promise<PreparedImage> | undefined;

test.after.always(async () => {
	await (await prepared)?.remove();
});

type Guest = {readonly agent: GuestAgent; readonly k2hr3: StandInK2hr3; readonly inspect: (template: string) => Promise<string>; readonly queueLimit: () => Promise<string>};

/** A guest whose instance was prepared, with a K2HR3 of its own. */
const startGuest = async (t: ExecutionContext, more?: Readonly<Record<string, string>>): Promise<Guest> => {
	prepared ??= prepareDatabaseImage(t);
	const {engine, image} = await prepared;
	const [name, tag] = [image.slice(0, image.lastIndexOf(':')), image.slice(image.lastIndexOf(':') + 1)];
	const k2hr3 = await startK2hr3({group: 'ring1', port: 8020, controlPort: 8021, databaseFile: '/var/lib/antpickax/k2hdkc/k2hdkc.k2h', address: engine.hostAddress, isNamedByAddress: true});
	t.teardown(k2hr3.stop);
	const agent = await startGuestAgent(t, engine, name, more);
	t.deepEqual(await agent.call('prepare', await preparation(tag, k2hr3.extdataUrl)), {result: null});
	return {
		agent, k2hr3,
		inspect: async template => (await engine.done('inspect', '--format', template, 'database')).trim(),
		queueLimit: async () => (await engine.done('exec', 'database', 'cat', '/proc/sys/fs/mqueue/msg_max')).trim(),
	};
};

test.serial('the guest agent starts, reconfigures and stops a node under a real engine', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {agent, k2hr3, inspect, queueLimit} = await startGuest(t);
	t.is(await inspect('{{.HostConfig.IpcMode}} {{.HostConfig.NetworkMode}} {{.HostConfig.RestartPolicy.Name}} {{.Config.User}} {{.Config.StopTimeout}}'), 'private host unless-stopped 1001:1001 12');
	t.is(await queueLimit(), '136');
	t.true(k2hr3.members.has(agent.cuk));
	t.deepEqual(await agent.call('status'), {result: 'healthy'});
	t.deepEqual(await agent.call('ring_name'), {result: 'ring1'});
	t.is((await stat(path.join(agent.dataDirectory, '.trove-k2hdkc.json'))).mode & 0o777, 0o600);

	await agent.call('update_overrides', {overrides: {'chmpx-max-mq-client': 200}});
	t.is(await queueLimit(), '136');
	t.deepEqual(await agent.call('restart'), {result: null});
	t.is(await queueLimit(), '208');
	t.true(k2hr3.members.has(agent.cuk));
	t.deepEqual(await agent.call('needs_restart'), {result: true});
	t.regex((await agent.call('apply_overrides', {overrides: {}})).error ?? '', /stored, and not in effect/);

	await agent.call('update_overrides', {overrides: {}, remove: true});
	t.deepEqual(await agent.call('needs_restart'), {result: false});
	t.deepEqual(await agent.call('apply_overrides', {overrides: {}}), {result: null});
	t.deepEqual(await agent.call('restart'), {result: null});
	t.is(await queueLimit(), '136');

	t.deepEqual(await agent.call('stop_db'), {result: null});
	t.is(await inspect('{{.State.ExitCode}}'), '0');
	t.false(k2hr3.members.has(agent.cuk));
	t.deepEqual(await agent.call('status'), {result: 'shutdown'});
	t.deepEqual(await agent.call('restart'), {result: null});
	t.true(k2hr3.members.has(agent.cuk));
});

test.serial('at a bridge a node finds itself by the address of the instance, which its ports are published on', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {agent, k2hr3, inspect} = await startGuest(t, {network_mode: 'bridge'});
	const {engine, image} = await prepared!;
	t.is(await inspect('{{.HostConfig.NetworkMode}}'), 'bridge');
	t.deepEqual([...k2hr3.members.values()], [{name: engine.address, cuk: agent.cuk}]);
	// Whom the node has for a neighbour in its container's network is itself, asking by its own name.
	t.regex(await engine.done('exec', 'database', 'getent', 'hosts', await inspect('{{.NetworkSettings.Gateway}}')), new RegExp(`\\s${engine.address.replaceAll('.', String.raw`\.`)}\n$`));
	const ask = `echo SELFSTATUS >/tmp/question && curl --silent --max-time 5 telnet://${engine.address}:8021 </tmp/question`;
	for (const words of [['exec', 'database', 'sh'], ['run', '--rm', '--network', 'host', '--entrypoint', 'sh', image]]) {
		t.regex(await engine.done(...words, '-c', ask), /\[SERVICE IN]\[UP]/, words[0]);
	}

	t.deepEqual(await agent.call('restart'), {result: null});
	t.deepEqual(await agent.call('stop_db'), {result: null});
	t.is(await inspect('{{.State.ExitCode}}'), '0');
	t.is(k2hr3.members.size, 0);
});

test.serial('a node leaves its ring for good, and an image that cannot be had stops nothing', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {agent, k2hr3} = await startGuest(t);
	t.regex((await agent.call('upgrade', {upgrade_info: {datastore_version: 'nowhere'}})).error ?? '', /is not on the instance and could not be pulled/);
	t.deepEqual(await agent.call('status'), {result: 'healthy'});
	k2hr3.members.set(second.cuk, second);
	t.deepEqual(await agent.call('leave_ring', {seconds: 60}), {result: null});
	t.deepEqual([...k2hr3.members.keys()], [second.cuk]);
});

test.serial('a node that K2HR3 refuses is stopped, and says why', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {agent, k2hr3, inspect} = await startGuest(t);
	k2hr3.fail(() => ({status: 403, body: 'no'}));
	t.regex((await agent.call('restart')).error ?? '', /K2HDKC keeps ending\. Its container says: .*answer 403/);
	t.is(await inspect('{{.State.Status}}'), 'exited');
});
