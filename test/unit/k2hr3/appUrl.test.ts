import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {createApi, urlsByPort} from '../../../scripts/openstack/api.js';
import {chooseAddresses} from '../../../scripts/stages/addresses.js';
import {dashboard} from '../../../scripts/stages/controlPlane/dashboard.js';
import {sandboxK2hr3} from '../../../scripts/stages/k2hr3/sandbox.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {load, refusal} from '../config/workspace.js';

// How Horizon learns where the web application of K2HR3 is.

const built = ['sources.k2hr3=directory:/opt/k2hr3', 'components.compute=true'];
const existing = ['k2hr3.url=http://192.0.2.1:18080'];
const appUrl = 'k2hr3.appUrl=https://k2hr3.example.com:28080/';
const addresses = {current: chooseAddresses({pool: ['10.213.0.0/16'], management: 'auto', private: 'auto', public: 'auto'}, [])};

/** Of what the inputs of steps look at. */
const envOf = (set: readonly string[], hasK2hr3App = false): SandboxEnv => {
	const {config} = load({flags: {set: ['components.dashboard=true', ...set]}});
	const machineName = 'k2hdkc-default';
	return {
		config, addresses, hasK2hr3App, machineName, k2hr3: sandboxK2hr3({config, addresses, machineName} as unknown as SandboxEnv), paths: {images: '/cache/images'}, builder: {kind: 'buildah'},
		secrets: {values: () => ({}), get: () => 'a secret'}, api: createApi(createLocalMachine(), urlsByPort(addresses.current.machine), () => ({user: 'admin', password: 'a secret', project: 'admin'})),
	} as unknown as SandboxEnv;
};

const settings = (env: SandboxEnv): string => {
	const {files} = dashboard.inputs(env) as {readonly files: Readonly<Record<string, {readonly appended?: string}>>};
	return Object.values(files).map(({appended = ''}) => appended).join('');
};

for (const [what, env, url] of [
	['one that is built, with its web application', envOf(built, true), 'http://10.213.0.2:28080'],
	['one that is built, at another port', envOf([...built, 'k2hr3.ports.app=28443'], true), 'http://10.213.0.2:28443'],
	['one that is built, with a certificate', envOf([...built, 'k2hr3.certificateFile=/etc/k2hr3.pem'], true), 'https://10.213.0.2:28080'],
	['one that is built, and reached another way', envOf([...built, appUrl], true), 'https://k2hr3.example.com:28080/'],
	['one that is built without it', envOf(built), undefined],
	['one that is there already', envOf([...existing, appUrl]), 'https://k2hr3.example.com:28080/'],
	['one that is there already, of which only the API is known', envOf(existing), undefined],
	['none', envOf([]), undefined],
] as const) {
	test(`Horizon's settings: ${what}`, t => {
		t.is(/^K2HDKC_K2HR3_APP_URL = "(.*)"$/m.exec(settings(env))?.[1], url);
		t.regex(settings(env), /^K2HDKC_DATASTORES = \["k2hdkc"]$/m);
	});
}

test('a change of it runs the dashboard again, and no other step', t => {
	const inputsOf = (env: SandboxEnv) => new Map(sandboxSteps(env.config).map(({id, inputs}) => [id, JSON.stringify(inputs(env))]));
	for (const set of [built, existing]) {
		const [before, after] = [inputsOf(envOf(set)), inputsOf(envOf([...set, appUrl]))];
		t.deepEqual([...after.keys()].filter(id => before.get(id) !== after.get(id)), ['dashboard']);
	}
});

for (const value of ['k2hr3.example.com:28080', 'ftp://k2hr3.example.com/', 'http:k2hr3', 'http://', '"http://k2hr3/a b"', 'http://joe:s3cret@k2hr3/', 'http://k2hr3:99999/', String.raw`http://k2hr3\@example.org/`, 'data:text/html,x']) {
	test(`refused: ${value}`, t => {
		const error = refusal({flags: {set: [`k2hr3.appUrl=${value}`]}});
		t.is(error?.code, 'K2D1014');
		t.regex(error?.message ?? '', /k2hr3\.appUrl must be an http:\/\/ or https:\/\/ address, without a user, blanks or backslashes/);
		t.notRegex(error?.message ?? '', /s3cret/);
	});
}

for (const value of ['http://192.0.2.1:28080', 'https://k2hr3.example.com/app/#x', 'http://[2001:db8::1]:28080/']) {
	test(`taken: ${value}`, t => {
		t.is(load({flags: {set: [`k2hr3.appUrl=${value}`]}}).config.k2hr3.appUrl, value);
	});
}
