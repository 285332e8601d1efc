import {existsSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {Step} from '../../../scripts/pipeline/types.js';
import {toySets, toyStep, type Toy} from '../../fixtures/toySteps.js';
import {notices, readState, readText, reasonOf, results, toyDirectory, toyEngine} from './toyTool.js';

const {files} = toySets;

test('released alone: what the step stands on stays, and so does what is adopted or was never made', async t => {
	const directory = await toyDirectory(t);
	const released = (id: string, needs: readonly string[]): Step<Toy> => toyStep(id, {
		needs,
		undo: {
			nothingLeft: 'it goes with root',
			async release({env}) {
				await env.machine.script(`cd '${directory}'; rm ${id}; echo ${id} >> released`);
			},
		},
	});
	writeFileSync(`${directory}/theirs`, 'theirs\n');
	const steps = [toyStep('root'), released('base', ['root']), released('top', ['base']), released('theirs', ['root']), released('beside', ['root'])];
	await toyEngine(directory, steps).up({selection: {without: ['beside']}});
	const engine = toyEngine(directory, steps);
	t.is((await engine.release(['base', 'top', 'theirs', 'beside'])).exitCode, 0);
	t.is(results(engine.events), 'theirs:skipped top:undone base:undone');
	t.is(readText(directory, 'released'), 'top\nbase');
	t.deepEqual(Object.keys(readState(directory).steps).toSorted(), ['root', 'theirs']);
	const next = toyEngine(directory, steps);
	await next.up();
	t.is(results(next.events).split(' ').toSorted().join(' '), 'base:done beside:done root:skipped theirs:skipped top:done');
	t.is((await toyEngine(directory, steps).down('services')).exitCode, 0);
	t.is(readText(directory, 'released'), 'top\nbase', 'down itself leaves it to what the step stands on');
});

test('down of nothing is fine, and down everything leaves no state', async t => {
	const directory = await toyDirectory(t);
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
	await toyEngine(directory, files).up();
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
	t.deepEqual(readdirSync(directory).filter(name => !name.endsWith('.runs')), []);
	t.is((await toyEngine(directory, files).down('everything')).exitCode, 0);
});

test('a failing undo keeps what the step stands on; the others go; the next down tries again', async t => {
	const directory = await toyDirectory(t);
	const stuck = toyStep('stuck', {
		needs: ['base'],
		undo: {
			depth: 'services',
			async undo({env}) {
				await env.machine.script(`[ ! -e ${directory}/glue ] || { echo it sticks >&2; exit 1; }\nrm ${directory}/stuck`);
			},
		},
	});
	const steps = [toyStep('base'), stuck, toyStep('free')];
	await toyEngine(directory, steps).up();
	writeFileSync(`${directory}/glue`, '');
	const engine = toyEngine(directory, steps);
	const outcome = await engine.down('everything');
	t.is(outcome.exitCode, 1);
	t.is(outcome.failures[0]!.code, 'K2D2009');
	t.true(existsSync(`${directory}/base`));
	t.false(existsSync(`${directory}/free`));
	t.deepEqual(Object.entries(readState(directory).steps).map(([id, {status}]) => `${id} ${status}`), ['base done', 'stuck undoing']);
	rmSync(`${directory}/glue`);
	t.is((await toyEngine(directory, steps).down('everything')).exitCode, 0);
	t.false(existsSync(`${directory}/base`));
});

test('an undo that leaves its thing in place has failed', async t => {
	const directory = await toyDirectory(t);
	const steps = [toyStep('sticky', {undo: {depth: 'services', undo: async () => undefined}})];
	await toyEngine(directory, steps).up();
	const outcome = await toyEngine(directory, steps).down('services');
	t.is(outcome.failures[0]!.code, 'K2D2009');
	t.regex(outcome.failures[0]!.what, /still there: file sticky/);
	t.is(readState(directory).steps.sticky!.status, 'undoing');
});

test('depth decides what goes; a step that leaves nothing is forgotten with what it lived in', async t => {
	const directory = await toyDirectory(t);
	const undo = (depth: 'services' | 'sources' | 'everything', id: string): Parameters<typeof toyStep>[1] => ({
		undo: {
			depth,
			async undo({env}) {
				await env.machine.run(['rm', '-f', `${env.directory}/${id}`]);
			},
		},
	});
	const steps = [
		toyStep('cache', undo('everything', 'cache')),
		toyStep('root', {needs: ['cache'], ...undo('sources', 'root')}),
		toyStep('boot', {needs: ['root'], ...undo('services', 'boot')}),
		toyStep('inside', {needs: ['boot'], undo: {nothingLeft: 'it lives in the root'}}),
	];
	await toyEngine(directory, steps).up();
	await toyEngine(directory, steps).down('services');
	t.deepEqual(Object.keys(readState(directory).steps), ['cache', 'root', 'inside']);
	await toyEngine(directory, steps).up();
	await toyEngine(directory, steps).down('sources');
	t.deepEqual(Object.keys(readState(directory).steps), ['cache']);
	t.true(existsSync(`${directory}/cache`));
});

test('steps that are no longer part of the configuration are named by down, and their record is kept', async t => {
	const directory = await toyDirectory(t);
	const root = toyStep('root', {
		undo: {
			depth: 'sources',
			async undo({env}) {
				await env.machine.run(['rm', '-f', `${env.directory}/root`]);
			},
		},
	});
	const inside = toyStep('inside', {needs: ['root'], undo: {nothingLeft: 'it lives in the root'}});
	await toyEngine(directory, [root, inside, toyStep('outside')]).up();
	const engine = toyEngine(directory, [root]);
	t.is((await engine.down('everything')).exitCode, 0);
	t.regex(notices(engine.events), /not part of this configuration and so left alone: outside\./);
	t.deepEqual(Object.keys(readState(directory).steps), ['outside']);
	t.is((await toyEngine(directory, [root, toyStep('outside')]).down('everything')).exitCode, 0);
	t.false(existsSync(`${directory}/env`));
});

test('what is left goes off the record, with its reason, and what stood on it is taken back', async t => {
	const directory = await toyDirectory(t);
	const shared = toyStep('shared', {
		own: true,
		undo: {
			depth: 'everything',
			async left({machine}) {
				const {code} = await machine.run(['test', '-e', `${directory}/other`], {allow: [0, 1]});
				return code === 0 ? 'left for the other' : undefined;
			},
			async undo({env}) {
				await env.machine.run(['rm', '-f', `${directory}/shared`]);
			},
		},
	});
	const steps = [shared, toyStep('mine', {needs: ['shared']})];
	await toyEngine(directory, steps).up();
	writeFileSync(`${directory}/other`, '');
	const engine = toyEngine(directory, steps);
	t.is((await engine.down('everything')).exitCode, 0);
	t.is(results(engine.events), 'mine:undone shared:skipped');
	t.is(reasonOf(engine.events, 'shared'), 'left for the other');
	t.true(existsSync(`${directory}/shared`));
	t.false(existsSync(`${directory}/env`));

	// Found by the last one, it goes with that.
	rmSync(`${directory}/other`);
	await toyEngine(directory, steps).up();
	t.is((await toyEngine(directory, steps).down('everything')).exitCode, 0);
	t.false(existsSync(`${directory}/shared`));
});
