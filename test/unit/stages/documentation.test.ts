import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {ports} from '../../../scripts/openstack/api.js';
import {packageRoot} from '../../../scripts/packageRoot.js';
import type {Undo} from '../../../scripts/pipeline/types.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import {load} from '../config/workspace.js';
import {publicKey} from './samples.js';

const read = (page: string): string => readFileSync(path.join(packageRoot, 'docs/stages', `${page}.md`), 'utf8');

/** Rows of a table whose first cell is code, as cells. */
const rows = (text: string): string[][] => text.split('\n').filter(line => /^\| [[`]/.test(line)).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));

const {config} = load({flags: {set: ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', 'sources.k2hr3=directory:/opt/k2hr3']}});
const steps = sandboxSteps({...config, components: {dashboard: true, swift: true, cinder: true, compute: true, images: true}});
const stages = [...new Set(steps.map(({stage}) => stage))];

const takenBackBy = (undo: Undo<never>): RegExp => {
	if ('nothingLeft' in undo) {
		return /^with the (?:disk|root|store)$/;
	}

	return undo.depth === 'services' ? /^`down`$/ : new RegExp(`^\`down --depth ${undo.depth}\`$`);
};

for (const stage of stages) {
	test(`the page of stage ${stage} names its steps, and how far down each goes`, t => {
		const wanted = steps.filter(step => step.stage === stage);
		const found = rows(read(stage)).filter(cells => cells.length === 4);
		t.deepEqual(found.map(([id]) => id), wanted.map(({id}) => `\`${id}\``));
		for (const [index, {undo}] of wanted.entries()) {
			t.regex(found[index]![3]!, takenBackBy(undo));
		}
	});
}

test('every stage that has steps has a page', t => {
	const linked = rows(read('README')).flatMap(([cell]) => /\[(.+)]\(\1\.md\)/.exec(cell!)?.[1] ?? []);
	t.deepEqual(new Set(linked), new Set(stages));
});

test('the ports are those of the services', t => {
	const page = read('control-plane');
	for (const port of Object.values(ports)) {
		t.regex(page, new RegExp(`\\| [\\d, ]*\\b${port}\\b[\\d, ]* \\|`));
	}
});

test('the examples of the guest image are right', t => {
	const examples = [...read('images').matchAll(/```yaml\n(.*?)```/gs)].map(match => match[1]!.replace('~/.ssh/id_ed25519.pub', publicKey));
	t.deepEqual(examples.map(example => load({files: {'k2hdkc-devstack.yaml': example}}).config.images.guest.suite), ['trixie', 'noble', 'trixie', 'trixie', 'trixie']);
});

test('the example of a second version is right', t => {
	const [example = ''] = [...read('registration').matchAll(/```yaml\n(.*?)```/gs)].map(match => match[1]!);
	t.deepEqual(load({files: {'k2hdkc-devstack.yaml': example}}).config.datastore.versions.map(({name}) => name), ['1.0.19', '1.0.18']);
});
