import type {SummaryFacts} from '../commands/environment.js';
import type {Plan, PlannedStep} from '../pipeline/types.js';
import {changes} from './plan.js';
import {createStyle, plainText, type Style} from './style.js';
import {renderFacts, renderNext} from './summary.js';
import {formatTable} from './table.js';

/** How a step stands, in a word a person reads. */
const standing = (step: PlannedStep): 'ok' | 'missing' | 'changed' | 'broken' | 'unknown' | 'not recorded' => {
	if (step.verdict === 'SKIP') {
		return 'ok';
	}

	if (step.verdict === 'ADOPT') {
		return 'not recorded';
	}

	const byState = {absent: 'missing', present: 'changed', broken: 'broken', unknown: 'unknown'} as const;
	return byState[step.probe.state];
};

const colored = (word: ReturnType<typeof standing>, style: Style): string => {
	const colors = {ok: style.green, missing: style.cyan, changed: style.yellow, broken: style.red, unknown: style.red, 'not recorded': style.yellow};
	return colors[word](word);
};

export type StatusOptions = {readonly name: string; readonly profile: string; readonly plan: Plan; readonly facts?: SummaryFacts; readonly color: boolean};

/** Every step with how it stands now, then what the environment offers. */
export const renderStatus = ({name, profile, plan, facts, color}: StatusOptions): string[] => {
	const style = createStyle(color);
	const rows = plan.map(step => {
		const word = standing(step);
		return [colored(word, style), style.bold(step.id), plainText(word === 'ok' ? step.probe.evidence : step.reason)];
	});
	const pending = plan.filter(step => changes(step)).length;
	const verdict = pending === 0 ? style.green('every step is in place') : style.yellow(`${pending} of ${plan.length} steps are not in place; \`k2hdkc-devstack up\` does them`);
	return [`Environment ${name} (profile ${profile}): ${verdict}.`, '', ...formatTable(rows), ...(facts ? [...renderFacts(facts, color), ...renderNext(facts, color)] : [])];
};

/** The same as the document of `status --json`. */
export const statusDocument = ({name, profile, plan, facts}: Omit<StatusOptions, 'color'>): unknown => ({
	environment: name,
	profile,
	inPlace: plan.every(step => !changes(step)),
	steps: plan.map(step => ({id: step.id, stage: step.stage, title: step.title, standing: standing(step), evidence: step.probe.evidence, reason: step.reason})),
	...facts,
});
