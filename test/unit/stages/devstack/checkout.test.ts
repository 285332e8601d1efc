import test from 'ava';
import {ToolError} from '../../../../scripts/errors/toolError.js';
import {checkoutExit, checkoutProbe, driftOf, parseCheckout, strangeness, type Checkout} from '../../../../scripts/stages/devstack/checkout.js';
import {checkoutError, repositorySource} from '../../../../scripts/stages/devstack/repositories.js';
import {devstackConfig} from './samples.js';

const [one, two] = ['1'.repeat(40), '2'.repeat(40)] as const;

const outputs: ReadonlyArray<readonly [output: string, checkout: Checkout]> = [
	['absent\n', {kind: 'absent', changed: 0}],
	['other\n', {kind: 'other', changed: 0}],
	[`checkout\n${one}\n${one}\n0\n`, {kind: 'checkout', base: one, head: one, changed: 0}],
	[`checkout\n\n${two}\n3\n`, {kind: 'checkout', head: two, changed: 3}],
	['checkout\n\n\n0\n', {kind: 'checkout', changed: 0}],
];

for (const [output, checkout] of outputs) {
	test(`what git says: ${JSON.stringify(output.replaceAll(/(\d)\1{39}/g, '$1'))}`, t => {
		t.deepEqual(parseCheckout(output), checkout);
	});
}

const probes: ReadonlyArray<readonly [what: string, checkout: Checkout, state: string, evidence: RegExp, drift: RegExp | undefined]> = [
	['nothing', {kind: 'absent', changed: 0}, 'absent', /not there$/, undefined],
	['something else', {kind: 'other', changed: 0}, 'unknown', /no checkout of git$/, undefined],
	['somebody else\'s', {kind: 'checkout', head: two, changed: 0}, 'present', /somebody else made, at 2{12}$/, undefined],
	['as it was made', {kind: 'checkout', base: one, head: one, changed: 0}, 'present', /is at 1{12}$/, undefined],
	['changed', {kind: 'checkout', base: one, head: one, changed: 1}, 'present', /1 of its files has local changes: left alone without --fresh$/, /^1 of its files has local changes$/],
	['moved', {kind: 'checkout', base: one, head: two, changed: 0}, 'present', /it is at 2{12}, not at 1{12}, where this .+: left alone without --fresh$/, /^it is at 2/],
	['both', {kind: 'checkout', base: one, head: two, changed: 2}, 'present', /, and 2 of its files have local changes: left alone without --fresh$/, /and 2 of its files/],
];

for (const [what, checkout, state, evidence, drift = /^none$/] of probes) {
	test(`a checkout: ${what}`, t => {
		const probe = checkoutProbe('/opt/stack/nova', checkout);
		t.is(probe.state, state as typeof probe.state);
		t.regex(probe.evidence, evidence);
		t.regex(driftOf(checkout) ?? 'none', drift);
	});
}

const strange: ReadonlyArray<readonly [what: string, checkout: Checkout, why: string | undefined]> = [
	['nothing', {kind: 'absent', changed: 0}, undefined],
	['as it was made', {kind: 'checkout', base: one, head: one, changed: 0}, undefined],
	['something else', {kind: 'other', changed: 0}, 'it is no checkout of git'],
	['somebody else\'s', {kind: 'checkout', head: two, changed: 0}, 'somebody else made it'],
	['changed', {kind: 'checkout', base: one, head: one, changed: 1}, '1 of its files has local changes'],
];

for (const [what, checkout, why] of strange) {
	test(`what gives way to --fresh, ${what}`, t => {
		t.is(strangeness(checkout), why);
	});
}

test('each repository comes from the branch of the release, unless another ref is named', t => {
	const config = devstackConfig(['sources.devstack.git=file:///srv/git', 'sources.devstack.refs={nova: 1a2b3c}'], '2024.1');
	t.deepEqual(repositorySource(config, 'nova'), {url: 'file:///srv/git/openstack/nova.git', ref: '1a2b3c'});
	t.deepEqual(repositorySource(config, 'glance'), {url: 'file:///srv/git/openstack/glance.git', ref: 'unmaintained/2024.1'});
});

const errors: ReadonlyArray<readonly [code: number, error: string, says: RegExp]> = [
	[checkoutExit.foreign, 'K2D6013', /somebody else made/],
	[checkoutExit.changed, 'K2D6014', /has local changes, and stable\/2026\.1 is wanted/],
	[checkoutExit.occupied, 'K2D6013', /no checkout of git/],
	[checkoutExit.noSuchRef, 'K2D6001', /^https:\/\/\*\*\*@git\/nova\.git has no branch, tag or commit/],
];

for (const [code, error, says] of errors) {
	test(`code ${code} of the script is ${error}`, t => {
		const found = checkoutError(code, {place: '/opt/stack/nova', url: 'https://joe:hunter22@git/nova.git', ref: 'stable/2026.1'});
		t.true(found instanceof ToolError);
		t.is(found?.code, error);
		t.regex(found?.message ?? '', says);
		t.truthy(found?.details.remedy);
	});
}

test('any other code is not the script\'s own', t => {
	t.is(checkoutError(128, {place: '', url: '', ref: ''}), undefined);
	t.is(checkoutError(undefined, {place: '', url: '', ref: ''}), undefined);
});
