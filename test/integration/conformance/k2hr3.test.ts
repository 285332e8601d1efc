import {randomBytes} from 'node:crypto';
import test from 'ava';
import {configurationOf, join, partOf, scopedToken, useSystem, what, type Listed, type Part, type System} from './k2hr3.js';

const day = 86_400_000;
const newName = (): string => `conformance-${randomBytes(4).toString('hex')}`;

type Cluster = {readonly name: string; readonly token: string; readonly server: Part; readonly remove: () => Promise<void>};

/** The objects of a cluster, made call by call, with a template of one line. */
const makeCluster = async (system: System): Promise<Cluster> => {
	const {ask, project, url} = system;
	const [name, token] = [newName(), await scopedToken(system)];
	const post = async (kind: string, body: unknown): Promise<number> => {
		const {status} = await ask('POST', `/v1/${kind}`, {token, body: {[kind]: body}});
		return status;
	};

	const text = `{{#!k2hr3template }}\nMODE={{= %mode% }} {{ foreach %k% in %yrn:yahoo:::${project}:role:${name}/server/hosts/ip% }}{{ %h% = %yrn:yahoo:::${project}:role:${name}/server/hosts/ip%{%k%} }}{{= %h%{'host'} }}/{{= %h%{'cuk'} }} {{ done }}`;
	const policy = `yrn:yahoo:::${project}:policy:${name}`;
	for (const [kind, body] of [
		['resource', {name, type: 'string', data: text, keys: {size: '1'}, alias: []}],
		['resource', {name: `${name}/server`, type: 'string', data: '', keys: {mode: 'SERVER'}, alias: []}],
		['policy', {name, effect: 'allow', action: ['yrn:yahoo::::action:read'], resource: [`yrn:yahoo:::${project}:resource:${name}/server`], condition: null, alias: []}],
		['role', {name, policies: [policy], alias: []}],
		['role', {name: `${name}/server`, policies: [], alias: []}],
	] as const) {
		const statuses = [await post(kind, body), await post(kind, body)];
		if (statuses.some(status => status !== 201)) {
			throw new Error(`${kind}: ${statuses.join(', ')}`);
		}
	}

	const {data} = await ask('GET', `/v1/role/token/${name}/server?expire=0`, {token});
	return {
		name, token, server: await partOf(system, `${url}/v1/extdata/trove/${data.registerpath}`),
		async remove() {
			await ask('DELETE', `/v1/role/token/${data.token}`, {token});
			for (const path of [`role/${name}/server`, `role/${name}`, `policy/${name}`, `resource/${name}/server`, `resource/${name}`]) {
				await ask('DELETE', `/v1/${path}`, {token});
			}
		},
	};
};

test(`${what}: says what it is`, async t => {
	const {ask} = await useSystem(t);
	t.deepEqual((await ask('GET', '/')).data, {version: ['v1']});
	const {data} = await ask('GET', '/v1');
	for (const group of ['user token', 'role', 'resource', 'policy']) {
		t.true(group in data, group);
	}
});

test(`${what}: a token of OpenStack becomes one of K2HR3`, async t => {
	const {ask, openstackToken, project} = await useSystem(t);
	const unscoped = await ask('POST', '/v1/user/tokens', {token: `U=${openstackToken}`, body: {auth: {}}});
	t.is(unscoped.status, 201);
	t.false(unscoped.data.scoped);
	const {status, data} = await ask('GET', '/v1/user/tokens', {token: `U=${unscoped.data.token}`});
	t.is(status, 200);
	t.true(data.tenants.some(({name}) => name === project));
	t.true(data.tenants.every(({id, display}) => /^[\da-f-]{32,36}$/.test(id) && display !== ''));
	for (const token of [openstackToken, unscoped.data.token]) {
		const scoped = await ask('POST', '/v1/user/tokens', {token: `U=${token}`, body: {auth: {tenantName: project}}});
		t.is(scoped.status, 201);
		t.true(scoped.data.scoped);
		t.is((await ask('GET', '/v1/user/tokens', {token: `U=${scoped.data.token}`})).data.tenants.length, 1);
	}
});

test(`${what}: refuses tokens by 404, or 401 when it is to know them, and none by 400`, async t => {
	const {ask, openstackToken} = await useSystem(t);
	const post = async (token: string, auth: unknown) => ask('POST', '/v1/user/tokens', {token: `U=${token}`, body: {auth}});
	const wrong = await post('0'.repeat(64), {});
	t.is(wrong.status, 404);
	t.regex(wrong.data.message, /by status=40[14]/);
	t.is((await post(openstackToken, {tenantName: 'no-such-project'})).status, 404);
	t.is((await ask('GET', '/v1/user/tokens', {token: `U=${'0'.repeat(64)}`})).status, 401);
	t.is((await ask('POST', '/v1/user/tokens', {body: {auth: {}}})).status, 400);
	t.is((await ask('POST', '/v1/role', {token: `U=${'0'.repeat(64)}`, body: {role: {name: 'x', policies: [], alias: []}}})).status, 401);
});

test(`${what}: a role token lasts a day, and ten years with expire=0`, async t => {
	const system = await useSystem(t);
	const {ask} = system;
	const {name, token, remove} = await makeCluster(system);
	const short = await ask('GET', `/v1/role/token/${name}/server`, {token});
	t.regex(short.data.token, /^[\da-f]{64}$/);
	const {data: {tokens}} = await ask('GET', `/v1/role/token/list/${name}/server?expand=true`, {token});
	const lasting = Object.values(tokens).map(({expire}) => Math.round((Date.parse(expire) - Date.now()) / day)).toSorted((a, b) => a - b);
	t.is(lasting.length, 2);
	t.is(lasting[0], 1);
	t.true(lasting[1]! > 3600);
	const again = await ask('GET', `/v1/role/token/list/${name}/server?expand=true`, {token});
	t.not(tokens[short.data.token]!.registerpath, again.data.tokens[short.data.token]!.registerpath, 'the path is another one each time');
	t.is((await ask('DELETE', `/v1/role/token/${short.data.token}`, {token})).status, 204);
	t.is((await ask('DELETE', `/v1/role/token/${short.data.token}`, {token})).status, 403);
	await remove();
});

