import {randomUUID} from 'node:crypto';
import test from 'ava';
import {needs, type Needs} from '../../helpers/needs.js';
import {commands} from './contract/commands.js';
import {files} from './contract/files.js';
import {forwards} from './contract/forwards.js';
import {jobs} from './contract/jobs.js';
import {locks} from './contract/locks.js';
import type {MachineUnderTest} from './contract/stage.js';

/** A machine, and what this one needs to have it. */
export type MachineFactory = {
	readonly name: string;
	readonly needs: Needs;
	readonly start: () => Promise<MachineUnderTest>;
};

const cases = [...commands, ...files, ...jobs, ...locks, ...forwards];

/** Declares the tests that every machine must pass. */
export const machineContract = (factory: MachineFactory): void => {
	const started: {machine?: Promise<MachineUnderTest>} = {};
	test.after.always(async () => {
		const machine = await started.machine?.catch(() => undefined);
		await machine?.stop();
	});
	for (const [title, run] of cases) {
		test.serial(`${factory.name}: ${title}`, async t => {
			if (!await needs(t, factory.needs)) {
				return;
			}

			started.machine ??= factory.start();
			const underTest = await started.machine;
			const {machine, host} = underTest;
			const place = `/tmp/k2hdkc-devstack-test-${randomUUID()}`;
			const directory = `${place}-jobs`;
			await machine.run(['mkdir', '-p', place]);
			t.teardown(async () => {
				await machine.run(['rm', '-rf', place]);
				await host.run(['rm', '-rf', directory]);
			});
			await run(t, {...underTest, place, jobs: directory, job: (id, argv, more = {}) => ({id, directory, argv, ...more})});
		});
	}
};
