import type {Node} from './graph.js';

/** `ok`: what stands on it may start. `changed`: what stands on it must look again. */
export type Ended = {readonly ok: boolean; readonly changed: boolean};

export type ScheduleOptions<S> = {
	readonly concurrency: number;
	/** Asked before each start; once false, only what runs is waited for. */
	readonly mayStart: () => boolean;
	/** `upstreamChanged`: something it stands on, directly or not, was changed in this run. What it throws ends the schedule once all that runs has ended. */
	readonly run: (step: S, upstreamChanged: boolean) => Promise<Ended>;
};

/**
 * Runs steps side by side, each after all its needs ended well; needs that are not in the list count as met.
 * What stands on a failed step is not started. Resolves with the steps that were never started.
 */
export const schedule = async <S extends Node>(steps: readonly S[], {concurrency, mayStart, run}: ScheduleOptions<S>): Promise<readonly S[]> => {
	const waiting = new Set(steps);
	const ended = new Map<string, Ended>();
	const running = new Map<string, Promise<void>>();
	const listed = new Set(steps.map(({id}) => id));

	const needsOf = (step: S): readonly string[] => step.needs.filter(need => listed.has(need));
	const isReady = (step: S): boolean => needsOf(step).every(need => ended.get(need)?.ok);
	const start = (step: S): void => {
		waiting.delete(step);
		const upstreamChanged = needsOf(step).some(need => ended.get(need)?.changed);
		running.set(step.id, (async () => {
			const end = await run(step, upstreamChanged);
			ended.set(step.id, {ok: end.ok, changed: end.changed || upstreamChanged});
			running.delete(step.id);
		})());
	};

	const startReady = (): void => {
		for (const step of waiting) {
			if (running.size >= concurrency || !mayStart()) {
				return;
			}

			if (isReady(step)) {
				start(step);
			}
		}
	};

	startReady();
	while (running.size > 0) {
		try {
			await Promise.race(running.values());
		} catch (error) {
			await Promise.allSettled(running.values());
			throw error;
		}

		startReady();
	}

	return [...waiting];
};
