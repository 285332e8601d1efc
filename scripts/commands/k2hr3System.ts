import {confirmDeletion} from '../cli/ask.js';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {k2hr3OriginOf} from '../config/k2hr3Source.js';
import type {Config} from '../config/schema.js';
import {ToolError} from '../errors/toolError.js';
import {ancestorsOf} from '../pipeline/graph.js';
import {serverName} from '../stages/k2hr3/facts.js';
import {profileSteps} from '../stages/profileSteps.js';
import {loadFor} from './loadFor.js';
import {createReporting} from './reporting.js';
import {engineFor, withEnvironment} from './session.js';
import {tellEnd, up} from './up.js';

/** A server, that of K2HR3 too, needs a compute host. Not by --with: the component alone is meant. */
export const withCompute = (options: Options): Options & {readonly set: readonly string[]} => ({...options, set: [...options.set ?? [], 'components.compute=true']});

/** @throws ToolError K2D7016 where the configuration has nothing that K2HR3 could be built from */
export const refuseWithoutPrograms = (config: Config): void => {
	if (k2hr3OriginOf(config) === undefined) {
		const {url} = config.k2hr3;
		throw new ToolError('K2D7016', url === null ? 'sources.k2hr3 is not set: where the programs of K2HR3 are is not known' : `k2hr3.url names ${url}, which is used and not built`);
	}
};

/** The guest that K2HR3 runs in. @throws ToolError K2D7016 for a K2HR3 whose logs are elsewhere */
export const k2hr3Guest = (config: Config): string => {
	refuseWithoutPrograms(config);
	return serverName;
};

/** Ids of the steps that make K2HR3 and its image. */
export const ownSteps = (config: Config): readonly string[] => profileSteps(config).filter(({id, stage}) => stage === 'k2hr3' || /^images\.k2hr3\b/.test(id)).map(({id}) => id);

/** The same with what they stand on, and of Trove, which reads where it is. */
export const k2hr3UpSteps = (config: Config): readonly string[] => {
	const steps = profileSteps(config);
	const wanted = [...ownSteps(config), ...steps.filter(({id}) => ['trove', 'devstack.k2hr3'].includes(id)).map(({id}) => id)];
	return [...new Set([...wanted.flatMap(id => [...ancestorsOf(id, steps)]), ...wanted])];
};

/** Does the steps of the stage `k2hr3` and what they stand on; nothing else of the environment. */
export const k2hr3Up: CommandRun = async (context, options) => {
	const chosen = withCompute(options);
	const {config} = loadFor(context, chosen);
	refuseWithoutPrograms(config);
	return up(context, {...chosen, only: [...k2hr3UpSteps(config)]}, []);
};

const release = async (context: CommandContext, options: Options, config: Config): Promise<number> => withEnvironment(context, loadFor(context, options), async environment => {
	const reporting = await createReporting(context, options, environment.name);
	try {
		const engine = await engineFor(context, environment, {emit: reporting.emit, logs: reporting.logs, resume: context.resume});
		await engine.release(ownSteps(config));
		await reporting.close();
		const exitCode = await tellEnd(context, options, environment, reporting, false);
		if (exitCode === 0 && !context.json && !context.events) {
			context.stdout.line(`Environment ${environment.name}: K2HR3 is removed. Trove is told of another one, or of none, by the next \`k2hdkc-devstack up\`.`);
		}

		return exitCode;
	} finally {
		await reporting.close();
	}
});

/** Gives back what `k2hr3 up` took of the environment; asks before, because what is registered goes. */
export const k2hr3Down: CommandRun = async (context, options) => {
	const chosen = withCompute(options);
	const {config} = loadFor(context, chosen);
	refuseWithoutPrograms(config);
	if (!await confirmDeletion(context, 'This removes the K2HR3 server, and with it all clusters that are registered there. Go on?', options.yes ?? false)) {
		context.stderr.line('Nothing was changed.');
		return 0;
	}

	return release(context, chosen, config);
};
