import test from 'ava';
import {parsePlan} from '../../runner/plan.js';

test('words are stages, slashes part lanes, commas suites', t => {
	t.deepEqual(parsePlan(['before', 'environment/hosts,images', 'after']), [[['before']], [['environment'], ['hosts', 'images']], [['after']]]);
	t.deepEqual(parsePlan(['lint']), [[['lint']]]);
});

test('what is no suite is named, with those that are', t => {
	t.throws(() => parsePlan(['unit/lnt']), {message: /^No suite is called "lnt"\. Suites: lint, unit, /});
	t.throws(() => parsePlan([]), {message: /^Suites: lint, /});
	t.throws(() => parsePlan(['unit,']), {message: /""/});
});
