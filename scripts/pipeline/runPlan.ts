import type {Failure} from './events.js';
import {stopped} from './interrupts.js';
import {linger} from './linger.js';
import type {RunContext} from './runContext.js';
import {schedule} from './schedule.js';
import {runStep} from './stepRun.js';
import type {Plan, Step} from './types.js';
import {stopRunningOn} from './undo.js';

export type RunPlanOptions = {
	readonly concurrency: number;
	/** Seconds that a stopped run waits for a second Ctrl-C. */
	readonly linger: number;
	readonly confirm?: ((plan: Plan) => Promise<boolean>) | undefined;
};

/** Does what the plan says, independent steps side by side. Resolves with all failures; throws K2D2006 when nobody confirmed. */
export const runPlan = async <T>(ordered: ReadonlyArray<Step<T>>, plan: Plan, context: RunContext<T>, options: RunPlanOptions): Promise<readonly Failure[]> => {
	const {stop} = context.interrupts;
	if (options.confirm && !await options.confirm(plan)) {
		throw stopped(stop);
	}

	const failures = [...await stopRunningOn(ordered, plan, context, options.concurrency)];
	if (failures.length > 0 || stop.aborted) {
		return failures;
	}

	const planned = new Map(plan.map(step => [step.id, step]));
	const notStarted = await schedule(ordered.filter(({id}) => planned.has(id)), {
		concurrency: options.concurrency,
		mayStart: () => !stop.aborted,
		async run(step, upstreamChanged) {
			const {result, changed, failure} = await runStep(step, planned.get(step.id)!, upstreamChanged, context);
			if (failure) {
				failures.push(failure);
			}

			return {ok: result !== 'failed' && result !== 'interrupted', changed};
		},
	});
	if (notStarted.length > 0) {
		const names = notStarted.map(({id}) => id).join(', ');
		context.emit({type: 'notice', level: 'info', message: `Not started${stop.aborted ? '' : ', because they stand on a step that failed'}: ${names}.`});
	}

	if (stop.aborted) {
		await linger(context, options.linger);
	}

	return failures;
};
