import test from 'ava';
import type {Release} from '../../../../scripts/config/schema.js';
import {ToolError} from '../../../../scripts/errors/toolError.js';
import {devstackPorts, devstackRelease, knownSystems, systemName} from '../../../../scripts/stages/devstack/support.js';
import {devstackConfig} from './samples.js';

/** SUPPORTED_DISTROS of stack.sh on the tip of each branch. */
const table: ReadonlyArray<readonly [release: Release, branch: string, systems: string]> = [
	['2024.1', 'unmaintained/2024.1', 'bookworm bullseye jammy rhel8 rhel9 openEuler'],
	['2025.1', 'stable/2025.1', 'bookworm jammy noble rhel9'],
	['2025.2', 'stable/2025.2', 'bookworm jammy noble rhel9 rhel10'],
	['2026.1', 'stable/2026.1', 'trixie bookworm noble rhel9 rhel10'],
	['master', 'master', 'trixie bookworm noble rhel9 rhel10 resolute'],
];

for (const [release, branch, systems] of table) {
	test(`DevStack of ${release}`, t => {
		t.like(devstackRelease(release), {branch, systems: systems.split(' ')});
	});
}

test('the releases of the table are those that the profile offers', t => {
	t.deepEqual(devstackConfig().offers.releases, table.map(([release]) => release));
	t.throws(() => devstackRelease('2026.2'), {instanceOf: ToolError, code: 'K2D1005'});
});

const names: ReadonlyArray<readonly [id: string, version: string, name: string | undefined]> = [
	['debian', '12', 'bookworm'], ['debian', '13', 'trixie'], ['debian', '11', undefined], ['debian', '', undefined],
	['ubuntu', '22.04', 'jammy'], ['ubuntu', '24.04', 'noble'], ['ubuntu', '24.10', undefined], ['ubuntu', '12', undefined],
	['rocky', '9.4', 'rhel9'], ['rocky', '9', 'rhel9'], ['rocky', '10.0', 'rhel10'], ['rocky', '8.10', undefined], ['fedora', '42', undefined],
];

for (const [id, version, name] of names) {
	test(`${id} ${version} is ${name ?? 'not known'}`, t => {
		t.is(systemName({id, version}), name);
	});
}

test('every system that is known is of some release', t => {
	const taken = new Set(table.flatMap(row => row[2].split(' ')));
	t.deepEqual(Object.keys(knownSystems()).filter(name => !taken.has(name)), []);
});

test('ports of components that are off are not asked for', t => {
	const all = devstackPorts({swift: true}).map(({port}) => port);
	t.is(new Set(all).size, all.length);
	t.true(all.includes(8080));
	t.deepEqual(devstackPorts({swift: false}).map(({port}) => port), all.filter(port => port !== 8080));
});
