import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {exitCodes} from '../errors/toolError.js';
import type {Emit} from '../pipeline/events.js';
import type {Plan} from '../pipeline/types.js';
import {changes, planDocument, renderPlan} from '../report/plan.js';
import {renderLeftOut} from '../report/summary.js';
import type {Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {engineFor, planOptionsOf, withEnvironment} from './session.js';

/** For commands that only look: notices go to stderr, nothing else is told. */
export const noticesOf = (context: CommandContext): Emit => event => {
	if (event.type === 'notice') {
		context.stderr.line(event.level === 'warn' ? `warning: ${event.message}` : event.message);
	}
};

/** Prints a plan, and what the environment does without when it is carried out. */
export const printPlan = (context: CommandContext, options: Options, {leftOut}: Pick<Environment, 'leftOut'>, plan: Plan): void => {
	const explain = options.explain ?? false;
	printResult(context, options, {
		document: () => ({...planDocument(plan, explain), leftOut}),
		lines: color => [...renderPlan(plan, {color, explain}), ...renderLeftOut(leftOut, color)],
	});
};

/** What `up` would do and why. Changes nothing. */
export const plan: CommandRun = async (context, options, [profile]) => {
	const loaded = loadFor(context, options, profile);
	const emit = noticesOf(context);
	emit({type: 'notice', level: 'info', message: loaded.reason});
	return withEnvironment(context, loaded, async environment => {
		const engine = await engineFor(context, environment, {emit});
		const made = await engine.plan(await planOptionsOf(context, options, profile));
		printPlan(context, options, environment, made);
		return options.detailedExitcode && made.some(step => changes(step) || step.verdict === 'ADOPT') ? exitCodes.pending : exitCodes.ok;
	});
};
