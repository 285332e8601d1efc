import {rm, rmdir} from 'node:fs/promises';
import path from 'node:path';
import {confirmDeletion} from '../cli/ask.js';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import type {Depth, Plan} from '../pipeline/types.js';
import {componentNames} from '../config/components.js';
import {formatTable} from '../report/table.js';
import type {Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {createReporting, logRootOf} from './reporting.js';
import {engineFor, withEnvironment} from './session.js';
import {tellEnd} from './up.js';

const questions: Readonly<Record<Exclude<Depth, 'services'>, string>> = {
	sources: 'This removes what was built of the environment, and all data in it.',
	everything: 'This removes the environment with all its data, caches and state.',
};

const results: Readonly<Record<Depth, string>> = {
	services: 'stopped. Its data is kept; `k2hdkc-devstack up` starts it again.',
	sources: 'what was built of it is removed, with its data. Caches are kept, so that the next `k2hdkc-devstack up` is fast.',
	everything: 'everything that this tool made is removed.',
};

/** What each step on record would meet, in the order of undoing. */
const undoRows = async (plan: Plan, environment: Environment, depth: Depth): Promise<Array<readonly [string, string]>> => {
	const {decideUndo, leftBehind} = await import('../pipeline/undo.js');
	const words = {undo: 'taken back', 'leave-adopted': 'was there before this tool: left alone', pass: 'kept'} as const;
	const records = new Map(plan.map(({id, record}) => [id, record]));
	return Promise.all(environment.steps.filter(({id}) => records.get(id)).toReversed().map(async step => {
		const fate = decideUndo(step, records.get(step.id), depth);
		return [step.id, (fate === 'undo' ? await leftBehind(step, environment.env) : undefined) ?? words[fate]] as const;
	}));
};

const dryRun = async (context: CommandContext, options: Options, environment: Environment, depth: Depth): Promise<number> => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const rows = await undoRows(await engine.status(), environment, depth);
	printResult(context, options, {
		document: () => ({depth, steps: rows.map(([step, fate]) => ({step, fate}))}),
		lines: () => [...formatTable(rows), rows.length === 0 ? 'Nothing is on record.' : `Nothing was changed (--dry-run, depth ${depth}).`],
	});
	return 0;
};

/** The tool's own logs of the environment go with everything else. */
const removeLogs = async (context: CommandContext, name: string): Promise<void> => {
	const root = logRootOf(context, name);
	await rm(root, {recursive: true, force: true});
	// Other environments may have theirs beside it.
	await rmdir(path.dirname(root)).catch(() => undefined);
};

const takeBack = async (context: CommandContext, options: Options, environment: Environment, depth: Depth): Promise<number> => {
	const reporting = await createReporting(context, options, environment.name);
	try {
		const engine = await engineFor(context, environment, {emit: reporting.emit, logs: reporting.logs, resume: context.resume});
		await engine.down(depth);
		await reporting.close();
		const exitCode = await tellEnd(context, options, environment, reporting, false);
		if (exitCode === 0 && !context.json && !context.events) {
			context.stdout.line(`Environment ${environment.name}: ${results[depth]}`);
		}

		if (exitCode === 0 && depth === 'everything') {
			await removeLogs(context, environment.name);
		}

		return exitCode;
	} finally {
		await reporting.close();
	}
};

/** Takes the environment back as deep as --depth says; asks before data goes. */
export const down: CommandRun = async (context, options) => {
	const depth = options.depth ?? 'services';
	// What was built goes also when its component is no longer switched on.
	const loaded = loadFor(context, {...options, with: [...componentNames]});
	return withEnvironment(context, loaded, async environment => {
		if (options.dryRun) {
			return dryRun(context, options, environment, depth);
		}

		if (depth !== 'services' && !await confirmDeletion(context, `${questions[depth]} Go on?`, options.yes ?? false)) {
			context.stderr.line('Nothing was changed.');
			return 0;
		}

		return takeBack(context, options, environment, depth);
	});
};
