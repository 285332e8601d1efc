import test from 'ava';
import {ToolError} from '../../../../scripts/errors/toolError.js';
import type {OpenstackApi} from '../../../../scripts/openstack/api.js';
import type {Probe, StepContext} from '../../../../scripts/pipeline/types.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {inventory, inventoryProbe, type Provider} from '../../../../scripts/stages/devstack/inventory.js';

const cloud: Provider = {name: 'cloud', totals: {VCPU: 2, MEMORY_MB: 8192, DISK_GB: 40}};

const cases: ReadonlyArray<readonly [string, readonly Provider[], Probe]> = [
	['nobody', [], {state: 'absent', evidence: 'Placement knows no host for servers'}],
	['a provider of bandwidth alone', [{name: 'br-ex', totals: {NET_BW_EGR_KILOBIT_PER_SEC: 1000}}], {state: 'absent', evidence: 'Placement knows no host for servers'}],
	['a host without room', [{name: 'cloud', totals: {VCPU: 2, MEMORY_MB: 8192, DISK_GB: 0}}], {state: 'broken', evidence: 'Placement has no DISK_GB of cloud'}],
	['a host that is not told in full', [{name: 'cloud', totals: {VCPU: 2}}], {state: 'broken', evidence: 'Placement has no MEMORY_MB of cloud, no DISK_GB of cloud'}],
	['a host', [cloud], {state: 'present', evidence: 'cloud: 2 VCPU, 8192 MEMORY_MB, 40 DISK_GB'}],
];

for (const [what, providers, expected] of cases) {
	test(`Placement has ${what}`, t => {
		t.deepEqual(inventoryProbe(providers), expected);
	});
}

/** A Placement that knows of the machine after a number of questions. `compute` is what systemd says of Nova's service. */
const createWorld = (questions: number, compute = 'active') => {
	const said: string[] = [];
	let asked = 0;
	const api = {
		url: {placement: 'http://192.0.2.10/placement'},
		async request({url}: {readonly url: string}) {
			if (url.endsWith('/inventories')) {
				return {body: {inventories: {VCPU: {total: 2}, MEMORY_MB: {total: 8192}, DISK_GB: {total: 40}}}};
			}

			asked++;
			if (asked === 1) {
				throw new ToolError('K2D2306', 'no answer');
			}

			return {body: {resource_providers: asked > questions ? [{uuid: 'one', name: 'cloud'}] : []}};
		},
	} as unknown as OpenstackApi;
	const host = {run: async () => ({code: compute === 'active' ? 0 : 3, stdout: `${compute}\n`, stderr: ''})};
	const context = {env: {api, host, config: {timeouts: {scale: 1}}}, signal: new AbortController().signal, progress: {say: (text: string) => said.push(text)}} as unknown as StepContext<DevstackEnv>;
	return {context, said};
};

test('it is waited for', async t => {
	const {context, said} = createWorld(2);
	await inventory.apply(context);
	t.deepEqual(said, ['waiting since 0 s: Placement does not answer: no answer', 'waiting since 2 s: Placement knows no host for servers']);
	t.is((await inventory.probe(context)).state, 'present');
});

test('not when Nova\'s compute service has died', async t => {
	const {context} = createWorld(9, 'failed');
	const error = await t.throwsAsync(async () => inventory.apply(context), {instanceOf: ToolError});
	t.is(error.code, 'K2D2210');
	t.regex(error.message, /n-cpu\.service has ended/);
});
