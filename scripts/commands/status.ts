import {wantsColor, type CommandRun} from '../cli/context.js';
import {exitCodes} from '../errors/toolError.js';
import {changes} from '../report/plan.js';
import {renderStatus, statusDocument} from '../report/status.js';
import {noticesOf} from './plan.js';
import {engineFor, loadConfiguration, withEnvironment} from './session.js';

/** Looks at every step now, and says what the environment offers when something of it is there. */
export const status: CommandRun = async (context, options) => {
	const loaded = await loadConfiguration(context, options);
	return withEnvironment(context, loaded, async environment => {
		const engine = await engineFor(context, environment, {emit: noticesOf(context)});
		const plan = await engine.status();
		const facts = plan.some(step => step.probe.state === 'present') ? await environment.summary() : undefined;
		const {name, profile} = environment;
		const parts = {name, profile, plan, ...(facts ? {facts} : {})};
		context.stdout.line(context.json
			? JSON.stringify(context.mask.value(statusDocument(parts)), undefined, 2)
			: renderStatus({...parts, color: wantsColor(context.stdout, options, context.env)}).join('\n'));
		return options.detailedExitcode && plan.some(step => changes(step)) ? exitCodes.pending : exitCodes.ok;
	});
};
