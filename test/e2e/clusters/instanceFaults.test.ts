import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {everything} from '../support/everything.js';
import {containerKilled, dockerRestarted, guestStopped, holdNode, releaseNode, taskManagerKilled, type Fault} from '../support/faults.js';
import {openInstances} from '../support/instances.js';
import {endOf, impatient, judgeTask, toldOf} from '../support/judge.js';
import {inGuest} from '../support/machine.js';
import {countKeys, putKeys} from '../support/nodeData.js';
import {openedOnce} from '../support/openedOnce.js';
import {openRing} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, hostNeeds, paths} from '../support/tool.js';
import {openTrove} from '../support/trove.js';
import {stepsOfTwoVersions} from '../support/withServers.js';

const datastore = {type: 'k2hdkc', version: '1.0.19'};
const versions = ['1.0.19', '1.0.20'] as const;
const keys = 50;

type Opened = Awaited<ReturnType<typeof open>>;

/** Of one operation on the instance `node`. */
type Operation = {
	readonly name: string;
	readonly fault: Fault;
	/** Before it is asked for, the first time. */
	readonly hold?: (opened: Opened) => Promise<void>;
	/** Asks for it, with the words that a user has, and tells by what is seen that it is done. */
	readonly ask: (opened: Opened) => Promise<() => Promise<boolean>>;
	/** Returns when it is in its middle. */
	readonly middle: (opened: Opened) => Promise<void>;
	/** After the fault, where something was held. */
	readonly goesOn?: (opened: Opened) => Promise<void>;
};

const open = async (t: ExecutionContext) => {
	const opened = await openRing(t, 'node', {
		more: impatient, steps: stepsOfTwoVersions,
		teardown(remove) {
			removePrefix = remove;
		},
	});
	const {all, demo, network, image} = opened;
	const instances = openInstances(demo);
	const before = await everything(demo);
	const state = {id: ''};
	const serverNow = async () => (await all.list()).find(({name}) => name === 'node');
	const server = async (): Promise<string> => (await serverNow())!.id;
	const told = async () => (await toldOf(demo, state.id))!;
	return {
		...opened, instances, before, image, serverNow, server, told,
		administrator: openTrove(await openCloud((await paths()).environment)),
		id: (): string => state.id,
		async create(): Promise<void> {
			state.id = await instances.create({name: 'node', flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}], datastore});
		},
		/** Makes sure that there is an instance that serves, with keys. */
		async ready(): Promise<void> {
			if (state.id === '') {
				await this.create();
				await instances.settled(state.id, ['ACTIVE', 'HEALTHY']);
			}

			await until('the node serves', async () => (await told()).operating_status === 'HEALTHY' ? true : undefined);
			await putKeys(await server(), keys);
		},
		async remove(): Promise<void> {
			await instances.remove(state.id);
			state.id = '';
		},
		async hasKeys(): Promise<boolean> {
			return await countKeys(await server(), keys) === keys;
		},
		/** What docker says of the container of the node. */
		async container(template: string): Promise<string> {
			return (await inGuest(await server(), `docker inspect --format "${template}" database`)).trim();
		},
	};
};

const serverIs = (...wanted: readonly string[]) => async ({serverNow}: Opened): Promise<void> => {
	await until(`the server is ${wanted.join(' or ')}`, async () => wanted.includes((await serverNow())?.status ?? '') ? true : undefined);
};

const create = {
	name: 'create',
	async ask(opened) {
		await (opened.id() === '' ? undefined : opened.remove());
		await opened.create();
		return async () => true;
	},
	middle: serverIs('ACTIVE'),
} satisfies Partial<Operation>;

/** A node that is held takes all the time that it has to be stopped: twelve seconds. */
const held = {
	hold: async ({server}) => holdNode(await server()),
	goesOn: async ({server}) => releaseNode(await server()),
} satisfies Partial<Operation>;

const restart = {
	...held,
	name: 'restart',
	async ask({instances, container, id, hasKeys}) {
		const before = await container('{{.Id}}').catch(() => 'none');
		await instances.action(id(), {restart: {}});
		return async () => await container('{{.Id}}') !== before && hasKeys();
	},
	async middle() {
		await sleep(4000);
	},
} satisfies Partial<Operation>;

