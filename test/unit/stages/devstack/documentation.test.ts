import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {order} from '../../../../scripts/pipeline/graph.js';
import {packageRoot} from '../../../../scripts/packageRoot.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {imageChecks} from '../../../../scripts/stages/devstack/environment.js';
import {hostChanges} from '../../../../scripts/stages/devstack/hostChange.js';
import {sourceChecks} from '../../../../scripts/stages/devstack/sources.js';
import {judges} from '../../../../scripts/stages/devstack/preflight.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {buildah} from '../../../../scripts/stages/images/containers/builders/buildah.js';
import {devstackRelease, devstackRepositories, knownSystems} from '../../../../scripts/stages/devstack/support.js';
import {load} from '../../config/workspace.js';
import {devstackConfig, goodMachine} from './samples.js';

const pageOf = (name: string): string => readFileSync(path.join(packageRoot, 'docs', `${name}.md`), 'utf8');

const page = pageOf('devstack');

/** Rows of a table, as cells. */
const rowsOf = (text: string): string[][] => text.split('\n').filter(line => line.startsWith('| ')).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));

/** Rows of the table under a heading, as cells; the first is its head. */
const table = (heading: string): string[][] => rowsOf(page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!);

test('the table of systems is that of the tool', t => {
	const {releases} = devstackConfig().offers;
	const rows = Object.entries(knownSystems()).map(([name, {title}]) => [title, ...releases.map(release => devstackRelease(release).systems.includes(name) ? 'yes' : 'no')]);
	t.deepEqual(table('Systems'), [['system', ...releases], ...rows]);
});

test('everything that is asked is on the page', t => {
	const config = devstackConfig();
	const nothing = async (): Promise<never> => {
		throw new Error('only looked at');
	};

	const host = {run: nothing, script: nothing};
	const env = {config, host, builder: {builder: buildah, reason: ''}} as unknown as DevstackEnv;
	const titles = [...judges, ...sourceChecks({config, host}), ...imageChecks(env)].map(({title}) => title);
	const cells = table('What is asked').slice(1).flatMap(([cell = '']) => cell.split(', ')).map(cell => cell.replace(/^of /, 'Repository of '));
	t.deepEqual(cells, titles);
});

test('every step is on the page, with how it is taken back', t => {
	const depths: Readonly<Record<string, string>> = {services: '`down`', sources: '`down --depth sources`', everything: '`down --depth everything`'};
	const versions = ['1.0.19', '1.0.18'].map(name => `{name: "${name}", active: true, imageTags: [trove]}`);
	const steps = devstackSteps(devstackConfig(['devstack.editable=true', 'sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', 'sources.k2hr3=directory:/opt/k2hr3', `datastore.versions=[${versions.join(', ')}]`]));
	const rows = steps.filter(({id}) => !/^(?:repository|images)\./.test(id)).map(({id, undo}) => [`\`${id}\``, 'undo' in undo ? depths[undo.depth] : 'with DevStack\'s data']);
	const repository = ['`repository.NAME`', depths.sources];
	t.deepEqual(table('What is done').slice(1).map(cells => [cells[0], cells.at(-1)]), [...rows.slice(0, 3), repository, ...rows.slice(3)]);
	t.deepEqual(order(steps).map(({id}) => id).toSorted(), steps.map(({id}) => id).toSorted());
});

test('every step that fetches for stack.sh is on the page of offline, with how it is taken back', t => {
	const steps = devstackSteps(devstackConfig(), goodMachine).filter(({id}) => id.startsWith('fetched.'));
	const rows = rowsOf(pageOf('offline').split('\n## DevStack\n')[1]!.split('\n## ')[0]!).slice(1);
	t.deepEqual(rows.map(cells => [cells[0], cells.at(-1)]), steps.map(({id, undo}) => [`\`${id}\``, 'undo' in undo ? `\`down --depth ${undo.depth}\`` : '']));
});

test('the changes of a machine are those of the tool', t => {
	const titles = (names: readonly string[]): string => names.length === Object.keys(knownSystems()).length ? 'all' : names.map(name => knownSystems()[name]!.title).join(', ');
	t.deepEqual(rowsOf(pageOf('devstack-machine')), [['step', 'system', 'what', 'why'], ...hostChanges().map(({id, systems, title, reason}) => [`\`system.${id}\``, titles(systems), title, reason])]);
});

test('the repositories are on the page', t => {
	const named = /Repositories: (.+?)\./s.exec(page)![1]!.split(/,\s+/);
	t.deepEqual(named, [...devstackRepositories({cinder: true, swift: true, dashboard: true})]);
});

test('a component that is off has no checkout', t => {
	const ids = new Set(devstackSteps(devstackConfig(['components.swift=false', 'components.dashboard=false'])).map(({id}) => id));
	t.deepEqual(['repository.swift', 'repository.horizon', 'repository.trove-dashboard'].filter(id => ids.has(id)), []);
	t.true(ids.has('repository.cinder'));
});

test('the examples of settings are right', t => {
	const [additions = '', text = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(match => match[1]!);
	t.like(load({profile: 'devstack', files: {'k2hdkc-devstack.yaml': additions}}).config.devstack, {variables: {LOGDAYS: 7}, sections: '[[post-config|$NOVA_CONF]]\n[DEFAULT]\ndebug = True\n'});
	const {config} = load({profile: './p.yaml', files: {'p.yaml': text}});
	t.like(config, {controlPlane: 'devstack', release: '2026.1'});
	t.like(config.devstack, {hostAddress: '192.0.2.10', ranges: {private: '10.128.0.0/22', floating: '172.24.4.0/24'}});
});
