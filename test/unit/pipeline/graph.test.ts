import test from 'ava';
import fc from 'fast-check';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {ancestorsOf, neededOutside, order, select, validate, type Node, type Selection} from '../../../scripts/pipeline/graph.js';

const node = (id: string, needs: readonly string[] = [], stage: Node['stage'] = 'control-plane'): Node => ({id, needs, stage});

const steps = [
	node('root', [], 'machine'),
	node('boot', ['root'], 'machine'),
	node('mariadb', ['boot']),
	node('rabbitmq', ['boot']),
	node('keystone', ['mariadb']),
	node('trove', ['keystone', 'rabbitmq']),
	node('package', ['boot'], 'datastore'),
	node('version', ['trove', 'package'], 'registration'),
];

const messageOf = (t: {throws: (f: () => unknown, e: {instanceOf: typeof ToolError}) => ToolError | undefined}, act: () => unknown): string =>
	t.throws(act, {instanceOf: ToolError})!.message;

test('a good graph is accepted', t => {
	t.notThrows(() => {
		validate(steps);
	});
});

test('a need that nobody is, is named with a suggestion', t => {
	t.is(messageOf(t, () => {
		validate([node('keystone', ['mariadbb']), node('mariadb')]);
	}), 'Step keystone needs mariadbb, which is not a step. Did you mean "mariadb"?');
});

test('a circle is named step by step', t => {
	t.is(messageOf(t, () => {
		validate([node('a'), node('b', ['a', 'd']), node('c', ['b']), node('d', ['c'])]);
	}), 'Steps need each other in a circle: b → d → c → b.');
});

test('a step that needs itself is a circle', t => {
	t.regex(messageOf(t, () => {
		validate([node('a', ['a'])]);
	}), /circle: a → a/);
});

test('a double id is named', t => {
	t.regex(messageOf(t, () => {
		validate([node('a'), node('b'), node('a')]);
	}), /Two steps have the id a/);
});

test('the order follows needs, then stages, then the list', t => {
	t.deepEqual(order(steps.toReversed()).map(({id}) => id), ['root', 'boot', 'rabbitmq', 'mariadb', 'keystone', 'trove', 'package', 'version']);
});

const graphs = fc.integer({min: 0, max: 12}).chain(size => fc.tuple(...Array.from({length: size}, (_, index) =>
	fc.subarray(Array.from({length: index}, (_, need) => `s${need}`)).map(needs => node(`s${index}`, needs)))));

test('in every order each step comes after its needs, and none is lost', t => {
	fc.assert(fc.property(graphs.chain(nodes => fc.shuffledSubarray(nodes, {minLength: nodes.length})), nodes => {
		const ordered = order(nodes).map(({id}) => id);
		t.is(new Set(ordered).size, nodes.length);
		for (const {id, needs} of nodes) {
			t.true(needs.every(need => ordered.indexOf(need) < ordered.indexOf(id)));
		}
	}), {numRuns: 200});
});

test('ancestors are found through several steps', t => {
	t.deepEqual([...ancestorsOf('trove', steps)].toSorted(), ['boot', 'keystone', 'mariadb', 'rabbitmq', 'root']);
	t.deepEqual([...ancestorsOf('root', steps)], []);
});

const selections: ReadonlyArray<readonly [string, Selection, string]> = [
	['nothing given', {}, 'root boot mariadb rabbitmq keystone trove package version'],
	['one step', {only: ['keystone']}, 'keystone'],
	['a stage', {only: ['machine']}, 'root boot'],
	['a step and a stage', {only: ['machine', 'trove']}, 'root boot trove'],
	['from a step', {from: 'keystone'}, 'keystone trove package version'],
	['from a stage', {from: 'control-plane'}, 'mariadb rabbitmq keystone trove package version'],
	['until a step', {until: 'mariadb'}, 'root boot mariadb'],
	['until a stage', {until: 'machine'}, 'root boot'],
	['from until', {from: 'mariadb', until: 'keystone'}, 'mariadb rabbitmq keystone'],
	['from after until', {from: 'trove', until: 'root'}, ''],
	['without a stage', {without: ['datastore', 'registration']}, 'root boot mariadb rabbitmq keystone trove'],
	['only with another', {only: ['keystone'], with: ['machine']}, 'root boot keystone'],
	['without wins over with', {only: ['keystone'], with: ['trove'], without: ['trove']}, 'keystone'],
	['only within a range', {only: ['control-plane'], until: 'rabbitmq'}, 'mariadb rabbitmq'],
];

for (const [name, selection, expected] of selections) {
	test(`selection: ${name}`, t => {
		t.is([...select(order(steps), selection)].join(' '), expected);
	});
}

for (const key of ['from', 'until'] as const) {
	test(`an unknown name with --${key} is refused with a suggestion`, t => {
		const error = t.throws(() => select(steps, {[key]: 'keyston'}), {instanceOf: ToolError});
		t.is(error.code, 'K2D1006');
		t.is(error.message, '"keyston" is neither a step nor a stage of this plan. Did you mean "keystone"?');
	});
}

test('unknown names in lists are refused', t => {
	for (const selection of [{only: ['x1']}, {with: ['x1']}, {without: ['x1']}]) {
		t.throws(() => select(steps, selection), {instanceOf: ToolError, message: /^"x1" is neither/});
	}
});

test('needs outside of a selection are told with who needs them', t => {
	const outside = neededOutside(order(steps), new Set(['keystone', 'trove', 'version']));
	t.deepEqual([...outside], [['mariadb', ['keystone']], ['rabbitmq', ['trove']], ['package', ['version']]]);
});
