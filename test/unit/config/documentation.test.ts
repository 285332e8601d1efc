import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {profileNames} from '../../../scripts/config/profiles.js';
import {parseTroveSource} from '../../../scripts/config/troveSource.js';
import {packageRoot} from '../../../scripts/packageRoot.js';
import {load} from './workspace.js';

const page = readFileSync(path.join(packageRoot, 'docs/configuration.md'), 'utf8');
const blocks = (language: string): string[] => [...page.matchAll(/```(\w+)\n(.*?)```/gs)].filter(match => match[1] === language).map(match => match[2]!);

test('every YAML example of the page is right', t => {
	t.is(blocks('yaml').length, 3);
	for (const text of blocks('yaml')) {
		const isProfile = 'extends' in (parse(text) as object);
		t.is(load(isProfile ? {profile: './p.yaml', files: {'p.yaml': text}} : {files: {'k2hdkc-devstack.yaml': text}}).config.release, '2025.1');
	}
});

test('every variable and every --set of the page is right', t => {
	const shell = blocks('sh').join('\n');
	const variables = shell.split('\n').filter(line => line.startsWith('K2HDKC_DEVSTACK__'));
	const assignments = [...shell.matchAll(/--set (?:'([^']+)'|(\S+))/g)].map(match => match[1] ?? match[2]!);
	t.is(variables.length, 4);
	t.is(assignments.length, 3);
	const {origins} = load({files: {'.env': variables.join('\n')}, flags: {set: assignments}});
	t.is([...origins.values()].filter(({layer}) => layer === '.env').length, 3, '--set proxy.no goes before .env');
	t.is([...origins.values()].filter(({layer}) => layer === 'flag').length, 3);
});

test('every form of a source and every profile is on the page', t => {
	const forms = [...page.matchAll(/^\| `(\w+:[^`]+)` \|/gm)].map(match => match[1]!);
	t.is(forms.length, 5);
	t.deepEqual(forms.filter(form => parseTroveSource(form) === undefined), []);
	for (const name of profileNames(path.join(packageRoot, 'conf'))) {
		t.true(page.includes(`| \`${name}\` |`), name);
	}
});
