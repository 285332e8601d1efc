import test from 'ava';
import {explainInputs, planDocument, planHeadline, renderPlan} from '../../../scripts/report/plan.js';
import type {PlannedStep} from '../../../scripts/pipeline/types.js';
import {planned} from './samples.js';

test('the headline says what the plan comes to', t => {
	const cases: Array<[PlannedStep[], string]> = [
		[[], 'There is no step to look at.'],
		[[planned('a', 'SKIP')], 'Everything is in place and verified: 1 step.'],
		[[planned('a', 'SKIP'), planned('b', 'SKIP')], 'Everything is in place and verified: 2 steps.'],
		[[planned('a', 'RUN'), planned('b', 'SKIP')], '1 step to run (30s of work in all), 1 in place.'],
		[[planned('a', 'RUN'), planned('b', 'UNDO+RUN'), planned('c', 'RERUN', {expected: 45})], '3 steps to run (1m45s of work in all), 0 in place.'],
		[[planned('a', 'ADOPT')], '0 steps to run, 1 found done and adopted, 0 in place.'],
		[[planned('a', 'BLOCK'), planned('b', 'SKIP')], '0 steps to run, 1 in place, 1 blocked.'],
	];
	for (const [plan, headline] of cases) {
		t.is(planHeadline(plan), headline);
	}
});

test('the table shows verdict, step and reason', t => {
	t.deepEqual(renderPlan([planned('mariadb', 'RUN'), planned('os', 'UNDO+RUN')], {color: false}), [
		'  RUN       mariadb  reason of mariadb',
		'  UNDO+RUN  os       reason of os',
		'',
		'2 steps to run (1m of work in all), 0 in place.',
	]);
});

test('`up` only counts what is in place', t => {
	t.deepEqual(renderPlan([planned('a', 'SKIP'), planned('b', 'RUN')], {color: false, all: false}), [
		'  RUN  b  reason of b', '', '1 step to run (30s of work in all), 1 in place.',
	]);
	t.deepEqual(renderPlan([planned('a', 'SKIP')], {color: false, all: false}), ['Everything is in place and verified: 1 step.']);
});

test('--explain adds the probe and the inputs that decided', t => {
	const step = planned('a', 'RERUN', {inputs: {version: 2, same: 'x'}, previousInputs: {version: 1, same: 'x'}});
	t.deepEqual(renderPlan([step], {color: false, explain: true}).slice(1, 3), [
		'             probe: absent, evidence of a',
		'             version: 1 → 2',
	]);
});

test('a difference of inputs names each leaf that changed', t => {
	t.deepEqual(explainInputs({a: {b: 1, c: [1, 2]}, d: 'new'}, {a: {b: 1, c: [1]}, e: true}), ['a.c: [1] → [1,2]', 'e: true → nothing', 'd: nothing → "new"']);
	t.deepEqual(explainInputs({a: {b: 1}, empty: {}}), ['a.b: 1', 'empty: {}']);
	t.deepEqual(explainInputs('text'), ['input: "text"']);
	t.is(explainInputs({a: 'x'.repeat(200)})[0]!.length, 'a: '.length + 100);
});

test('the document carries inputs only when they are asked for', t => {
	const step = planned('a', 'RUN', {inputs: {x: 1}});
	const plain = planDocument([step], false) as {pending: boolean; steps: Array<Record<string, unknown>>};
	t.true(plain.pending);
	t.false('inputs' in plain.steps[0]!);
	const explained = planDocument([step], true) as {steps: Array<Record<string, unknown>>};
	t.deepEqual(explained.steps[0]!.inputs, {x: 1});
});

test('escape sequences in a reason do not reach the screen', t => {
	t.false(renderPlan([planned('a', 'RUN', {reason: '\u001B[2Jgone'})], {color: false}).join('').includes('\u001B'));
});
