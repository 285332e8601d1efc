import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {packageRoot} from '../../../../scripts/packageRoot.js';
import {sourceChecks} from '../../../../scripts/stages/devstack/sources.js';
import {judges} from '../../../../scripts/stages/devstack/preflight.js';
import {devstackRelease, knownSystems} from '../../../../scripts/stages/devstack/support.js';
import {load} from '../../config/workspace.js';
import {devstackConfig} from './samples.js';

const page = readFileSync(path.join(packageRoot, 'docs/devstack.md'), 'utf8');

/** Rows of the table under a heading, as cells; the first is its head. */
const table = (heading: string): string[][] => page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!.split('\n')
	.filter(line => line.startsWith('| ')).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));

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

	const titles = [...judges, ...sourceChecks({config, host: {run: nothing, script: nothing}})].map(({title}) => title);
	const cells = table('What is asked').slice(1).flatMap(([cell = '']) => cell.split(', ')).map(cell => cell.replace(/^of /, 'Repository of '));
	t.deepEqual(cells, titles);
});

test('the example of a profile is right', t => {
	const [text = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(match => match[1]!);
	const {config} = load({profile: './p.yaml', files: {'p.yaml': text}});
	t.like(config, {controlPlane: 'devstack', release: '2026.1'});
	t.like(config.devstack, {hostAddress: '192.0.2.10', ranges: {private: '10.128.0.0/22', floating: '172.24.4.0/24'}});
});
