import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {order, select, type Selection} from '../../../scripts/pipeline/graph.js';
import {stepsThatFetch} from '../../../scripts/pipeline/outside.js';
import {makePlan} from '../../../scripts/pipeline/plan.js';
import type {Plan, Probe, Stage, Step} from '../../../scripts/pipeline/types.js';

type Env = {readonly mirror: string};

const step = (id: string, stage: Stage, needs: readonly string[], reaches?: Step<Env>['reaches']): Step<Env> => ({
	id, stage, needs, title: id,
	...(reaches && {reaches}),
	inputs: () => id,
	probe: async () => ({state: 'unknown', evidence: 'not asked'}),
	apply: async () => undefined,
	undo: {nothingLeft: 'It is a step of a test.'},
	timeout: 10, idleTimeout: 10, expected: 1,
});

const fromMirror = ({mirror}: Env): readonly string[] => mirror === '' ? [] : [mirror];

const steps = [
	step('machine', 'machine', ['root']),
	step('root', 'sources', ['tools'], fromMirror),
	step('tools', 'machine', []),
	step('store', 'images', ['tools']),
	step('base', 'images', ['store'], () => ['the mirror', 'the registry']),
	step('image', 'images', ['base']),
];

const env: Env = {mirror: 'the mirror'};

const selections: ReadonlyArray<readonly [Selection, Env, string]> = [
	[{}, env, 'tools root store base'],
	[{with: ['images']}, env, 'tools root store base'],
	[{without: ['images']}, env, 'tools root'],
	[{without: ['machine']}, env, 'root store base'],
	[{}, {mirror: ''}, 'tools store base'],
	[{only: ['image']}, env, ''],
];
for (const [selection, environment, ids] of selections) {
	test(`of ${JSON.stringify(selection)} with ${environment.mirror === '' ? 'no' : 'a'} mirror, these fetch: ${ids || 'none'}`, t => {
		t.is(stepsThatFetch(steps, environment, selection).join(' '), ids);
	});
}

const offlinePlan = async (found: Readonly<Record<string, Probe['state']>>, selection: Selection = {}): Promise<Plan> => makePlan<Env>({
	steps: order(steps), env, selection, fresh: false, bootId: 'boot', offline: {fetch: 'tool fetch'},
	recordOf: () => undefined, lastJobOf: async () => undefined,
	look: async ({id}) => ({state: found[id] ?? 'absent', evidence: `saw ${id}`}),
});

test('offline, all that would have to be fetched is named at once, with the command that fetches', async t => {
	const error = await t.throwsAsync(offlinePlan({tools: 'present', store: 'present'}), {instanceOf: ToolError});
	t.is(error.code, 'K2D6060');
	t.is(error.message, 'With --offline nothing is fetched, and this is not here:\nroot (the mirror): not done yet: saw root\nbase (the mirror, the registry): not done yet: saw base');
	t.is(error.details.remedy, 'Run `tool fetch` while there is a network, then repeat this command.');
});

const anew: Step<Env> = {...step('stack', 'control-plane', ['root'], () => ['the index']), asksAnew: true};

test('what is asked anew each time is not fetched, and offline it is said that it cannot be', async t => {
	t.is(stepsThatFetch([...steps, anew], env, {without: ['images']}).join(' '), 'tools root');
	const error = await t.throwsAsync(makePlan<Env>({
		steps: order([...steps, anew]), env, selection: {without: ['images']}, fresh: false, bootId: 'boot', offline: {fetch: 'tool fetch'},
		recordOf: () => undefined, lastJobOf: async () => undefined, look: async () => ({state: 'absent', evidence: 'saw nothing'}),
	}), {instanceOf: ToolError, code: 'K2D6060'});
	t.is(error.details.remedy, 'Nothing can be fetched ahead for stack: do without --offline. For the rest, run `tool fetch` while there is a network, then repeat this command.');
});

const tooled: Step<Env> = step('ahead', 'sources', ['tools'], fromMirror);
const served: Step<Env> = {...step('stack', 'control-plane', ['root'], () => ['packages']), fetchedBy: ['ahead']};

test('what is brought ahead for a step is fetched with it, and is in no other plan unless somebody names it', async t => {
	const all = [...steps, tooled, served];
	t.is(stepsThatFetch(all, env, {without: ['images']}).join(' '), 'tools root ahead');
	t.is(stepsThatFetch(all, env, {without: ['images', 'stack']}).join(' '), 'tools root');
	const ordered = order(all);
	const named: ReadonlyArray<readonly [Selection, boolean]> = [[{}, false], [{only: ['sources']}, false], [{only: ['ahead']}, true], [{with: ['ahead']}, true], [{with: ['sources']}, false]];
	for (const [selection, isThere] of named) {
		t.is(select(ordered, selection).has('ahead'), isThere);
	}

	const error = await t.throwsAsync(makePlan<Env>({
		steps: ordered, env, selection: {without: ['images']}, fresh: false, bootId: 'boot', offline: {fetch: 'tool fetch'},
		recordOf: () => undefined, lastJobOf: async () => undefined, look: async () => ({state: 'absent', evidence: 'saw nothing'}),
	}), {instanceOf: ToolError, code: 'K2D6060'});
	t.regex(error.message, /^stack \(packages\): /m);
	t.is(error.details.remedy, 'Run `tool fetch` while there is a network, then repeat this command.');
});

test('offline, what was fetched is used, and what needs no network is done', async t => {
	const plan = await offlinePlan({tools: 'present', root: 'present', store: 'present', base: 'present'});
	t.deepEqual(plan.filter(({verdict}) => verdict === 'RUN').map(({id}) => id), ['machine', 'image']);
	await t.notThrowsAsync(offlinePlan({tools: 'present', root: 'present'}, {without: ['images']}));
});

test('offline, a step whose probe cannot tell is no missing source', async t => {
	const plan = await offlinePlan({tools: 'present', root: 'unknown'}, {without: ['images']});
	t.is(plan.find(({id}) => id === 'root')!.verdict, 'BLOCK');
});
