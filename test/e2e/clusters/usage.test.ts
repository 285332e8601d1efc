import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {commandsOf, readBlocks} from '../../helpers/usagePage.js';
import {atRest, listInstances, type Listed} from '../support/atRest.js';
import {nothingStored} from '../support/backups.js';
import {everything} from '../support/everything.js';
import {inGuest} from '../support/machine.js';
import {countKeys, putKeys, queueLimit} from '../support/nodeData.js';
import {openRing, ringStatus} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds} from '../support/tool.js';
import {openTrove} from '../support/trove.js';
import {filled, runCommands, type Values} from '../support/usagePage.js';
import {twoVersions, stepsOfTwoVersions} from '../support/withServers.js';

const keys = 100;

type Opened = Awaited<ReturnType<typeof openRing>>;

/** What is to be seen after a command that begins so. */
type Effect = readonly [command: string, see: (said: string) => Promise<void>];

const valuesOf = ({demo, network, image, ring}: Opened): Values => {
	const {ask} = openTrove(demo);
	const idOf = async (place: string, kind: string, name: string): Promise<string> =>
		(await ask<Record<string, ReadonlyArray<{id: string; name: string}>>>('GET', place))[kind]!.find(each => each.name === name)!.id;
	return {
		NETWORK: async () => network,
		GROUP_ID: async () => idOf('/configurations', 'configurations', 'my-ring'),
		BACKUP_ID: async () => idOf('/k2hdkc/cluster_backups', 'cluster_backups', 'tuesday'),
		INSTANCE_ID: async () => idOf('/instances', 'instances', 'node'),
		MEMBER_ID: async () => (await ring.cluster())!.instances[0]!.id,
		CLUSTER_ID: async () => (await ring.cluster())!.id,
		IMAGE_ID: async () => image,
		// Half of what DevStack's own have.
		'm1.small': async () => 'ds1G',
		'm1.medium': async () => 'ds2G',
	};
};

/** The single instances as their user, their rings and their nodes see them. */
const lookAt = (t: ExecutionContext, {all, demo, words}: Opened) => {
	const serverOf = async (name: string): Promise<string> => (await all.list()).find(server => server.name === name)!.id;
	const instance = async (name: string): Promise<Listed> => {
		const {ask} = openTrove(demo);
		const {instances} = await ask<{instances: readonly Listed[]}>('GET', '/instances');
		return instances.find(each => each.name === name)!;
	};

	const serversOfRing = async (ring: string): Promise<readonly string[]> => (await ringStatus(t, ring, words)).members.map(({cuk}) => cuk);
	return {
		serverOf, instance, serversOfRing,
		async isIn(name: string, ring: string): Promise<void> {
			t.deepEqual(await serversOfRing(ring), [await serverOf(name)], `${name} in ${ring}`);
		},
		async isNoRing(ring: string): Promise<void> {
			t.false((await ringStatus(t, ring, words)).registered, ring);
		},
		async image(server: string): Promise<string> {
			return (await inGuest(server, 'docker inspect --format "{{.Config.Image}}" database')).trim().replace(/^.*:/, '');
		},
		async hasKeys(name: string): Promise<void> {
			t.is(await countKeys(await serverOf(name), keys), keys, name);
		},
	};
};

const effectsOnInstances = (t: ExecutionContext, opened: Opened): readonly Effect[] => {
	const {serverOf, instance, isIn, isNoRing, image, hasKeys} = lookAt(t, opened);
	const restarts = [
		async () => isIn('node', 'my-ring'),
		async () => {
			await isNoRing('my-ring');
			await isIn('node', (await instance('node')).id);
		},
	];
	return [
		['instance create node', async () => {
			await isIn('node', (await instance('node')).id);
			await putKeys(await serverOf('node'), keys);
		}],
		['configuration attach node', async () => {
			t.is((await instance('node')).status, 'RESTART_REQUIRED');
		}],
		['configuration detach node', async () => {
			t.is((await instance('node')).status, 'RESTART_REQUIRED');
		}],
		['instance restart node', async () => restarts.shift()!()],
		['configuration default node', async said => {
			t.regex(said, /chmpx-replica/);
		}],
		['instance resize flavor node', async () => {
			t.is((await instance('node')).flavor.id, 'd3');
			await hasKeys('node');
		}],
		['instance resize volume node', async () => {
			t.is((await instance('node')).volume.size, 2);
			t.true(Number(await inGuest(await serverOf('node'), 'df --output=size --block-size=1M /var/lib/antpickax/k2hdkc | tail -n 1')) > 1500);
			await hasKeys('node');
		}],
		['instance upgrade node', async () => {
			t.is(await image(await serverOf('node')), '1.0.20');
			t.is((await instance('node')).datastore.version, '1.0.20');
			await hasKeys('node');
		}],
		['instance rebuild', async () => hasKeys('node')],
		['log list node', async said => {
			t.regex(said, /k2hdkc/);
		}],
		['log tail node', async said => {
			t.regex(said, /\S/);
			t.notRegex(said, /ERROR/);
		}],
		['instance create again', async () => hasKeys('again')],
	];
};