const resizeFlavor = {
	name: 'another flavor',
	async ask({instances, told, id, hasKeys}) {
		const wanted = (await told()).flavor.id === 'd2' ? 'd3' : 'd2';
		await instances.action(id(), {resize: {flavorRef: wanted}});
		return async () => (await told()).flavor.id === wanted && hasKeys();
	},
	middle: serverIs('VERIFY_RESIZE'),
} satisfies Partial<Operation>;

const resizeVolume = {
	name: 'a larger volume',
	async ask(opened) {
		const {instances, told, id, server, hasKeys} = opened;
		const wanted = (await told()).volume.size + 1;
		await instances.action(id(), {resize: {volume: {size: wanted}}});
		const mounted = async (): Promise<number> => Number(await inGuest(await server(), 'df --output=size --block-size=1M /var/lib/antpickax/k2hdkc | tail -n 1'));
		return async () => (await told()).volume.size === wanted && await mounted() > (wanted - 0.5) * 1024 && hasKeys();
	},
	async middle(opened) {
		const volume = (await opened.all.volumes()).find(({name}) => name.includes(opened.id()))!;
		await opened.all.volume(volume.id, 'available');
	},
} satisfies Partial<Operation>;

/** The version that runs is shown until the other does: again is to the same. */
const upgrade = {
	...held,
	name: 'upgrade',
	async ask({demo, container, told, id, hasKeys}) {
		const {version} = (await told()).datastore;
		const wanted = versions.find(each => each !== version)!;
		await openTrove(demo).ask('PATCH', `/instances/${id()}`, {instance: {datastore_version: wanted}});
		return async () => (await container('{{.Config.Image}}')).endsWith(wanted) && hasKeys();
	},
	async middle({server}) {
		await inGuest(await server(), 'for second in $(seq 120); do docker images --format "{{.Tag}}" | sort -u | grep -c "^1" | grep -q 2 && exit; sleep 1; done; exit 1');
		await sleep(3000);
	},
} satisfies Partial<Operation>;

const rebuild = {
	name: 'rebuild by an administrator',
	async ask({administrator, image, server, id, hasKeys}) {
		await inGuest(await server(), 'touch /root/before');
		await administrator.ask('POST', `/mgmt/instances/${id()}/action`, {rebuild: {image_id: image}});
		return async () => (await inGuest(await server(), 'test -e /root/before || echo new')) === 'new\n' && hasKeys();
	},
	middle: serverIs('REBUILD'),
} satisfies Partial<Operation>;

const operations: readonly Operation[] = [
	{...create, fault: taskManagerKilled},
	{...create, fault: containerKilled},
	{...restart, fault: taskManagerKilled},
	{...restart, fault: dockerRestarted},
	{...resizeFlavor, fault: taskManagerKilled},
	{...resizeVolume, fault: taskManagerKilled},
	{...resizeVolume, fault: guestStopped},
	{...upgrade, fault: dockerRestarted},
	{...upgrade, fault: guestStopped},
	{...rebuild, fault: taskManagerKilled},
];

let removePrefix = async (): Promise<void> => undefined;

test.after.always(async () => {
	await removePrefix();
});

const opened = openedOnce(open);

for (const {name, fault, hold, ask, middle, goesOn} of operations) {
	test.serial(`${name}, ${fault.name}, and it is done or tells why not, and can be done again`, async t => {
		if (!await needs(t, hostNeeds)) {
			return;
		}

		const place = await opened(t);
		await (name === 'create' ? undefined : place.ready());
		await hold?.(place);
		const begun = Date.now();
		const isDone = await ask(place);
		await middle(place);
		await fault.happens(place.all, await until('a server', async () => (await place.serverNow())?.id));
		await goesOn?.(place);
		const outcome = await judgeTask(t, place.demo, place.id(), begun, isDone);
		t.log(`${outcome} after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
		const again = async (): Promise<string> => {
			const asked = Date.now();
			const isDoneNow = await ask(place);
			const now = await judgeTask(t, place.demo, place.id(), asked, isDoneNow);
			t.log(`again ${now} after ${((Date.now() - asked) / 1000).toFixed(0)} s`);
			return now;
		};

		t.is(outcome === 'failed' ? await again() : outcome, 'done', 'again');
	});
}

test.serial('nothing is left of the instance', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const place = await opened(t);
	await endOf(place.demo, place.id());
	await place.remove();
	t.deepEqual(await everything(place.demo), place.before);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...place.words]);
});
