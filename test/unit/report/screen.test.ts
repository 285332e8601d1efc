import test from 'ava';
import fc from 'fast-check';
import type {EngineEvent} from '../../../scripts/pipeline/events.js';
import {emptyModel, follow, layout, type TerminalModel} from '../../../scripts/report/terminalModel.js';
import {at, event, failure, stepStart} from './samples.js';

const start = Date.parse(at(0));
const after = (events: readonly EngineEvent[]): TerminalModel => {
	let model = emptyModel(start);
	for (const one of events) {
		model = follow(model, one);
	}

	return model;
};

const silent = (): string => '';

const textsAt = (model: TerminalModel, seconds: number, {rows = 24, columns = 80, last = silent}: {rows?: number; columns?: number; last?: (id: string) => string} = {}): string[] =>
	layout(model, {rows, columns, now: start + (seconds * 1000), last}).map(({state, text}) => `${state}: ${text}`);

const begin = event(0, {type: 'run-start', command: 'up', environment: 'default', profile: 'sandbox', steps: 12});
const done = (seconds: number, id: string): EngineEvent => event(seconds, {type: 'step-end', id, result: 'done', seconds: 1, reason: ''});

test('running steps show elapsed, expected and what they said last', t => {
	const model = after([begin, stepStart(1, 'mariadb'), stepStart(2, 'quick', 0)]);
	t.deepEqual(textsAt(model, 91, {last: id => id === 'mariadb' ? ' Setting up \u001B[1mmariadb\n' : ''}), [
		'running: mariadb  1m30s of about 2m  Setting up mariadb',
		'running: quick  1m29s',
		'counter: 0 of 12 steps done, 2 running, 1m31s',
	]);
});

test('done steps become one number, failed ones stay on top', t => {
	const model = after([
		begin, stepStart(1, 'a'), stepStart(1, 'b'), stepStart(1, 'c'), done(2, 'a'),
		event(3, {type: 'step-end', id: 'b', result: 'failed', seconds: 2, reason: '', failure}),
		event(3, {type: 'step-end', id: 'd', result: 'failed', seconds: 0, reason: 'needs b'}),
	]);
	t.deepEqual(textsAt(model, 5), [
		'failed: b failed after 2s: mariadbd ended with code 1.',
		'failed: d failed after 0s: needs b',
		'running: c  4s of about 2m',
		'counter: 1 of 12 steps done, 1 running, 2 failed, 5s',
	]);
});

test('an undo says so, a notice stands above the counter', t => {
	const undo: EngineEvent = event(0, {type: 'step-start', step: {id: 'a', stage: 'machine', title: 'A', expected: 10}, action: 'undo', reason: ''});
	t.deepEqual(textsAt(after([begin, undo, event(1, {type: 'notice', level: 'warn', message: 'take care'})]), 2), [
		'running: taking back a  2s of about 10s', 'notice: take care', 'counter: 0 of 12 steps done, 1 running, 2s',
	]);
});

test('the plan sets the number of steps', t => {
	t.deepEqual(textsAt(after([begin, event(0, {type: 'plan', plan: []})]), 0), ['counter: 0 of 0 steps done, 0s']);
});

test('never more lines than rows, never wider than columns, and what is hidden is counted', t => {
	const property = fc.property(
		fc.record({
			running: fc.nat({max: 30}), failed: fc.nat({max: 30}), noticed: fc.boolean(),
			rows: fc.integer({min: 1, max: 40}), columns: fc.integer({min: 5, max: 120}), last: fc.string({maxLength: 300}),
		}),
		({running, failed, noticed, rows, columns, last}) => {
			const model = after([
				begin,
				...Array.from({length: running + failed}, (_, index) => stepStart(1, `step${index}`)),
				...Array.from({length: failed}, (_, index) => event(2, {type: 'step-end', id: `step${index}`, result: 'failed', seconds: 1, reason: 'x'})),
				...(noticed ? [event(2, {type: 'notice', level: 'info', message: 'n'.repeat(200)})] : []),
			]);
			const lines = layout(model, {rows, columns, now: start + 5000, last: () => last});
			const shown = lines.filter(({state}) => state === 'running' || state === 'failed').length;
			const hidden = running + failed - shown;
			return lines.length <= rows && lines.every(({text}) => [...text].length <= columns)
				&& lines.at(-1)?.state === 'counter' && (columns < 100 || hidden === 0 || lines.at(-1)!.text.includes(`${hidden} not shown`));
		},
	);
	t.notThrows(() => {
		fc.assert(property, {numRuns: 300});
	});
});

test('where there is no room, steps that run longest are kept and failed ones leave them half of it', t => {
	const model = after([
		begin, ...Array.from({length: 6}, (_, index) => stepStart(6 - index, `run${index}`)),
		...Array.from({length: 6}, (_, index) => event(7, {type: 'step-end', id: `bad${index}`, result: 'failed', seconds: 1, reason: 'x'})),
	]);
	t.deepEqual(textsAt(model, 10, {rows: 5}).map(text => text.split(' ')[1]), ['bad0', 'bad1', 'run5', 'run4', '0']);
});
