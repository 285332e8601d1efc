import type {ExecutionContext} from 'ava';
import type {Cloud} from './cloud.js';
import {until} from './servers.js';
import {openTrove} from './trove.js';
import {twoVersions} from './withServers.js';

/** What is given up is given up after less time than by default, and so is what a guest does not answer, so that the tests do not wait as long. */
export const impatient: readonly string[] = [
	...twoVersions,
	'--set', 'datastore.options={abandoned_task_time_out: 90, leave_timeout: 60}', '--set', 'trove.conf.DEFAULT.usage_timeout=300',
];

/** What an instance tells of itself. */
export type Told = {
	readonly id: string; readonly status: string; readonly operating_status?: string;
	readonly flavor: {readonly id: string}; readonly volume: {readonly size: number}; readonly datastore: {readonly version: string};
	readonly fault?: {readonly message: string; readonly created: string};
};

const passing = new Set(['BUILD', 'REBOOT', 'RESIZE', 'UPGRADE', 'BACKUP']);

/** Seconds until a task must have ended, whatever happened. */
const patience = 1200;

/** Seconds in which a node that was stopped by the fault comes back by itself, and its agent reports. */
const recovery = 150;

export const toldOf = async (demo: Cloud, id: string): Promise<Told | undefined> => openTrove(demo).find('instance', id);

/** What an instance tells when its task has ended. */
export const endOf = async (demo: Cloud, id: string): Promise<Told> => until(`the task of ${id} has ended`, async () => {
	const told = await toldOf(demo, id);
	if (told === undefined) {
		throw new Error(`instance ${id} is gone`);
	}

	return passing.has(told.status) ? undefined : told;
}, patience);

/** Trove's times have no zone, and no part of a second. */
const isSince = (time: string, moment: number): boolean => Date.parse(`${time.replace('Z', '')}Z`) >= Math.floor(moment / 1000) * 1000;

/** Whether an instance tells why something went wrong since then. */
export const isTold = (told: Told | undefined, moment: number): boolean => told?.fault !== undefined && isSince(told.fault.created, moment);

/** What came of a task, in a word for the log. An instance that is neither as wanted nor tells why fails the test. */
export const judgeTask = async (t: ExecutionContext, demo: Cloud, id: string, begun: number, isDone: () => Promise<boolean>): Promise<'done' | 'failed'> => {
	await endOf(demo, id);
	const done = await until('done', async () => {
		const told = await endOf(demo, id);
		if (told.status !== 'ACTIVE') {
			return false;
		}

		return told.operating_status === 'HEALTHY' && await isDone().catch(() => false) ? true : undefined;
	}, recovery).catch(() => false);
	if (done) {
		return 'done';
	}

	const told = await endOf(demo, id);
	t.log(`${told.status} ${told.operating_status ?? ''}: ${told.fault?.message ?? 'no reason'}`);
	t.true(isTold(told, begun), `neither done nor failed: ${JSON.stringify(told)}`);
	return 'failed';
};
