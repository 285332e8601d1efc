import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {startK2hr3StandIn} from '../../fixtures/k2hr3StandIn/api.js';
import {startKeystone} from '../../fixtures/keystoneStandIn/keystone.js';
import {demoUsers} from '../../fixtures/keystoneStandIn/users.js';
import {runCommand} from '../../helpers/runCommand.js';
import {prepareDependencies, pythonEnvironment, troveDependencies} from '../../python/dependencies.js';

/** Address of a real K2HR3 on this host; then OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME are of the Keystone that it asks. */
export const realUrl = process.env.TEST_K2HR3_URL;
export const what = realUrl === undefined ? 'the stand-in' : 'the real API';

/** What answers hold, each only some of it. */
export type Data = {
	readonly result: boolean;
	readonly message: string;
	readonly scoped: boolean;
	readonly token: string;
	readonly registerpath: string;
	readonly tenants: ReadonlyArray<{readonly name: string; readonly id: string; readonly display: string}>;
	readonly tokens: Readonly<Record<string, {readonly expire: string; readonly registerpath: string}>>;
	readonly role: {readonly hosts: {readonly ips: readonly string[]}};
	readonly resource: string;
	readonly children: Listed;
};

/** Roles, and those below each. */
export type Listed = ReadonlyArray<{readonly name: string; readonly children?: Listed}>;

/** Of the documents of the client. */
export type Document = {readonly cluster: string; readonly removed: boolean};

export type Answer = {readonly status: number; readonly type: string; readonly text: string; readonly data: Data};
type Request = {readonly token?: string; readonly body?: unknown; readonly agent?: string; readonly from?: string};

export type System = {
	readonly url: string;
	/** As K2HR3 knows it: in small letters. */
	readonly project: string;
	/** Of Keystone, for that project. */
	readonly openstackToken: string;
	/** `from` is the address of the node that asks: K2HR3 believes a proxy on its own host. */
	readonly ask: (method: string, path: string, request?: Request) => Promise<Answer>;
	/** What a process needs to run the client in Python, and to log in. */
	readonly env: Readonly<Record<string, string>>;
	/** The client in Python, as the tool and Trove use it. Its document. */
	readonly client: (...args: readonly string[]) => Promise<Document>;
};

const logIn = async ({OS_AUTH_URL: url, OS_USERNAME: name, OS_PASSWORD: password, OS_PROJECT_NAME: project}: Readonly<Record<string, string>>): Promise<string> => {
	const domain = {id: 'default'};
	const answer = await fetch(`${url}/auth/tokens`, {
		method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({
			auth: {
				identity: {methods: ['password'], password: {user: {name, password, domain}}}, scope: {project: {name: project, domain}},
			},
		}),
	});
	const token = answer.headers.get('x-subject-token');
	if (token === null) {
		throw new Error(`Keystone answers ${answer.status}`);
	}

	return token;
};

const startStandIns = async (t: ExecutionContext): Promise<{readonly url: string; readonly login: Readonly<Record<string, string>>}> => {
	const keystone = await startKeystone(demoUsers);
	const k2hr3 = await startK2hr3StandIn({keystone: keystone.url});
	t.teardown(async () => {
		await k2hr3.stop();
		await keystone.stop();
	});
	const {name, password, projects: [project]} = demoUsers[0]!;
	return {url: k2hr3.url, login: {OS_AUTH_URL: `${keystone.url}/v3`, OS_USERNAME: name, OS_PASSWORD: password, OS_PROJECT_NAME: project!.name}};
};

const loginOfEnvironment = (): Readonly<Record<string, string>> =>
	Object.fromEntries(['OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD', 'OS_PROJECT_NAME'].map(name => [name, process.env[name] ?? '']));

const dependencies = path.resolve('build/test-python/dependencies');

/** Why the client cannot run here. */
export const withoutClient = async (): Promise<string | undefined> => prepareDependencies(dependencies, troveDependencies);

export const useSystem = async (t: ExecutionContext): Promise<System> => {
	const {url, login} = realUrl === undefined ? await startStandIns(t) : {url: realUrl, login: loginOfEnvironment()};
	const env = {...pythonEnvironment(dependencies, [path.resolve('patches/trove-k2hdkc')]), ...login};
	return {
		url, env, project: login.OS_PROJECT_NAME!.toLowerCase(), openstackToken: await logIn(login),
		async ask(method, where, {token, body, agent = 'conformance', from} = {}) {
			const answer = await fetch(url + where, {
				method, body: body === undefined ? null : JSON.stringify(body), headers: {
					'user-agent': agent, 'accept-encoding': 'identity', ...(body !== undefined && {'content-type': 'application/json'}),
					...(token !== undefined && {'x-auth-token': token}), ...(from !== undefined && {'x-forwarded-for': from}),
				},
			});
			const text = await answer.text();
			const type = answer.headers.get('content-type') ?? '';
			return {status: answer.status, type, text, data: (type.startsWith('application/json') && text !== '' ? JSON.parse(text) : {}) as Data};
		},
		async client(command, ...args) {
			const {stdout, stderr} = await runCommand('python3', ['-s', '-m', 'trove_k2hdkc.k2hr3', command, '--url', url, ...args], {env, timeout: 60_000});
			try {
				return JSON.parse(stdout) as Document;
			} catch {
				throw new Error(stdout + stderr);
			}
		},
	};
};

/** A token of K2HR3 for the project, as the value of X-Auth-Token. */
export const scopedToken = async ({ask, openstackToken, project}: System): Promise<string> => {
	const {data} = await ask('POST', '/v1/user/tokens', {token: `U=${openstackToken}`, body: {auth: {tenantName: project}}});
	return `U=${data.token}`;
};

export type Part = {readonly role: string; readonly token: string};

/** What the registration document at an address says of its role. */
export const partOf = async ({ask, url}: System, extdataUrl: string): Promise<Part> => {
	const {text} = await ask('GET', extdataUrl.slice(url.length), {agent: 'extdata_k2hr3_trove'});
	const [role, token] = ['ROLE_NAME', 'ROLE_TOKEN'].map(name => new RegExp(`^K2HR3_${name}="([^"]*)"`, 'm').exec(text)![1]!);
	return {role: role!, token: token!};
};

/** Registers a node. */
export const join = async ({ask}: System, {role, token}: Part, from: string, cuk: string): Promise<Answer> =>
	ask('PUT', `/v1/role/${role}?${new URLSearchParams({cuk, extra: 'openstack-auto-v1', tag: `host-${cuk}`}).toString()}`, {token: `R=${token}`, from});

/** The configuration of a node, as it comes. */
export const configurationOf = async ({ask}: System, {role, token}: Part): Promise<Answer> =>
	ask('GET', `/v1/resource/${role.replace(':role:', ':resource:')}`, {token: `R=${token}`});
