import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {exitCodes, ToolError} from '../errors/toolError.js';
import {checksDocument, renderChecks} from '../report/doctor.js';
import {runChecks} from './checks.js';
import type {Check, Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, planOptionsOf, withEnvironment} from './session.js';

/** In place of the checks that ask outside: whether nothing of there is needed. */
const fetched = (context: CommandContext, options: Options, profile: string | undefined, environment: Environment): Check => ({
	id: 'fetched', title: 'Needed from outside', stage: 'sources',
	async run() {
		try {
			const engine = await engineFor(context, environment, {emit: noticesOf(context)});
			await engine.plan(await planOptionsOf(context, options, profile));
			return {result: 'PASS', found: 'all of it was fetched'};
		} catch (error) {
			if (error instanceof ToolError && error.code === 'K2D6060') {
				return {result: 'FAIL', found: error.message, code: error.code, remedy: error.details.remedy!};
			}

			throw error;
		}
	},
});

const checksFor = (context: CommandContext, options: Options, profile: string | undefined, environment: Environment): readonly Check[] => options.offline
	? [...environment.checks.filter(({asksOutside}) => !asksOutside), fetched(context, options, profile, environment)]
	: environment.checks;

/** Asks everything that `up` asks before it changes anything, and shows all answers. */
export const doctor: CommandRun = async (context, options, [profile]) => {
	const loaded = loadFor(context, options, profile);
	return withEnvironment(context, loaded, async environment => {
		const checked = await runChecks(checksFor(context, options, profile, environment), context.signal);
		printResult(context, options, {document: () => checksDocument(checked), lines: color => renderChecks(checked, color)});
		return checked.some(({result}) => result === 'FAIL') ? exitCodes.preflight : exitCodes.ok;
	});
};