/** The group of the cluster is changed, detached and attached again, each with a restart after it. */
const effectsOfConfiguration = (t: ExecutionContext, opened: Opened): readonly Effect[] => {
	const {ring, demo, words} = opened;
	const {serversOfRing} = lookAt(t, opened);
	const members = async () => (await ring.cluster())!.instances;
	const mustRestart = async (): Promise<void> => {
		const ids = new Set((await members()).map(({id}) => id));
		t.deepEqual((await listInstances(demo)).filter(({id}) => ids.has(id)).map(({status}) => status), ['RESTART_REQUIRED', 'RESTART_REQUIRED']);
	};

	/** All members are in that ring and run with that limit, and the other ring is none. */
	const runsIn = async (name: string, other: string, limit: string): Promise<void> => {
		const servers = await ring.serversOf(await members());
		t.is(servers.length, 2);
		t.deepEqual((await serversOfRing(name)).toSorted(), servers.toSorted(), name);
		for (const server of servers) {
			t.is(await queueLimit(server), limit, server);
		}

		// What a cluster has left is taken out of K2HR3 when its task is over.
		await until(`${other} is no ring`, async () => (await ringStatus(t, other, words)).registered ? undefined : true, 60);
	};

	const shown = [/ACTIVE|HEALTHY/g, /RESTART_REQUIRED/g];
	const restarts = [
		async () => runsIn('my-ring', 'shop', '208'),
		async () => runsIn('shop', 'my-ring', '136'),
		async () => runsIn('my-ring', 'shop', '208'),
	];
	return [
		['configuration parameter set GROUP_ID', mustRestart],
		['cluster list instances shop', async said => {
			t.is(said.match(shown.shift()!)?.length, 2, said);
		}],
		['cluster configuration detach shop', mustRestart],
		['cluster configuration attach shop', mustRestart],
		['cluster restart shop', async () => restarts.shift()!()],
	];
};

const effectsOnClusters = (t: ExecutionContext, opened: Opened): readonly Effect[] => {
	const {ring, demo} = opened;
	const {serverOf, image, isNoRing, hasKeys} = lookAt(t, opened);
	const whole = async (size: number): Promise<readonly string[]> => ring.serversOf(await ring.after(`seen with ${size}`, size, async () => undefined));
	return [
		['cluster create shop ', async () => {
			await whole(2);
		}],
		...effectsOfConfiguration(t, opened),
		['cluster grow shop', async () => {
			await whole(3);
		}],
		['cluster shrink shop', async () => {
			const [first] = await whole(2);
			await putKeys(first!, keys);
		}],
		['cluster upgrade shop', async () => {
			for (const server of await whole(2)) {
				t.is(await image(server), '1.0.20');
			}
		}],
		['cluster backup show tuesday', async said => {
			t.regex(said, /COMPLETED/);
		}],
		['cluster create shop2', async () => {
			t.is((await ringStatus(t, 'shop2', opened.words)).members.length, 2);
			t.not(await serverOf('shop2-member-1'), await serverOf('shop2-member-2'));
			await hasKeys('shop2-member-1');
			await hasKeys('shop2-member-2');
		}],
		['cluster delete shop2', async () => isNoRing('shop2')],
		['cluster delete shop', async () => isNoRing('my-ring')],
		['backup delete monday', async () => nothingStored(demo)],
	];
};

// K2HDKC and K2HR3 are stand-ins; all else is what a user has.
test.serial('the commands of docs/usage.md work as they stand, in the order of the page, and nothing is left', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	// Half an hour without a result would end the suite.
	t.timeout(60 * 60 * 1000);
	const opened = await openRing(t, 'my-ring', {cluster: 'shop', more: twoVersions, steps: stepsOfTwoVersions});
	const {demo, words} = opened;
	const before = await everything(demo);
	const values = valuesOf(opened);
	const effects = [...effectsOnInstances(t, opened), ...effectsOnClusters(t, opened)];
	const seen = new Set<string>();
	for (const block of await readBlocks()) {
		// Variables of a shell are known to the rest of their block only.
		for (const command of block.needs === '' ? [block.text] : commandsOf(block)) {
			const started = Date.now();
			const said = await runCommands(block, await filled(command, values));
			await atRest(demo, command);
			t.log(`${command.split('\n')[0]!.slice(0, 80)}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
			const effect = effects.find(([begins]) => command.startsWith(`openstack database ${begins}`));
			await effect?.[1](said);
			seen.add(effect?.[0] ?? '');
		}
	}

	t.deepEqual(effects.filter(([begins]) => !seen.has(begins)).map(([begins]) => begins), [], 'commands that the page no longer has');
	t.deepEqual(await everything(demo), before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
