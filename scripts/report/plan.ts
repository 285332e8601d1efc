import type {Plan, PlannedStep, Verdict} from '../pipeline/types.js';
import {formatDuration} from './duration.js';
import {createStyle, plainText, type Style} from './style.js';
import {formatTable} from './table.js';

/** Verdicts after which something on the machine changes. */
export const changes = (step: PlannedStep): boolean => step.verdict !== 'SKIP' && step.verdict !== 'ADOPT';

const verdictStyle = (verdict: Verdict, style: Style): string => {
	const colors = {SKIP: style.dim, ADOPT: style.green, BLOCK: style.red, RUN: style.cyan, RERUN: style.cyan, 'UNDO+RUN': style.yellow};
	return colors[verdict](verdict);
};

const countOf = (plan: Plan, ...verdicts: Verdict[]): number => plan.filter(step => verdicts.includes(step.verdict)).length;

/** One line that says what the plan comes to, e.g. `3 steps to run (about 2m), 31 in place`. */
export const planHeadline = (plan: Plan): string => {
	const toRun = plan.filter(step => changes(step) && step.verdict !== 'BLOCK');
	const seconds = toRun.reduce((sum, step) => sum + step.expected, 0);
	const blocked = countOf(plan, 'BLOCK');
	const adopted = countOf(plan, 'ADOPT');
	const inPlace = countOf(plan, 'SKIP');
	if (toRun.length === 0 && blocked === 0 && adopted === 0) {
		return plan.length === 0 ? 'There is no step to look at.' : `Everything is in place and verified: ${inPlace} ${inPlace === 1 ? 'step' : 'steps'}.`;
	}

	return [
		`${toRun.length} ${toRun.length === 1 ? 'step' : 'steps'} to run${seconds > 0 ? ` (${formatDuration(seconds)} of work in all)` : ''}`,
		adopted > 0 ? `${adopted} found done and adopted` : '',
		`${inPlace} in place`,
		blocked > 0 ? `${blocked} blocked` : '',
	].filter(Boolean).join(', ') + '.';
};

/** A short form of an input for one line; long texts are cut. */
const short = (value: unknown): string => {
	const text = JSON.stringify(value) ?? 'nothing';
	return text.length > 100 ? `${text.slice(0, 99)}…` : text;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every leaf of a value by its dotted path; an empty path is the value itself. */
const leavesOf = (value: unknown, path = ''): Array<[string, unknown]> => isRecord(value) && Object.keys(value).length > 0
	? Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`))
	: [[path, value]];

/** Lines `path: then → now` for what differs between two inputs; with no earlier input each line shows only the present value. */
export const explainInputs = (now: unknown, before?: unknown): string[] => {
	const current = new Map(leavesOf(now));
	if (before === undefined) {
		return [...current].map(([path, value]) => `${path === '' ? 'input' : path}: ${short(value)}`);
	}

	const earlier = new Map(leavesOf(before));
	const paths = [...new Set([...earlier.keys(), ...current.keys()])];
	return paths
		.filter(path => JSON.stringify(current.get(path)) !== JSON.stringify(earlier.get(path)))
		.map(path => `${path === '' ? 'input' : path}: ${short(earlier.get(path))} → ${short(current.get(path))}`);
};

const explained = (step: PlannedStep, style: Style): string[] => [
	`probe: ${step.probe.state}, ${plainText(step.probe.evidence)}`,
	...explainInputs(step.inputs, step.previousInputs),
].map(line => style.dim(`             ${line}`));

export type PlanOptions = {readonly color: boolean; readonly explain?: boolean; readonly all?: boolean};

/**
 * The plan as lines: verdict, step, reason, then the headline. With `all: false` steps that are in place are only counted,
 * which is what `up` shows; `plan` shows all.
 */
export const renderPlan = (plan: Plan, {color, explain = false, all = true}: PlanOptions): string[] => {
	const style = createStyle(color);
	const shown = all ? plan : plan.filter(step => step.verdict !== 'SKIP');
	const rows = formatTable(shown.map(step => [verdictStyle(step.verdict, style), style.bold(step.id), plainText(step.reason)]));
	const lines = explain ? rows.flatMap((row, index) => [row, ...explained(shown[index]!, style)]) : rows;
	return [...lines, ...(lines.length > 0 ? [''] : []), planHeadline(plan)];
};

/** The plan as the document of `plan --json`. */
export const planDocument = (plan: Plan, explain: boolean) => ({
	pending: plan.some(step => changes(step)),
	steps: plan.map(step => ({
		id: step.id, stage: step.stage, title: step.title, verdict: step.verdict, reason: step.reason, probe: step.probe, expectedSeconds: step.expected,
		...(explain ? {inputs: step.inputs, previousInputs: step.previousInputs} : {}),
	})),
});