test(`${what}: the registration document is for one user agent`, async t => {
	const system = await useSystem(t);
	const {ask} = system;
	const {name, token, remove} = await makeCluster(system);
	const {data: {registerpath, token: roleToken}} = await ask('GET', `/v1/role/token/${name}/server`, {token});
	const agent = 'extdata_k2hr3_trove';
	const document = await ask('GET', `/v1/extdata/trove/${registerpath}`, {agent});
	t.is(document.status, 200);
	t.regex(document.type, /^text\/x-shellscript/);
	t.true(document.text.startsWith('#!/bin/sh\n'));
	for (const part of [roleToken, `:role:${name}/server`]) {
		t.true(document.text.includes(part));
	}

	for (const [path, by] of [[`trove/${registerpath}`, 'curl/8'], [`other/${registerpath}`, agent], ['trove/bad', agent]] as const) {
		const refused = await ask('GET', `/v1/extdata/${path}`, {agent: by});
		t.is(refused.status, 400, path);
		t.false(refused.data.result);
	}

	await ask('DELETE', `/v1/role/token/${roleToken}`, {token});
	t.is((await ask('GET', `/v1/extdata/trove/${registerpath}`, {agent})).status, 200, 'it is handed out whatever became of the token');
	await remove();
});

test(`${what}: a node is a member by the address that asks`, async t => {
	const system = await useSystem(t);
	const {ask} = system;
	const {name, token, server, remove} = await makeCluster(system);
	const list = async (): Promise<readonly string[]> => (await ask('GET', `/v1/role/${name}/server?expand=false`, {token})).data.role.hosts.ips;
	t.is((await join(system, server, '192.0.2.1', 'one')).status, 201);
	t.is((await join(system, server, '192.0.2.1', 'one')).status, 201, 'twice is fine');
	t.is((await join(system, server, '192.0.2.2', 'two')).status, 201);
	t.deepEqual(await list(), ['192.0.2.1 * one openstack-auto-v1 host-one', '192.0.2.2 * two openstack-auto-v1 host-two']);
	t.is((await join(system, {...server, token: '0'.repeat(64)}, '192.0.2.3', 'three')).status, 401);

	const leave = async (from: string, cuk: string): Promise<number> => (await ask('DELETE', `/v1/role/${server.role}?cuk=${cuk}`, {from})).status;
	t.is(await leave('192.0.2.9', 'one'), 403);
	t.is(await leave('192.0.2.1', 'one'), 204);
	t.is(await leave('192.0.2.1', 'one'), 403);

	const expel = async (): Promise<number> => (await ask('DELETE', `/v1/role/${name}/server?host=192.0.2.2&cuk=two`, {token})).status;
	t.deepEqual([await expel(), await expel()], [204, 204], 'a user removes a member that is not there, too');
	t.deepEqual(await list(), []);
	await remove();
});

test(`${what}: a node gets the template of the parent filled in`, async t => {
	const system = await useSystem(t);
	const {server, remove} = await makeCluster(system);
	t.is((await configurationOf(system, server)).data.resource.trim(), 'MODE=SERVER');
	await join(system, server, '192.0.2.1', 'one');
	await join(system, server, '192.0.2.2', 'two');
	const {status, data} = await configurationOf(system, server);
	t.is(status, 200);
	t.is(data.resource.trim(), 'MODE=SERVER 192.0.2.1/one 192.0.2.2/two');
	await remove();
	t.is((await configurationOf(system, server)).status, 401, 'its token is gone');
});

test(`${what}: what is not there`, async t => {
	const system = await useSystem(t);
	const {ask} = system;
	const token = await scopedToken(system);
	const name = newName();
	for (const [method, path, status] of [
		['GET', `resource/${name}?expand=false`, 404],
		['GET', `policy/${name}`, 400],
		['GET', `role/token/${name}`, 404],
		['GET', `role/token/list/${name}?expand=true`, 404],
		['GET', `role/${name}?expand=false`, 200],
		['DELETE', `resource/${name}`, 204],
		['DELETE', `policy/${name}`, 204],
		['DELETE', `role/${name}`, 204],
		['DELETE', `role/${name}?host=192.0.2.1&cuk=one`, 204],
	] as const) {
		t.is((await ask(method, `/v1/${path}`, {token})).status, status, `${method} ${path}`);
	}

	const {name: kept, remove, token: own} = await makeCluster(system);
	t.is((await ask('DELETE', `/v1/resource/${kept}/server`, {token: own})).status, 403, 'a policy names it');
	await remove();
	t.is((await ask('GET', `/v1/resource/${kept}?expand=false`, {token})).status, 404);
});

test(`${what}: the roles of a project are listed as they hang together`, async t => {
	const system = await useSystem(t);
	const {name, token, remove} = await makeCluster(system);
	const list = async (): Promise<Listed> => {
		const {status, data} = await system.ask('GET', '/v1/list/role?expand=true', {token});
		t.is(status, 200, JSON.stringify(data));
		return data.children;
	};

	const found = (await list()).find(each => each.name === name);
	t.deepEqual(found?.children?.map(each => each.name), ['server']);
	await remove();
	t.is((await list()).find(each => each.name === name), undefined);
});
