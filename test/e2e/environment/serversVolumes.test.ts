import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openCloud, type Cloud} from '../support/cloud.js';
import {inside, machineName} from '../support/machine.js';
import {document, expect, hostNeeds, paths, run} from '../support/tool.js';

type Thing = {readonly id: string; readonly status: string; readonly size: number};
type Kind = 'volume' | 'snapshot';
type Wanted = Readonly<Record<string, unknown>>;

const directory = '/var/lib/cinder/volumes';

const fileOf = (kind: Kind, {id}: {readonly id: string}): string => `${directory}/${kind}-${id}`;

const listFiles = async (): Promise<string[]> => (await inside(`ls -A ${directory}`)).split('\n').filter(Boolean);

/** Cinder as its clients see it. */
const cinderOf = ({project, ask}: Cloud) => {
	const place = (kind: Kind, id = ''): string => `/v3/${project}/${kind}s${id && `/${id}`}`;
	const show = async (kind: Kind, id: string): Promise<Thing | undefined> => {
		const {status, body} = await ask(8776, place(kind, id));
		return status === 404 ? undefined : (body as Record<Kind, Thing>)[kind];
	};

	/** Waits until it is in that state, or gone. */
	const until = async (kind: Kind, id: string, state: string): Promise<Thing | undefined> => {
		const end = Date.now() + 60_000;
		for (;;) {
			const thing = await show(kind, id);
			if ((thing?.status ?? 'gone') === state) {
				return thing;
			}

			if (Date.now() > end || (thing?.status.startsWith('error') && state !== 'gone')) {
				throw new Error(`${kind} ${id} is ${thing?.status ?? 'gone'}, not ${state}`);
			}

			await sleep(200);
		}
	};

	const begin = async (kind: Kind, wanted: Wanted): Promise<Thing> => {
		const {status, body} = await ask(8776, place(kind), {method: 'POST', body: {[kind]: wanted}});
		if (status !== 202) {
			throw new Error(`${status}: ${JSON.stringify(body)}`);
		}

		return (body as Record<Kind, Thing>)[kind];
	};

	return {
		until, begin,
		make: async (kind: Kind, wanted: Wanted): Promise<Thing> => (await until(kind, (await begin(kind, wanted)).id, 'available'))!,
		async extend(id: string, size: number): Promise<Thing | undefined> {
			await ask(8776, `${place('volume', id)}/action`, {method: 'POST', body: {'os-extend': {new_size: size}}});
			return until('volume', id, 'available');
		},
		async remove(kind: Kind, id: string): Promise<void> {
			await ask(8776, place(kind, id), {method: 'DELETE'});
			await until(kind, id, 'gone');
		},
	};
};

const write = async (volume: Thing, text: string): Promise<string> => inside(`printf '${text}' | dd of=${fileOf('volume', volume)} conv=notrunc status=none`);

const readStart = async (volume: Thing): Promise<string> => inside(`head -c 6 ${fileOf('volume', volume)}`);

/** Ends cinder-volume at once while the volume is being written, and nothing but its own processes. */
const killInTheMiddle = async (volume: Thing): Promise<string> => inside(`
for i in $(seq 2000); do [ -s ${fileOf('volume', volume)}.partial ] && break; sleep 0.01; done
[ -s ${fileOf('volume', volume)}.partial ]
main=$(systemctl show --property=MainPID --value cinder-volume)
kill -KILL $main $(pgrep --parent $main)`);

test.serial('volumes and snapshots are made, grow, are cloned and go, and their files with them', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const cinder = cinderOf(await openCloud((await paths()).environment));
	const first = await cinder.make('volume', {name: 'first', size: 1});
	t.is((await inside(`stat -c '%s %a %U' ${fileOf('volume', first)}`)).trim(), `${2 ** 30} 600 cinder`);
	t.true(Number(await inside(`du --block-size=1K ${fileOf('volume', first)} | cut -f1`)) < 1024);
	// As nova-compute does before it attaches one.
	await inside(`setpriv --reuid nova --regid nova --init-groups stat ${fileOf('volume', first)}`);

	await write(first, 'before');
	t.is((await cinder.extend(first.id, 2))?.size, 2);
	t.is((await inside(`stat -c %s ${fileOf('volume', first)}`)).trim(), `${2 ** 31}`);
	const snapshot = await cinder.make('snapshot', {volume_id: first.id});
	await write(first, 'after!');
	const restored = await cinder.make('volume', {size: 2, snapshot_id: snapshot.id});
	const clone = await cinder.make('volume', {size: 3, source_volid: first.id});
	t.deepEqual(await Promise.all([readStart(restored), readStart(clone)]), ['before', 'after!']);
	t.deepEqual((await listFiles()).toSorted(), [`snapshot-${snapshot.id}`, ...[first, restored, clone].map(({id}) => `volume-${id}`)].toSorted());

	await cinder.remove('snapshot', snapshot.id);
	await Promise.all([first, restored, clone].map(async ({id}) => cinder.remove('volume', id)));
	t.deepEqual(await listFiles(), []);
});

test.serial('cinder-volume is killed while it makes a volume of an image, and a clone: nothing is left', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const cloud = await openCloud((await paths()).environment);
	const cinder = cinderOf(cloud);
	t.teardown(async () => inside('rm -f /tmp/volumes.raw'));
	await inside('yes | head -c 200M >/tmp/volumes.raw');
	const {stdout} = await expect(t, 0, ['openstack', '--', 'image', 'create', '--file', '/tmp/volumes.raw', '--disk-format', 'raw', 'volumes', '-f', 'value', '-c', 'id']);
	const image = stdout.trim();

	const lost = await cinder.begin('volume', {size: 1, imageRef: image});
	await killInTheMiddle(lost);
	await cinder.until('volume', lost.id, 'error');
	t.deepEqual(await listFiles(), []);

	const source = await cinder.make('volume', {size: 1, imageRef: image});
	t.is(await readStart(source), 'y\ny\ny\n');
	const lostClone = await cinder.begin('volume', {size: 1, source_volid: source.id});
	await killInTheMiddle(lostClone);
	await cinder.until('volume', lostClone.id, 'error');
	t.deepEqual(await listFiles(), [`volume-${source.id}`]);
	t.is(await inside('pgrep --exact --count "cp|sync" || true'), '0\n');

	await Promise.all([lost, lostClone, source].map(async ({id}) => cinder.remove('volume', id)));
	await cloud.ask(9292, `/v2/images/${image}`, {method: 'DELETE'});
	t.deepEqual(await listFiles(), []);
	const {steps} = document<{steps: ReadonlyArray<{readonly id: string; readonly standing: string; readonly evidence: string}>}>(await run(['status', '--json']));
	t.regex(steps.find(({id}) => id === 'cinder.volumes')!.evidence, new RegExp(`${machineName}@file is up, with [\\d.]+ GiB free`));
});
