import test from 'ava';
import {formatDuration, formatElapsed} from '../../../scripts/report/duration.js';
import {createStyle, plainText, truncate} from '../../../scripts/report/style.js';
import {formatTable} from '../../../scripts/report/table.js';

test('durations read as a person says them', t => {
	const cases: Array<[number, string]> = [
		[0, '0s'], [0.04, '0s'], [0.42, '0.4s'], [9.94, '9.9s'], [9.96, '10s'], [59.4, '59s'], [59.6, '1m'], [60, '1m'], [90, '1m30s'], [125, '2m05s'],
		[3599.6, '1h'], [3600, '1h'], [3660, '1h01m'], [7325, '2h02m'], [-1, '0s'], [Number.NaN, '0s'], [Number.POSITIVE_INFINITY, '0s'],
	];
	for (const [seconds, text] of cases) {
		t.is(formatDuration(seconds), text, String(seconds));
	}
});

test('elapsed time names what is expected, where something is', t => {
	t.is(formatElapsed(90.9, 120), '1m30s of about 2m');
	t.is(formatElapsed(3.7, 0), '3s');
});

test('a table aligns its columns by what is seen, and pads nothing at the end', t => {
	const {green} = createStyle(true);
	t.deepEqual(formatTable([['a', 'bb', 'c'], [green('aaa'), 'b', 'a long sentence'], ['x']]), [
		'  a    bb  c',
		`  ${green('aaa')}  b   a long sentence`,
		'  x',
	]);
	t.deepEqual(formatTable([]), []);
	t.deepEqual(formatTable([['ü', 'x'], ['ab', 'y']], ''), ['ü   x', 'ab  y']);
});

test('text of a command cannot move the cursor or colour ours', t => {
	t.is(plainText('\u001B[31mred\u001B[0m\u001B[2K\r\u0007 done\t.\u001B]0;title\u0007'), 'red done\t.');
	t.is(plainText('two\nlines'), 'two\nlines');
});

test('truncate keeps to the width and says that something is missing', t => {
	t.is(truncate('short', 5), 'short');
	t.is(truncate('longer', 5), 'long…');
	t.is(truncate('ab', 1), '…');
	t.is([...truncate('😀😀😀', 2)].length, 2);
});

test('without colour a style changes nothing', t => {
	t.is(createStyle(false).red('x'), 'x');
	t.is(createStyle(true).red('x'), '\u001B[31mx\u001B[39m');
});
