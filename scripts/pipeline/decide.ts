import type {Decision, Probe, Step, StepRecord} from './types.js';

/** How the last job of an interrupted step stands. */
export type LastJob = {
	readonly id: string;
	readonly state: 'running' | 'ended' | 'failed' | 'lost';
	/** For `running`: ISO 8601, UTC. */
	readonly since?: string;
	/** For `failed`: its exit code. */
	readonly code?: number;
};

export type DecideInput = {
	/** Of this machine: a state file of another machine is void as a whole. */
	readonly record?: StepRecord | undefined;
	readonly inputHash: string;
	readonly probe: Probe;
	/** Ids of the steps that must be in place first and are not: the probe could not look yet. */
	readonly waitsFor?: readonly string[];
	/** A step that it stands on ran since the probe of the plan; the probe given here was taken afterwards. */
	readonly upstreamReran: boolean;
	/** The record was written since the last boot. */
	readonly bootMatches: boolean;
	readonly volatile: boolean;
	readonly rerun: NonNullable<Step['rerun']>;
	/** The step has an action that takes it back. */
	readonly undoable: boolean;
	/** A result that is there is that of these inputs, whatever the record says. */
	readonly namedByInputs: boolean;
	/** `--fresh`: do it again although it is in place. */
	readonly fresh: boolean;
	/** The step can move aside what somebody else has made or changed, and so takes its place with `--fresh`. */
	readonly putsAside: boolean;
	/** Of a step that was interrupted: how its last job stands. */
	readonly lastJob?: LastJob | undefined;
};

const decision = (verdict: Decision['verdict'], reason: string): Decision => ({verdict, reason});

const again = (input: DecideInput, reason: string): Decision =>
	decision(input.undoable && !input.record?.adopted ? 'UNDO+RUN' : 'RERUN', reason);

/** Whatever is there, somebody else's too, gives way. */
const givesWay = ({fresh, putsAside}: DecideInput): boolean => fresh && putsAside;

const because = 'because of --fresh';

const withPlaceCleared = ({probe}: DecideInput): string => `${because}, after what somebody has made or changed is put aside: ${probe.evidence}`;

const withoutRecord = (input: DecideInput): Decision => {
	const {probe, waitsFor} = input;
	if (waitsFor?.length) {
		return decision('RUN', `not done yet, runs after ${waitsFor.join(', ')}`);
	}

	if (givesWay(input) && probe.state !== 'absent') {
		return decision('RUN', `done ${withPlaceCleared(input)}`);
	}

	if (probe.state === 'present') {
		return decision('ADOPT', `was there already: ${probe.evidence}`);
	}

	return decision('RUN', `${probe.state === 'broken' ? 'found incomplete' : 'not done yet'}: ${probe.evidence}`);
};

const whatTheJobDid = ({id, state, code}: LastJob): string => {
	if (state === 'failed') {
		return `its job ${id} failed with code ${code ?? 'unknown'}`;
	}

	return state === 'lost' ? `the outcome of its job ${id} is not known` : `its job ${id} has ended`;
};

/** A record `running` means that nobody saw the end. The marker proves nothing; only a job that ended well and a probe that has turned do. */
const interrupted = (input: DecideInput, record: StepRecord): Decision => {
	const {probe, lastJob, inputHash, waitsFor} = input;
	if (lastJob?.state === 'running') {
		return record.inputHash === inputHash
			? decision('RERUN', `was interrupted, its job ${lastJob.id} still runs${lastJob.since === undefined ? '' : ` since ${lastJob.since}`} and is followed to its end first`)
			: decision('RERUN', `was interrupted and its inputs have changed, its job ${lastJob.id} is ended first`);
	}

	const lostByBoot = input.volatile && !input.bootMatches;
	const turned = probe.state === 'present' && !record.wasPresent && record.inputHash === inputHash;
	if (lastJob?.state === 'ended' && turned && !lostByBoot && !waitsFor?.length && !input.fresh) {
		return decision('SKIP', `was interrupted, but its job ${lastJob.id} ended well and the result is verified: ${probe.evidence}`);
	}

	const job = lastJob ? `, ${whatTheJobDid(lastJob)}` : '';
	const found = waitsFor?.length ? `runs after ${waitsFor.join(', ')}` : `the probe says ${probe.state}: ${probe.evidence}`;
	return decision('RERUN', `was interrupted${job}; ${found}`);
};

const notInPlace = (input: DecideInput): Decision => {
	const {probe} = input;
	if (input.waitsFor?.length) {
		return decision('RERUN', `was done, but ${input.waitsFor.join(', ')} must be in place first`);
	}

	if (input.volatile && !input.bootMatches) {
		return decision('RERUN', `lost by a reboot: ${probe.evidence}`);
	}

	return decision('RERUN', `${input.upstreamReran ? 'lost when a step it stands on ran again' : `was done but is ${probe.state} now`}: ${probe.evidence}`);
};

const finished = (input: DecideInput, record: StepRecord): Decision => {
	const {probe} = input;
	const stands = probe.state === 'present' && !input.waitsFor?.length;
	if (record.inputHash !== input.inputHash && !(stands && input.namedByInputs)) {
		return decision('RERUN', `its inputs have changed since ${record.endedAt ?? record.startedAt}`);
	}

	return stands
		? decision('SKIP', `in place and verified: ${probe.evidence}`)
		: notInPlace(input);
};

/** In place where that is possible: whoever wants the data gone as well says so with `down`. */
const anew = (input: DecideInput, record: StepRecord): Decision => {
	const inPlace = input.probe.state === 'present' && !input.waitsFor?.length;
	if (givesWay(input)) {
		return decision('RERUN', `done again ${input.probe.state === 'absent' ? because : withPlaceCleared(input)}`);
	}

	if (record.adopted && record.status === 'done' && inPlace) {
		return decision('SKIP', `was there before this tool, --fresh leaves it alone: ${input.probe.evidence}`);
	}

	return input.rerun === 'undo-always' ? again(input, `done again ${because}`) : decision('RERUN', `done again ${because}`);
};

const withRecord = (input: DecideInput, record: StepRecord): Decision => {
	if (record.status === 'undoing') {
		return again(input, 'taking it back was interrupted');
	}

	const changed = record.inputHash !== input.inputHash;
	if (changed && input.rerun !== 'in-place' && input.lastJob?.state !== 'running') {
		return again(input, `its inputs have changed since ${record.endedAt ?? record.startedAt}`);
	}

	if (input.fresh) {
		return anew(input, record);
	}

	switch (record.status) {
		case 'running': {
			return interrupted(input, record);
		}

		case 'failed': {
			return decision('RERUN', `failed last time${record.code === undefined ? '' : ` (${record.code})`}`);
		}

		case 'done': {
			return finished(input, record);
		}
	}
};

/** Whether a job that still runs does what is wanted now, and so is followed to its end. Any other live job is ended. */
export const followsJob = ({record, inputHash, fresh}: Pick<DecideInput, 'record' | 'inputHash' | 'fresh'>): boolean =>
	!fresh && record?.status === 'running' && record.inputHash === inputHash;

/**
 * What is to be done about one step, with one sentence that says why. Total and pure. It never says SKIP unless the probe
 * says `present`: a record is what we did, the probe is what is there.
 */
export const decide = (input: DecideInput): Decision => {
	if (input.probe.state === 'unknown' && !input.waitsFor?.length && input.lastJob?.state !== 'running' && !givesWay(input)) {
		return decision('BLOCK', `the probe cannot tell: ${input.probe.evidence}`);
	}

	return input.record ? withRecord(input, input.record) : withoutRecord(input);
};
