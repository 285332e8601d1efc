import type {CommandRun} from '../cli/context.js';
import {selectionOf} from './session.js';
import {runSteps} from './up.js';

/** Does the steps that bring something from outside, and what they stand on; nothing of the environment itself. */
export const fetch: CommandRun = async (context, options, [profile]) => {
	const {stepsThatFetch} = await import('../pipeline/outside.js');
	const exitCode = await runSteps(context, options, profile, {
		async ask({steps, env}) {
			const only = stepsThatFetch(steps, env, await selectionOf(options));
			return {command: 'fetch', selection: {only}, fresh: options.fresh ?? false};
		},
		summarize: false,
	});
	if (exitCode === 0 && !options.dryRun && !context.json && !context.events) {
		context.stdout.line('What was asked for is here: with the same options and --offline, `up` and `images build` need no network.');
	}

	return exitCode;
};
