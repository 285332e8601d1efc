import {createServer} from 'node:http';
import {connect, type AddressInfo} from 'node:net';
import test from 'ava';
import type {OpenstackApi} from '../../../../scripts/openstack/api.js';
import type {Machine} from '../../../../scripts/machines/types.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import {devstackPaths, type DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {devstackK2hr3} from '../../../../scripts/stages/devstack/k2hr3.js';
import {tellTrove} from '../../../../scripts/stages/devstack/tellTrove.js';
import {devstackConfig} from './samples.js';

const troveFile = '/etc/trove/trove.conf.d/k2hr3.conf';
const horizonFile = '/opt/stack/horizon/openstack_dashboard/local/local_settings.d/_1741_k2hdkc.py';
// Answers for Trove.
const server = createServer((_, response) => {
	response.end();
}).listen(0, '127.0.0.1').unref();

const step = tellTrove([]);
const prefix = 'sources.k2hr3=directory:/opt/k2hr3';

/** A machine of files alone. `stale`: what has not read a file yet. */
const createWorld = (set: readonly string[], {files = new Map<string, string>(), stale = '', hasK2hr3App = true} = {}) => {
	const scripts: string[] = [];
	const host = {
		read: async (file: string) => files.get(file),
		async write(file: string, text: string) {
			files.set(file, text);
		},
		connect: async () => connect((server.address() as AddressInfo).port, '127.0.0.1'),
		run: async () => ({code: 0, stdout: stale, stderr: ''}),
		async script(script: string) {
			scripts.push(script);
			return {code: 0, stdout: '', stderr: ''};
		},
	} as unknown as Machine;
	const config = devstackConfig(set);
	const paths = devstackPaths(config);
	const api = {url: {database: 'http://192.0.2.10:8779/v1.0'}} as unknown as OpenstackApi;
	const context = {env: {config, paths, host, hasK2hr3App, api, k2hr3: devstackK2hr3({config, host, paths, api}, '192.0.2.10')}, signal: new AbortController().signal, progress: {say() {}}} as unknown as StepContext<DevstackEnv>;
	const restarts = (): readonly string[] => scripts.flatMap(script => /active '([^']*)' .*systemctl (\w+)/.exec(script)?.slice(1).join(' ') ?? []);
	return {files, context, restarts};
};

test('Trove is told of one that is built, and Horizon of its web application; those that read it begin anew', async t => {
	const {files, context, restarts} = createWorld([prefix]);
	t.is((await step.probe(context)).state, 'absent');
	await step.apply(context);
	t.is(files.get(troveFile), '[k2hdkc]\nk2hr3_url = http://192.0.2.10:18080\nk2hr3_guest_url = http://10.0.0.62:18080\n');
	t.is(files.get(horizonFile), 'K2HDKC_K2HR3_APP_URL = "http://192.0.2.10:28080"\n');
	t.deepEqual([...new Set(restarts())], ['devstack@tr* restart', 'apache2* reload', 'httpd* reload']);
	t.is((await step.probe(context)).state, 'present');
});

test('one that is there already, with its authority', async t => {
	const {files, context} = createWorld(['k2hr3.url=https://k2hr3:18080', 'k2hr3.caFile=/etc/ca.pem', 'k2hr3.appUrl=https://k2hr3:28080', 'components.dashboard=false']);
	await step.apply(context);
	t.deepEqual([...files], [[troveFile, '[k2hdkc]\nk2hr3_url = https://k2hr3:18080\nk2hr3_ca_file = /etc/ca.pem\n']]);
});

test('only what changes is read again', async t => {
	const {files} = createWorld([prefix]);
	await step.apply(createWorld([prefix], {files}).context);
	const {context, restarts} = createWorld([prefix, 'k2hr3.ports.app=28443'], {files});
	t.is((await step.probe(context)).state, 'broken');
	await step.apply(context);
	t.deepEqual(restarts(), ['apache2* reload', 'httpd* reload']);
});

test('where there never was one nothing is restarted', async t => {
	const {context, restarts, files} = createWorld([], {hasK2hr3App: false});
	await step.apply(context);
	t.is((await step.probe(context)).state, 'present');
	t.deepEqual(restarts(), []);
	t.is(files.get(troveFile), '# There is no K2HR3.\n');
});

test('where there is none any more Trove is told so', async t => {
	const {files} = createWorld([prefix]);
	await step.apply(createWorld([prefix], {files}).context);
	const {context, restarts} = createWorld([], {files, hasK2hr3App: false});
	t.is((await step.probe(context)).state, 'broken');
	await step.apply(context);
	t.is(files.get(troveFile), '# There is no K2HR3.\n');
	t.true(restarts().includes('devstack@tr* restart'));
	t.is((await step.probe(context)).state, 'present');
});

test('a file that was written and not read, as when the tool was killed, is not in place', async t => {
	const {files} = createWorld([prefix]);
	await step.apply(createWorld([prefix], {files}).context);
	const {context} = createWorld([prefix], {files, stale: 'devstack@tr-tmgr.service\n'});
	t.deepEqual(await step.probe(context), {state: 'broken', evidence: `not read yet by devstack@tr-tmgr.service: ${troveFile}`});
});
