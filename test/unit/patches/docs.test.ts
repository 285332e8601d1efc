import {readFile} from 'node:fs/promises';
import test from 'ava';
import {commandsOf, readBlocks} from '../../helpers/usagePage.js';

type Parameter = {
	readonly name: string;
	readonly type: string;
	readonly min?: number;
	readonly max?: number;
	readonly default: string | number | boolean;
	readonly description: string;
};

const rules = async (): Promise<readonly Parameter[]> => {
	const text = await readFile('patches/trove-k2hdkc/trove_k2hdkc/templates/k2hdkc/validation-rules.json', 'utf8');
	return (JSON.parse(text) as Readonly<Record<string, readonly Parameter[]>>)['configuration-parameters']!;
};

test('docs/datastore.md describes every parameter as the rules have it', async t => {
	const page = await readFile('docs/datastore.md', 'utf8');
	const rows = (await rules()).map(rule => {
		const values = rule.type === 'integer' ? `${rule.min} to ${rule.max}` : rule.type;
		return `| \`${rule.name}\` | ${values} | ${rule.default === '' ? 'empty' : rule.default} | ${rule.description} |`;
	});
	t.true(rows.length > 6);
	t.deepEqual(page.split('\n').filter(line => /^\| `(?:chmpx|k2hdkc|cluster|https?|no)[-_]/.test(line)), rows);
});

test('docs/datastore.md registers as the tool does', async t => {
	const page = await readFile('docs/datastore.md', 'utf8');
	const source = await readFile('scripts/stages/datastore/registration.ts', 'utf8');
	for (const [, value] of source.matchAll(/^const \w+ = '(.+)';$/gm)) {
		t.true(page.includes(value!), value);
	}
});

test('docs/usage.md shows every command that the package brings to the client', async t => {
	const project = await readFile('patches/trove-k2hdkc/pyproject.toml', 'utf8');
	const brought = [...project.matchAll(/^(database_\w+) = "trove_k2hdkc\.client\./gm)].map(([, name]) => `openstack ${name!.replaceAll('_', ' ')}`);
	t.true(brought.length > 4);
	const shown = (await readBlocks()).flatMap(block => commandsOf(block));
	t.deepEqual(brought.filter(command => !shown.some(line => line === command || line.startsWith(`${command} `))), []);
});
