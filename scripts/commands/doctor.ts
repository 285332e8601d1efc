import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {exitCodes, ToolError} from '../errors/toolError.js';
import {checksDocument, renderChecks} from '../report/doctor.js';
import {runChecks} from './checks.js';
import type {Check, Environment, Ground} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, planOptionsOf, withOpened} from './session.js';

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

const checksFor = (context: CommandContext, options: Options, profile: string | undefined, opened: Environment | Ground): readonly Check[] => options.offline
	? [...opened.checks.filter(({asksOutside}) => !asksOutside), ...('checkedOnly' in opened ? [] : [fetched(context, options, profile, opened)])]
	: opened.checks;

/** Asks everything that `up` asks before it changes anything, and shows all answers. */
export const doctor: CommandRun = async (context, options, [profile]) => {
	const loaded = loadFor(context, options, profile);
	return withOpened(context, loaded, async opened => {
		const checked = await runChecks(checksFor(context, options, profile, opened), context.signal);
		printResult(context, options, {document: () => checksDocument(checked), lines: color => renderChecks(checked, color)});
		return checked.some(({result}) => result === 'FAIL') ? exitCodes.preflight : exitCodes.ok;
	});
};
