import type {CommandRun} from '../cli/context.js';
import {exitCodes} from '../errors/toolError.js';
import {changes} from '../report/plan.js';
import {renderStatus, statusDocument} from '../report/status.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, withEnvironment} from './session.js';

/** Looks at every step now, and says what the environment offers when something of it is there. */
export const status: CommandRun = async (context, options) => {
	const loaded = loadFor(context, options);
	return withEnvironment(context, loaded, async environment => {
		const engine = await engineFor(context, environment, {emit: noticesOf(context)});
		const plan = await engine.status();
		const facts = plan.some(step => step.probe.state === 'present') ? await environment.summary() : undefined;
		const {name, profile} = environment;
		const parts = {name, profile, plan, ...(facts ? {facts} : {})};
		printResult(context, options, {document: () => statusDocument(parts), lines: color => renderStatus({...parts, color})});
		return options.detailedExitcode && plan.some(step => changes(step)) ? exitCodes.pending : exitCodes.ok;
	});
};
