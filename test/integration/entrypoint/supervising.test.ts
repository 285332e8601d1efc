import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {rm, stat, readFile, writeFile} from 'node:fs/promises';
import {connect, createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import type {Fault} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {freePort} from '../../helpers/freePort.js';
import {addSecond, makePlace, nodeTest, second, startHealthyNode, startNode, statusOf, until} from './node.js';

/** Waits until something has been asked some more times. */
const askedAgain = async (requests: ReadonlyArray<{readonly path: string}>, times: number): Promise<void> => {
	const count = (): number => requests.filter(({path: asked}) => asked.startsWith('/v1/resource/')).length;
	const before = count();
	await until(() => 'another request for the resource', 10, () => count() >= before + times);
};

nodeTest('a new member is picked up, and what is unchanged is not written again', async (t, place) => {
	const node = await startHealthyNode(t, place);
	const ini = path.join(place.configDir, 'k2hdkc.ini');
	const {mtimeMs, ino} = await stat(ini);
	await askedAgain(place.k2hr3.requests, 2);
	t.deepEqual([(await stat(ini)).mtimeMs, (await stat(ini)).ino], [mtimeMs, ino]);

	await addSecond(place, node);
	t.regex(await readFile(ini, 'utf8'), /NAME = node-2\.example/);
	const copy = path.join(place.dataDir, 'backup_k2hdkc.ini');
	await until(() => 'the same copy', 5, async () => await readFile(copy, 'utf8') === await readFile(ini, 'utf8'));
	t.notRegex(await readFile(ini, 'utf8'), /__SELF_INSTANCE_ID__/);
	t.is(await statusOf(place), 'HEALTHY');
});

const badAnswers: ReadonlyArray<readonly [string, Fault, RegExp]> = [
	['500', {status: 500, body: 'oops'}, /answer 500 \(oops\)/],
	['HTML', {status: 200, body: '<html>'}, /holds no resource/],
	['404', {status: 404, body: 'gone'}, /answer 404/],
	['a resource without this node', {status: 200, body: '{"resource":"[GLOBAL]\\nGROUP=a\\nSELFCUK=b\\n"}'}, /does not list this node/],
];
for (const [what, fault, says] of badAnswers) {
	nodeTest(`a refresh that gets ${what} keeps the configuration and says so`, async (t, place) => {
		const node = await startHealthyNode(t, place);
		const ini = path.join(place.configDir, 'k2hdkc.ini');
		const before = await readFile(ini, 'utf8');
		place.k2hr3.fail(() => fault);
		await node.saw(/could not be refreshed, the one from before stays/);
		t.regex(node.output(), says);
		t.is(await readFile(ini, 'utf8'), before);
		t.is(await statusOf(place), 'HEALTHY');
	});
}

for (const program of ['chmpx', 'k2hdkc'] as const) {
	nodeTest(`${program} is started again when it dies`, async (t, place) => {
		const node = await startHealthyNode(t, place);
		const dead = await node.pidOf(program);
		process.kill(dead, 'SIGKILL');
		await node.saw(new RegExp(`${program} ended by itself \\(exit code 137\\)\\. Next start in 1 s`));
		await until(() => `HEALTHY\n${node.output()}`, 15, async () => node.output().split('In service').length === 3);
		t.not(await node.pidOf(program), dead);
		t.is(await statusOf(place), 'HEALTHY');
	});

	nodeTest(`gives up when ${program} keeps dying`, async (t, place) => {
		const node = startNode(t, place, {[`STANDIN_${program.toUpperCase()}`]: 'fails', K2HDKCTROVE_RESTART_LIMIT: '1'});
		t.is((await node.ended()).code, 6, node.output());
		t.regex(node.output(), new RegExp(`${program} ended by itself \\(exit code 1\\), for the 2\\. time in a row`));
		// It comes back with the container, so the others keep its place.
		t.true(place.k2hr3.members.has(place.cuk));
		await t.throwsAsync(node.pidOf('chmpx'), {code: 'ENOENT'});
	});
}

nodeTest('a node that the ring does not let join is started anew', async (t, place) => {
	const file = path.join(place.root, 'stuck');
	await writeFile(file, '');
	const node = startNode(t, place, {STANDIN_CHMPX_STUCK: file, K2HDKCTROVE_JOIN_SECONDS: '2', K2HDKCTROVE_SERVICE_IN_SECONDS: '1'});
	await node.saw(/not in service 2 s after its start, and its ring was not at work\. Next start in 1 s/);
	await node.saw(/In service/);
	t.is(await statusOf(place), 'HEALTHY');
});

nodeTest('a node that has served is not started anew because it cannot be asked', async (t, place) => {
	const hang = path.join(place.root, 'hang');
	const node = await startHealthyNode(t, place, {STANDIN_CHMPXSTATUS_HANGS: hang, K2HDKCTROVE_JOIN_SECONDS: '1'});
	const pid = await node.pidOf('chmpx');
	await writeFile(hang, '');
	// Longer than it waits for one answer.
	await sleep(6000);
	await rm(hang);
	await until(() => `in service again\n${node.output()}`, 10, () => node.output().split('In service').length === 3);
	t.is(await node.pidOf('chmpx'), pid);
});

nodeTest('a chmpx that is never up is given up', async (t, place) => {
	const node = startNode(t, place, {STANDIN_CHMPX: 'never-up', K2HDKCTROVE_RESTART_LIMIT: '0', K2HDKCTROVE_UP_SECONDS: '1'});
	t.is((await node.ended()).code, 6, node.output());
	t.regex(node.output(), /chmpx was not up after 1 s/);
});

nodeTest('a node that was taken out of service is put into it', async (t, place) => {
	const node = await startHealthyNode(t, place, {K2HDKCTROVE_SERVICE_IN_SECONDS: '0'});
	await addSecond(place, node);
	connect(place.controlPort, '127.0.0.1').end('SERVICEOUT\n');
	await node.saw('servicein of node-1.example');
	await until(() => `HEALTHY\n${node.output()}`, 10, async () => await statusOf(place) === 'HEALTHY');
	t.notRegex(node.output(), /no node is succeed/);
});

/** Another member at its control port: it has those nodes in its list that `list` gives, and serves unless `status` says otherwise. */
const serveMember = async (t: ExecutionContext, port: number, list: () => readonly string[], status = (): string => '[SERVICE IN][UP][n/a][Nothing][NoSuspend]'): Promise<void> => {
	const member = createServer(socket => {
		socket.on('error', () => {}).once('data', question => {
			const isForAll = String(question).startsWith('ALLSTATUS');
			socket.end(isForAll ? list().map(cuk => `    CUK                = ${cuk}\n`).join('') : `${status()}\n`);
		});
	}).listen(port, '127.0.0.1');
	await once(member, 'listening');
	t.teardown(() => {
		member.close();
	});
};

nodeTest('members that are listed before are waited for, and no longer than the bound', async (t, {shell}) => {
	const controlPort = await freePort();
	const place = await makePlace(t, shell, {earlier: [{name: '127.0.0.1', cuk: second.cuk, controlPort}]});
	const node = startNode(t, place, {K2HDKCTROVE_MEMBERS_SECONDS: '30'});
	await node.saw('127.0.0.1 takes no connection. It is waited for, at most 30 s.');
	await sleep(1000);
	t.notRegex(node.output(), /chmpx runs/);
	let status = '[SERVICE OUT][UP][n/a][Nothing][Suspend]';
	await serveMember(t, controlPort, () => [second.cuk, place.cuk], () => status);
	await node.saw('chmpx runs', 10);
	await sleep(1000);
	t.notRegex(node.output(), /k2hdkc runs/);
	status = '[SERVICE IN][UP][n/a][Nothing][NoSuspend]';
	await node.saw('In service', 10);

	const alone = await makePlace(t, shell, {earlier: [{name: '127.0.0.1', cuk: second.cuk, controlPort: await freePort()}]});
	const impatient = startNode(t, alone, {K2HDKCTROVE_MEMBERS_SECONDS: '2'});
	await impatient.saw('In service', 10);
});

nodeTest('members that are listed after are waited for too, for a shorter time', async (t, place) => {
	place.k2hr3.members.set(place.cuk, {name: place.name, cuk: place.cuk});
	place.k2hr3.members.set(second.cuk, {name: '127.0.0.1', cuk: second.cuk, controlPort: await freePort()});
	const node = startNode(t, place, {K2HDKCTROVE_MEMBERS_SECONDS: '100', K2HDKCTROVE_LATER_MEMBERS_SECONDS: '2'});
	await node.saw('127.0.0.1 takes no connection. It is waited for, at most 2 s.');
	await node.saw('In service', 10);
	t.is(await statusOf(place), 'HEALTHY');
});

nodeTest('a member that runs and does not know the node is waited for, and no longer than the bound', async (t, {shell}) => {
	const controlPort = await freePort();
	const place = await makePlace(t, shell, {earlier: [{name: '127.0.0.1', cuk: second.cuk, controlPort}]});
	const known = [second.cuk];
	await serveMember(t, controlPort, () => known);
	const node = startNode(t, place);
	await node.saw('127.0.0.1 does not know this node yet, or says nothing. It is waited for, at most 120 s.');
	await sleep(1000);
	t.notRegex(node.output(), /chmpx runs/);
	known.push(place.cuk);
	await node.saw('In service', 10);
	node.child.kill('SIGTERM');
	t.is((await node.ended()).code, 0);

	known.pop();
	const refused = startNode(t, place, {K2HDKCTROVE_ADMISSION_SECONDS: '2'});
	t.is((await refused.ended()).code, 4, refused.output());
	t.regex(refused.output(), /127\.0\.0\.1 has not let this node in for 2 s.*See whether 127\.0\.0\.1 reaches K2HR3/);
});

nodeTest('a member that runs and says nothing is waited for, and no longer than the bound', async (t, {shell}) => {
	const controlPort = await freePort();
	const silent = createServer(socket => {
		socket.on('error', () => {});
	}).listen(controlPort, '127.0.0.1');
	await once(silent, 'listening');
	t.teardown(() => {
		silent.close();
	});
	const place = await makePlace(t, shell, {earlier: [{name: '127.0.0.1', cuk: second.cuk, controlPort}]});
	const begun = Date.now();
	const node = startNode(t, place, {K2HDKCTROVE_SILENCE_SECONDS: '5', K2HDKCTROVE_MEMBERS_SECONDS: '1'});
	await node.saw('or says nothing. It is waited for');
	await node.saw('chmpx runs', 20);
	t.true(Date.now() - begun >= 5000, node.output());
	await node.saw('In service', 20);
});

nodeTest('a node that waits to be let in ends at once when it is told to', async (t, {shell}) => {
	const controlPort = await freePort();
	const place = await makePlace(t, shell, {earlier: [{name: '127.0.0.1', cuk: second.cuk, controlPort}]});
	await serveMember(t, controlPort, () => []);
	const node = startNode(t, place);
	await node.saw('does not know this node yet');
	node.child.kill('SIGTERM');
	const {code, took} = await node.ended();
	t.is(code, 0);
	t.true(took < 3000, `${took} ms`);
	t.false(place.k2hr3.members.has(place.cuk));
});

nodeTest('starts again where it ended, and not beside itself', async (t, place) => {
	const killed = await startHealthyNode(t, place);
	const beside = startNode(t, place);
	t.is((await beside.ended()).code, 3);
	t.regex(beside.output(), /has a running supervisor already/);

	const programs = [await killed.pidOf('chmpx'), await killed.pidOf('k2hdkc')];
	killed.child.kill('SIGKILL');
	for (const pid of programs) {
		process.kill(pid, 'SIGKILL');
	}

	await killed.ended();
	t.is(await statusOf(place), 'RUNNING');
	// What a number of an ended process means after a restart: it may be another's.
	const command = spawn('sleep', ['60'], {argv0: 'k2hdkctrove.sh'});
	t.teardown(() => command.kill());
	await writeFile(path.join(place.runDir, 'supervisor.pid'), `${command.pid}\n`);
	await startHealthyNode(t, place);
	t.is(await statusOf(place), 'HEALTHY');
});

nodeTest('says when the environment and K2HR3 differ', async (t, place) => {
	const node = await startHealthyNode(t, place, {cluster_name: 'another'});
	t.regex(node.output(), /cluster_name is 'another' in the environment and 'k2hdkc-entrypoint-\w+' in K2HR3; the latter is used/);
});
