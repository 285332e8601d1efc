import type {CommandRun} from '../cli/context.js';
import {exitCodes} from '../errors/toolError.js';
import {checksDocument, renderChecks} from '../report/doctor.js';
import {runChecks} from './checks.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {withEnvironment} from './session.js';

/** Asks everything that `up` asks before it changes anything, and shows all answers. */
export const doctor: CommandRun = async (context, options, [profile]) => {
	const loaded = loadFor(context, options, profile);
	return withEnvironment(context, loaded, async environment => {
		const checked = await runChecks(environment.checks, context.signal);
		printResult(context, options, {document: () => checksDocument(checked), lines: color => renderChecks(checked, color)});
		return checked.some(({result}) => result === 'FAIL') ? exitCodes.preflight : exitCodes.ok;
	});
};
