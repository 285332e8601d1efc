import type {Check, CheckResult} from '../commands/environment.js';
import {createStyle, plainText} from './style.js';
import {formatTable} from './table.js';

export type Checked = Pick<Check, 'id' | 'title' | 'stage'> & CheckResult;

const countOf = (checked: readonly Checked[], result: CheckResult['result']): number => checked.filter(check => check.result === result).length;

/** All checks as a table, failures last so that they stand next to the prompt, each with its remedy. */
export const renderChecks = (checked: readonly Checked[], color: boolean): string[] => {
	const style = createStyle(color);
	const order = ['PASS', 'WARN', 'FAIL'];
	const colors = {PASS: style.green, WARN: style.yellow, FAIL: style.red};
	const sorted = checked.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result));
	const rows = formatTable(sorted.map(check => [colors[check.result](check.result), check.title, plainText(check.found)]), '');
	const lines = rows.flatMap((row, index) => {
		const {result, remedy, code} = sorted[index]!;
		return result === 'PASS' || remedy === undefined ? [row] : [row, `      → ${remedy}${code === undefined ? '' : ` [${code}]`}`];
	});
	return [...lines, '', `${countOf(checked, 'PASS')} passed, ${countOf(checked, 'WARN')} with a warning, ${countOf(checked, 'FAIL')} failed.`];
};

export const checksDocument = (checked: readonly Checked[]): unknown => ({ready: countOf(checked, 'FAIL') === 0, checks: checked});
