import {toFailure} from '../errors/toFailure.js';
import {ToolError} from '../errors/toolError.js';
import type {Emit} from '../pipeline/events.js';
import type {Checked} from '../report/doctor.js';
import type {Check} from './environment.js';

/** Seconds for one check; a mirror that does not answer must not hold up the others for long. */
const patience = 30;

const runCheck = async (check: Check, signal: AbortSignal): Promise<Checked> => {
	const {id, title, stage} = check;
	try {
		return {id, title, stage, ...await check.run({signal: AbortSignal.any([signal, AbortSignal.timeout(patience * 1000)])})};
	} catch (error) {
		signal.throwIfAborted();
		const {what, remedy, code} = toFailure(error);
		return {id, title, stage, result: 'FAIL', found: `The check itself failed: ${what}`, remedy, code};
	}
};

/** Runs all checks at the same time. A check that throws counts as failed. */
export const runChecks = async (checks: readonly Check[], signal: AbortSignal): Promise<Checked[]> =>
	Promise.all(checks.map(async check => runCheck(check, signal)));

/**
 * What `up` asks before it does the steps `pending`: warnings become notices.
 * @throws ToolError when a check failed: that check's own code if it is the only one, otherwise K2D3001.
 */
export const preflight = async (checks: readonly Check[], pending: ReadonlySet<string>, emit: Emit, signal: AbortSignal): Promise<void> => {
	const checked = await runChecks(checks.filter(({neededBy}) => !neededBy || neededBy.some(step => pending.has(step))), signal);
	for (const {title, found, remedy} of checked.filter(({result}) => result === 'WARN')) {
		emit({type: 'notice', level: 'warn', message: `${title}: ${remedy === undefined ? found : `${found.replace(/\.$/, '')}. ${remedy}`}`});
	}

	const failed = checked.filter(({result}) => result === 'FAIL');
	if (failed.length > 0) {
		const [first] = failed;
		throw new ToolError(failed.length === 1 ? first?.code ?? 'K2D3001' : 'K2D3001', failed.map(({title, found}) => `${title}: ${found}`).join('\n'), {
			remedy: failed.map(({remedy}) => remedy).filter(remedy => remedy !== undefined).join('\n') || 'Run `k2hdkc-devstack doctor` for all checks.',
		});
	}
};
