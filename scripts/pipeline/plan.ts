import {ToolError} from '../errors/toolError.js';
import {decide, type DecideInput, type LastJob} from './decide.js';
import {neededOutside, select, type Selection} from './graph.js';
import {hashInputs} from './hash.js';
import {patience, patienceWithoutNeeds} from './look.js';
import {refuseOutside, type Offline} from './outside.js';
import {schedule} from './schedule.js';
import {wayBack, type Plan, type PlannedStep, type Probe, type Step, type StepRecord} from './types.js';

/** What the plan is made from; everything it learns from outside comes through here. */
export type PlanInput<T> = {
	/** In the order of `order`. */
	readonly steps: ReadonlyArray<Step<T>>;
	readonly env: T;
	readonly selection: Selection;
	readonly fresh: boolean;
	/** Nothing outside may be reached. */
	readonly offline?: Offline | undefined;
	readonly bootId: string;
	readonly recordOf: (id: string) => StepRecord | undefined;
	/** `timeout` in seconds. */
	readonly look: (step: Step<T>, timeout: number) => Promise<Probe>;
	/** How the last job of an interrupted step stands. */
	readonly lastJobOf: (record: StepRecord) => Promise<LastJob | undefined>;
};

/** Probes at a time. */
const width = 6;

type Circumstances = Pick<DecideInput, 'record' | 'inputHash' | 'probe' | 'upstreamReran' | 'waitsFor' | 'lastJob' | 'fresh'>;

/** `decide` with what the step says about itself. */
export const decideStep = <T>(step: Step<T>, bootId: string, circumstances: Circumstances): ReturnType<typeof decide> => decide({
	...circumstances,
	bootMatches: circumstances.record?.bootId === bootId,
	volatile: step.volatile ?? false,
	rerun: step.rerun ?? 'in-place',
	undoable: wayBack(step.undo) !== undefined,
	namedByInputs: step.namedByInputs ?? false,
	putsAside: step.putAside !== undefined,
});

type Seen = {readonly probe: Probe; readonly waitsFor: readonly string[]};

/**
 * What cannot be seen yet is not looked at: a probe needs what its step stands on, and a running job has no result.
 * A step that was done may stand although something below it has a fault: it waits only when it is not seen to stand.
 */
const probeFor = async <T>(step: Step<T>, unmet: readonly string[], {record, lastJob}: Pick<DecideInput, 'record' | 'lastJob'>, {look}: PlanInput<T>): Promise<Seen> => {
	if (lastJob?.state === 'running') {
		return {probe: {state: 'unknown', evidence: `job ${lastJob.id} still runs`}, waitsFor: unmet};
	}

	if (unmet.length === 0 || record?.status === 'done') {
		const probe = await look(step, unmet.length === 0 ? patience : patienceWithoutNeeds);
		if (unmet.length === 0 || probe.state === 'present') {
			return {probe, waitsFor: []};
		}
	}

	return {probe: {state: 'absent', evidence: `waits for ${unmet.join(', ')}`}, waitsFor: unmet};
};

const planStep = async <T>(step: Step<T>, unmet: readonly string[], input: PlanInput<T>): Promise<PlannedStep> => {
	const record = input.recordOf(step.id);
	const inputs = step.inputs(input.env);
	const inputHash = hashInputs(inputs);
	const lastJob = record?.status === 'running' ? await input.lastJobOf(record) : undefined;
	const {probe, waitsFor} = await probeFor(step, unmet, {record, lastJob}, input);
	const decision = decideStep(step, input.bootId, {record, inputHash, probe, waitsFor, upstreamReran: false, lastJob, fresh: input.fresh});
	return {
		...decision,
		id: step.id, stage: step.stage, title: step.title, expected: step.expected, inputHash, probe, inputs,
		...(record?.inputs === undefined || record.inputHash === inputHash ? {} : {previousInputs: record.inputs}),
		...(record ? {record} : {}),
	};
};

const checkOutside = (planned: ReadonlyMap<string, PlannedStep>, outside: ReadonlyMap<string, readonly string[]>): void => {
	for (const [need, users] of outside) {
		const {probe} = planned.get(need)!;
		if (probe.state !== 'present') {
			throw new ToolError('K2D1017', `${users.join(' and ')} ${users.length === 1 ? 'needs' : 'need'} ${need}, which is left out and not in place: ${probe.evidence}.`, {
				remedy: `Add --with ${need}, or leave ${users.join(' and ')} out as well.`,
			});
		}
	}
};

/**
 * Looks at every selected step and decides. A step that was never done, and whose needs are not in place, waits for them.
 * Steps that are left out but needed must be in place, otherwise K2D1017. Offline, no step may need the outside, otherwise K2D6060.
 */
export const makePlan = async <T>(input: PlanInput<T>): Promise<Plan> => {
	const selected = select(input.steps, input.selection);
	const outside = neededOutside(input.steps, selected);
	const considered = input.steps.filter(({id}) => selected.has(id) || outside.has(id));
	const planned = new Map<string, PlannedStep>();
	await schedule(considered, {
		concurrency: width,
		mayStart: () => true,
		async run(step) {
			const unmet = step.needs.filter(need => planned.has(need) && planned.get(need)!.probe.state !== 'present');
			planned.set(step.id, await planStep(step, unmet, input));
			return {ok: true, changed: false};
		},
	});
	checkOutside(planned, outside);
	const plan = input.steps.filter(({id}) => selected.has(id)).map(({id}) => planned.get(id)!);
	if (input.offline) {
		refuseOutside(plan, input.steps, input.env, input.offline);
	}

	return plan;
};
