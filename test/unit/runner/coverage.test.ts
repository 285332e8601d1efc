import test from 'ava';
import {judgeCoverage, leastPercent, measuring} from '../../python/coverage.js';

type Numbers = readonly [lines: number, statements: number, branchesReached: number, branches: number];

const summary = ([covered_lines, num_statements, covered_branches, num_branches]: Numbers) => ({covered_lines, num_statements, covered_branches, num_branches});

const report = (totals: Numbers, files: Readonly<Record<string, Numbers>> = {}): string => JSON.stringify({
	meta: {version: '6.5.0'},
	files: Object.fromEntries(Object.entries(files).map(([file, numbers]) => [file, {summary: summary(numbers)}])),
	totals: summary(totals),
});

test('a report of enough', t => {
	t.deepEqual(judgeCoverage('our_package', report([1924, 1932, 559, 565])), {
		line: 'Coverage of our_package: 99.4 % of 1932 statements and 565 branches', failure: undefined,
	});
});

for (const [title, totals, percent] of [
	['just enough', [90, 100, 9, 10], '90.0'],
	['a package without branches', [9, 10, 0, 0], '90.0'],
] as ReadonlyArray<readonly [string, Numbers, string]>) {
	test(`${title} is no failure`, t => {
		const {line, failure} = judgeCoverage('p', report(totals));
		t.true(line.startsWith(`Coverage of p: ${percent} % `), line);
		t.is(failure, undefined);
	});
}

test('too little is a failure, however near, that names the files with most to do', t => {
	const {line, failure} = judgeCoverage('our_package', report([8996, 10_000, 0, 0], {
		'../site-1/our_package/client/fine.py': [10, 10, 2, 2],
		'../site-1/our_package/guest/half.py': [10, 20, 0, 10],
		'../site-1/our_package/none.py': [0, 40, 0, 2],
		'../site-1/our_package/some.py': [9, 10, 1, 2],
	}));
	t.is(line, 'Coverage of our_package: 89.9 % of 10000 statements and 0 branches');
	t.is(failure, `The tests reach 89.9 % of our_package, less than ${leastPercent} %. Most is missing in none.py (42), guest/half.py (20), some.py (2): write tests for it.`);
});

for (const [title, json] of [['no report', 'No data to report.\n'], ['an empty report', ''], ['a report of nothing', report([0, 0, 0, 0])]] as const) {
	test(`${title} is a failure`, t => {
		t.deepEqual(judgeCoverage('our_package', json), {
			line: 'Coverage of our_package: not measured',
			failure: 'The coverage of our_package was not measured: python3 -m coverage json gave no report.',
		});
	});
}

test('tests of the package are not counted as the package', t => {
	const argv = measuring('our_package', ['unittest', 'discover', '-s', 'somewhere']);
	t.true(argv.includes('--source=our_package'));
	t.true(argv.includes('--omit=*/our_package/tests/*'));
	t.deepEqual(argv.slice(-5), ['-m', 'unittest', 'discover', '-s', 'somewhere']);
});
