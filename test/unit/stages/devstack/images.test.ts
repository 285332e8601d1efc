import {readFileSync} from 'node:fs';
import test from 'ava';
import type {Machine} from '../../../../scripts/machines/types.js';
import {ancestorsOf, order} from '../../../../scripts/pipeline/graph.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {registry, registryOf} from '../../../../scripts/stages/devstack/registry.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {devstackConfig} from './samples.js';

const k2hdkc = ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian'];
const tools = ['host.packages', 'images.store', 'images.tools'];
const guest = ['images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest', 'images.guest.check', 'images.guest.glance'];
const containers = ['images.containers.base', 'images.database', 'images.database.check', 'images.database.push', 'images.backup.python', 'images.backup', 'images.backup.check', 'images.backup.push'];

for (const [what, set, ids] of [
	['none, with the component off', ['components.images=false', ...k2hdkc], []],
	['the guest image alone, where K2HDKC is not there', [], [...tools, ...guest]],
	['all, where it is', k2hdkc, [...tools, 'registry.packages', 'registry', ...guest, ...containers]],
] as const) {
	test(`images of a DevStack: ${what}`, t => {
		const steps = devstackSteps(devstackConfig(set));
		const found = steps.map(({id}) => id).filter(id => !/^(?:devstack|repository|k2hr3)\./.test(id));
		t.deepEqual(found.toSorted(), [...ids].toSorted());
		t.is(new Set(steps.map(({id}) => id)).size, steps.length);
	});
}

test('what apt brings is there before stack.sh, images come beside it, and go where they are used after it', t => {
	const steps = devstackSteps(devstackConfig(k2hdkc));
	t.is(order(steps).length, steps.length);
	const before = ancestorsOf('devstack.stack', steps);
	t.deepEqual([...tools, 'registry.packages'].filter(id => !before.has(id)), []);
	t.deepEqual([...guest, ...containers].filter(id => before.has(id)), []);
	for (const id of ['images.guest.check', 'images.database.check', 'images.backup.check']) {
		t.false(ancestorsOf(id, steps).has('devstack.stack'), id);
	}

	for (const id of ['images.guest.glance', 'images.database.push', 'images.backup.push']) {
		t.true(ancestorsOf(id, steps).has('devstack.services'), id);
	}
});

const createRegistry = (given: Readonly<Record<string, string>> = {}) => {
	const files = new Map(Object.entries(given));
	const scripts: string[] = [];
	const host = {
		read: async (file: string) => files.get(file),
		async write(file: string, text: string) {
			files.set(file, text);
		},
		run: async () => ({code: 0, stdout: '', stderr: ''}),
		async script(text: string) {
			scripts.push(text);
			return {code: 0, stdout: '', stderr: ''};
		},
		async connect() {
			throw new Error('nobody listens');
		},
	} as unknown as Machine;
	const config = devstackConfig(['devstack.ranges.floating=198.51.100.0/24', 'timeouts.scale=0.1']);
	return {files, scripts, context: {env: {config, host}, signal: new AbortController().signal, progress: {say() {}, output() {}}} as unknown as StepContext<DevstackEnv>};
};

test('the registry listens at the gateway of the floating range and nowhere else', async t => {
	const {files, scripts, context} = createRegistry();
	t.deepEqual(registryOf(context.env.config), {address: '198.51.100.1:5443', isPlain: true});
	t.is((await registry.probe(context)).state, 'absent');
	await t.throwsAsync(registry.apply(context), {code: 'K2D2306', message: /198\.51\.100\.1:5443 does not answer/});
	t.regex(files.get('/etc/k2hdkc-devstack/registry.yml')!, /\n {2}addr: 198\.51\.100\.1:5443\n$/);
	t.is(files.get('/etc/systemd/system/k2hdkc-devstack-registry.service'), readFileSync('conf/devstack/registry.service', 'utf8'));
	t.regex(scripts[0]!, /systemctl enable --quiet k2hdkc-devstack-registry\.service/);
	t.deepEqual(await registry.probe(context), {state: 'broken', evidence: 'the registry at 198.51.100.1:5443 does not answer'});
	files.set('/etc/k2hdkc-devstack/registry.yml', 'mine');
	t.regex((await registry.probe(context)).evidence, /registry\.yml says something else/);
});

for (const [title, system, missing] of [
	['Debian 13', {id: 'debian', version: '13', title: 'Debian GNU/Linux 13'}, true],
	['Ubuntu 24.04', {id: 'ubuntu', version: '24.04', title: 'Ubuntu 24.04'}, true],
	['Ubuntu 22.04, which has no such package', {id: 'ubuntu', version: '22.04', title: 'Ubuntu 22.04'}, false],
] as const) {
	test(`netavark is asked for on ${title}`, async t => {
		const host = {run: async () => ({code: 0, stdout: '', stderr: '', seconds: 0})} as unknown as Machine;
		const step = devstackSteps(devstackConfig(k2hdkc)).find(({id}) => id === 'host.packages')!;
		const {evidence} = await step.probe({env: {host, config: devstackConfig(k2hdkc), facts: {system}} as unknown as DevstackEnv} as StepContext<DevstackEnv>);
		t.is(/not installed: [^;]*netavark/.test(evidence), missing, evidence);
	});
}
