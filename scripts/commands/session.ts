import type {CommandContext} from '../cli/context.js';
import {fetchCommand} from '../cli/resume.js';
import type {Options} from '../cli/program.js';
import {ToolError} from '../errors/toolError.js';
import type {LoadedConfig} from '../config/load.js';
import type {Emit} from '../pipeline/events.js';
import type {Engine, PlanOptions} from '../pipeline/engine.js';
import type {Selection} from '../pipeline/graph.js';
import {runLog, stepLog} from '../report/logFiles.js';
import type {Environment, OpenOptions} from './environment.js';
import {versions} from './version.js';

/** Opens the environment of a configuration, makes its secrets known to the mask, and closes it after the work. */
export const withEnvironment = async <R>(
	context: CommandContext,
	loaded: LoadedConfig,
	work: (environment: Environment) => Promise<R>,
	onNotice: OpenOptions['onNotice'] = context.stderr.line,
): Promise<R> => {
	const environment = await context.openEnvironment(loaded, {signal: context.signal, onNotice});
	try {
		context.mask.add(await environment.secrets());
		return await work(environment);
	} finally {
		await environment.close();
	}
};

/** Steps and stages that the flags pick. Components with --with and --without are a matter of the configuration. */
export const selectionOf = async (options: Options): Promise<Selection> => {
	const {stagesIn} = await import('../config/components.js');
	const {only, from, until, with: added = [], without = []} = options;
	return {
		with: stagesIn(added), without: stagesIn(without),
		...(only ? {only} : {}), ...(from === undefined ? {} : {from}), ...(until === undefined ? {} : {until}),
	};
};

/**
 * What the flags say of a plan. `profile` is the command's argument.
 * @throws ToolError K2D1037 for flags that exclude each other.
 */
export const planOptionsOf = async ({env}: Pick<CommandContext, 'env'>, options: Options, profile?: string): Promise<PlanOptions> => {
	const {offline = false, fresh = false} = options;
	if (offline && fresh) {
		throw new ToolError('K2D1037', '--offline and --fresh exclude each other');
	}

	return {selection: await selectionOf(options), fresh, ...(offline && {offline: {fetch: fetchCommand(options, profile, env)}})};
};

export type EngineParts = {readonly emit: Emit; readonly logs?: string | undefined; readonly resume?: string};

/** The engine over an environment's steps. */
export const engineFor = async (context: CommandContext, environment: Environment, {emit, logs, resume}: EngineParts): Promise<Engine> => {
	const {createEngine} = await import('../pipeline/engine.js');
	const {env, steps, host, machine, envDir, name, profile, timeoutScale} = environment;
	const {version} = await versions();
	return createEngine({
		steps, env, host, envDir, machines: () => [machine()], emit, toolVersion: version, environment: name, profile, timeoutScale,
		interrupts: {stop: context.signal, kill: context.killSignal}, mask: context.mask.text,
		...(resume === undefined ? {} : {resume}),
		...(logs === undefined ? {} : {log: runLog(logs), logOf: step => stepLog(logs, step)}),
	});
};
