import {confirmDeletion} from '../cli/ask.js';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import type {LoadedConfig} from '../config/load.js';
import type {UpOptions} from '../pipeline/engine.js';
import type {Selection} from '../pipeline/graph.js';
import type {Plan} from '../pipeline/types.js';
import {renderFailures} from '../report/failures.js';
import {changes} from '../report/plan.js';
import type {Recorded} from '../report/recorder.js';
import {renderSummary} from '../report/summary.js';
import {preflight} from './checks.js';
import type {Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf, printPlan} from './plan.js';
import {printResult} from './print.js';
import {createReporting, type Reporting} from './reporting.js';
import {engineFor, planOptionsOf, selectionOf, withEnvironment} from './session.js';

/** What a command does that runs steps. */
export type Work = {
	/** What `up` of the engine is asked for. */
	readonly ask: (environment: Environment) => Promise<Omit<UpOptions, 'confirm'>>;
	/** Whether the end tells what stands. */
	readonly summarize: boolean;
};

const dryRun = async (context: CommandContext, options: Options, environment: Environment, {ask}: Work): Promise<number> => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const plan = await engine.plan(await ask(environment));
	printPlan(context, options, environment, plan);
	return 0;
};

const runDocument = (recorded: Recorded, logs: string | undefined, facts?: unknown): unknown => ({
	result: recorded.end?.result, exitCode: recorded.end?.exitCode, seconds: recorded.end?.seconds,
	steps: recorded.steps, warnings: recorded.warnings, failures: recorded.end?.failures ?? [],
	...(recorded.end?.resume === undefined ? {} : {resume: recorded.end.resume}),
	...(logs === undefined ? {} : {logs}),
	...(facts === undefined ? {} : {environment: facts}),
});

const isPartial = ({only, from, until, without = []}: Selection): boolean =>
	only !== undefined || from !== undefined || until !== undefined || without.length > 0;

/** Tells how the run ended, for people or as the document of --json. */
export const tellEnd = async (context: CommandContext, options: Options, environment: Environment, reporting: Reporting, summarize: boolean): Promise<number> => {
	const recorded = reporting.recorded();
	const exitCode = recorded.end?.exitCode ?? 1;
	const facts = summarize && exitCode === 0 ? await environment.summary() : undefined;
	if (context.json || (facts && !context.events)) {
		const {name, profile} = environment;
		const partial = isPartial(await selectionOf(options));
		printResult(context, options, {
			document: () => runDocument(recorded, reporting.logs, facts),
			lines: color => facts ? renderSummary({name, profile, seconds: recorded.end?.seconds ?? 0, steps: recorded.steps, facts, warnings: recorded.warnings, partial, color}) : [],
		});
	}

	if (exitCode !== 0) {
		await context.stdout.flush();
		context.stderr.line(renderFailures(recorded, context.resume).join('\n'));
	}

	return exitCode;
};

/** Steps whose data goes, because they are undone before they are done again. An interrupted undo was confirmed when it began. */
const losingData = (plan: Plan, {steps}: Environment): Plan => plan.filter(({id, verdict, record}) => {
	const undo = steps.find(step => step.id === id)?.undo;
	return verdict === 'UNDO+RUN' && record?.status !== 'undoing' && undo !== undefined && !('undo' in undo && undo.depth === 'services');
});

const confirmLoss = async (context: CommandContext, options: Options, losing: Plan): Promise<boolean> => losing.length === 0
	|| confirmDeletion(context, `${losing.map(({id, title, reason}) => `${title} (${id}), ${reason}`).join('; ')}: it is made anew, and all data in it goes. Go on?`, options.yes ?? false);

const build = async (context: CommandContext, options: Options, environment: Environment, reporting: Reporting, {ask}: Work): Promise<void> => {
	const engine = await engineFor(context, environment, {emit: reporting.emit, logs: reporting.logs, resume: context.resume});
	await engine.up({
		...await ask(environment),
		async confirm(plan) {
			const pending = new Set(plan.filter(step => changes(step)).map(({id}) => id));
			if (pending.size > 0) {
				await preflight(environment.checks, pending, reporting.emit, context.signal);
			}

			return confirmLoss(context, options, losingData(plan, environment));
		},
	});
	context.mask.add(await environment.secrets());
};

/** Whether a run failed for nothing but that settings of the machine are in effect after its next start. */
const wantsRestart = ({end}: Pick<Recorded, 'end'>): boolean => end !== undefined && end.failures.length > 0 && end.failures.every(({code}) => code === 'K2D2011');

/** One run. Undefined when it has come to where the machine is to be started anew, and that was done. */
const runOnce = async (context: CommandContext, options: Options, loaded: LoadedConfig, work: Work, mayRestart: boolean): Promise<number | undefined> => {
	const reporting = await createReporting(context, options, loaded.config.name);
	const tell = (message: string): void => {
		reporting.emit({type: 'notice', level: 'info', message});
	};

	try {
		tell(loaded.reason);
		return await withEnvironment(context, loaded, async environment => {
			await build(context, options, environment, reporting, work);
			if (mayRestart && environment.restart && wantsRestart(reporting.recorded())) {
				tell(`starting ${environment.host.name} anew, for what is in effect after that alone; then the work goes on`);
				await environment.restart({signal: context.signal, say: tell});
				return undefined;
			}

			await reporting.close();
			return tellEnd(context, options, environment, reporting, work.summarize);
		}, tell);
	} finally {
		await reporting.close();
	}
};

/** Plans the work and does it, with a preflight before anything changes. */
export const runSteps = async (context: CommandContext, options: Options, profile: string | undefined, work: Work): Promise<number> => {
	const loaded = loadFor(context, options, profile);
	if (options.dryRun) {
		return withEnvironment(context, loaded, async environment => dryRun(context, options, environment, work));
	}

	return await runOnce(context, options, loaded, work, true) ?? (await runOnce(context, options, loaded, work, false))!;
};

/** Plans and does it; then says what stands. */
export const up: CommandRun = async (context, options, [profile]) =>
	runSteps(context, options, profile, {ask: async () => planOptionsOf(context, options, profile), summarize: true});
