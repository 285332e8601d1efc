import {createServer} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import test from 'ava';
import type {Machine} from '../../../../scripts/machines/types.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import {devstackPaths, type DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {editable} from '../../../../scripts/stages/devstack/editable.js';
import {editableProbe, parseEditable, type EditableState} from '../../../../scripts/stages/devstack/editableScripts.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {devstackConfig} from './samples.js';

const outputs: ReadonlyArray<readonly [output: string, state: EditableState]> = [
	['editable\nsource aa\ncopy aa\nread aa\n', {installed: true, source: 'aa', copy: 'aa', read: 'aa'}],
	['fixed\nsource aa\ncopy bb\nread \n', {installed: false, source: 'aa', copy: 'bb'}],
	['editable\nsource aa\ncopy \nread bb\n', {installed: true, source: 'aa', copy: '', read: 'bb'}],
];

for (const [output, state] of outputs) {
	test(`how the package stands, ${JSON.stringify(output)}`, t => {
		t.deepEqual(parseEditable(output), state);
	});
}

const probes: ReadonlyArray<readonly [what: string, state: EditableState, found: string, evidence: RegExp]> = [
	['all is right', {installed: true, source: 'aa', copy: 'aa', read: 'aa'}, 'present', /^Trove runs the package from \/p$/],
	['stack.sh has installed it', {installed: false, source: 'aa', copy: 'aa', read: 'aa'}, 'absent', /does not run/],
	['edited', {installed: true, source: 'bb', copy: 'aa', read: 'aa'}, 'broken', /not in the copy for guests$/],
	['edited and copied', {installed: true, source: 'bb', copy: 'bb', read: 'aa'}, 'broken', /not read yet by Trove's services$/],
	['never read', {installed: true, source: 'bb', copy: 'bb'}, 'broken', /not read yet/],
];

for (const [what, state, found, evidence] of probes) {
	test(`the package that is edited, ${what}`, t => {
		const probe = editableProbe('/p', state);
		t.is(probe.state, found as typeof probe.state);
		t.regex(probe.evidence, evidence);
	});
}

test('the package is run from where it is edited only on request, and then after Trove is told of K2HR3', t => {
	t.false(devstackSteps(devstackConfig()).some(({id}) => id === 'devstack.editable'));
	const step = devstackSteps(devstackConfig(['devstack.editable=true'])).find(({id}) => id === 'devstack.editable');
	t.deepEqual(step?.needs, ['devstack.k2hr3']);
});

test('it is installed by the user, copied, read by Trove\'s services, and noted when Trove answers', async t => {
	const trove = createServer((_, response) => {
		done.push('answer');
		response.end();
	}).listen(0, '127.0.0.1').unref();
	const done: string[] = [];
	const config = devstackConfig(['devstack.editable=true', 'proxy.http=http://proxy:3128']);
	const host = {
		async run(argv: readonly string[]) {
			done.push(`run as ${argv[2]}: ${argv.slice(-2).join(' ')}`);
			return {stdout: 'aa\n'};
		},
		async script(text: string) {
			done.push(...text.trim().split('\n'));
		},
		async write(file: string, text: string) {
			done.push(`write ${file} ${text.trim()}`);
		},
		connect: async () => connect((trove.address() as AddressInfo).port, '127.0.0.1'),
	} as unknown as Machine;
	const env = {config, host, paths: devstackPaths(config), api: {url: {database: 'http://192.0.2.10:8779/v1.0'}}} as unknown as DevstackEnv;
	const context: StepContext<DevstackEnv> = {
		env, signal: new AbortController().signal, progress: {say() {}, output() {}},
		async job(_, argv, options) {
			done.push(`job as ${argv[2]}: ${argv.at(-1)} with ${options?.env?.http_proxy}`);
		},
	};
	await editable(config)[0]!.apply(context);
	t.deepEqual(done, [
		'job as stack: /opt/stack/k2hdkc/trove-k2hdkc with http://proxy:3128', 'run as stack: /opt/stack/k2hdkc/trove-k2hdkc /opt/stack/trove',
		...[['devstack@tr*', 'restart'], ['apache2*', 'reload'], ['httpd*', 'reload']].map(([pattern, again]) =>
			`systemctl list-units --plain --no-legend --type=service --state=active '${pattern}' | cut -d ' ' -f 1 | xargs --no-run-if-empty systemctl ${again}`),
		'answer', 'write /opt/stack/k2hdkc/package.read aa',
	]);
});
