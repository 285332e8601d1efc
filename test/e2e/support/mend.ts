import type {ExecutionContext} from 'ava';
import {document, expect, follow, run, worked} from './tool.js';

export type PlanDocument = {readonly pending: boolean; readonly steps: ReadonlyArray<{readonly id: string; readonly verdict: string; readonly reason: string; readonly inputs?: unknown}>};
export type StatusDocument = {
	readonly inPlace: boolean;
	readonly steps: ReadonlyArray<{readonly id: string; readonly standing: string}>;
	readonly endpoints: ReadonlyArray<{readonly name: string; readonly url: string}>;
};

/** Steps that a plan does something about. */
export const changing = ({steps}: PlanDocument): string[] => steps.filter(({verdict}) => verdict !== 'SKIP').map(({id}) => id).toSorted();

/** Versions of the datastore that Trove offers. */
export const versionsOf = async (t: ExecutionContext): Promise<string[]> => {
	const {stdout} = await expect(t, 0, ['openstack', '--', 'datastore', 'version', 'list', 'k2hdkc', '-f', 'json']);
	return (JSON.parse(stdout) as Array<{Name: string}>).map(version => version.Name).toSorted();
};

/** `up` that is expected to end verified; gives the steps it worked on, with the reasons. */
export const mend = async (t: ExecutionContext, args: readonly string[] = []): Promise<ReadonlyMap<string, string>> => {
	const {code, events, stderr, seconds} = await follow(['up', ...args], () => undefined);
	t.is(code, 0, stderr);
	t.log(`up ${args.join(' ')}: ${seconds.toFixed(1)} s for ${worked(events).join(', ')}`);
	t.true(document<StatusDocument>(await run(['status', '--json', ...args])).inPlace);
	return new Map(events.flatMap(event => event.type === 'step-start' ? [[event.step.id, event.reason]] : []));
};

/** The same, where it is to be these steps and no others. */
export const mends = async (t: ExecutionContext, steps: readonly string[], args: readonly string[] = []): Promise<void> => {
	t.deepEqual([...(await mend(t, args)).keys()].toSorted(), steps.toSorted());
};
