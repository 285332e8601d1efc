import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {freePort} from '../../helpers/freePort.js';
import type {Fault} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {command, nodeTest, startHealthyNode, startNode, type Place} from './node.js';

const required = ['cluster_name', 'extdata_url', 'chmpx_server_port', 'chmpx_server_ctlport', 'chmpx_slave_ctlport'];

type Refusal = {
	readonly what: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly prepare?: (place: Place) => Promise<void>;
	readonly says: RegExp;
};

const settings: readonly Refusal[] = [
	...required.map(name => ({what: `without ${name}`, env: {[name]: ''}, says: new RegExp(`Not set in the environment: ${name}\\. .*configuration group`)})),
	{what: 'with no address in extdata_url', env: {extdata_url: 'http://k2hr3.example/secret "word"'}, says: /extdata_url is no address that begins with http/},
	{what: 'with a port that is none', env: {chmpx_server_ctlport: '80a'}, says: /chmpx_server_ctlport is '80a'; it must be a port number/},
	{what: 'with a time that is none', env: {K2HDKCTROVE_REFRESH_SECONDS: 'soon'}, says: /K2HDKCTROVE_REFRESH_SECONDS is 'soon'; it must be a whole number/},
	{what: 'without an instance id', prepare: async ({root}) => rm(path.join(root, 'instance-id')), says: /no instance id in .*instance-id\. cloud-init writes it/},
	{what: 'with an odd instance id', prepare: async ({root}) => writeFile(path.join(root, 'instance-id'), 'a"b'), says: /characters other than letters/},
	{what: 'without a place for the configuration', prepare: async ({configDir}) => writeFile(configDir, ''), says: /etc cannot be written by user/},
];

const html: Fault = {status: 200, body: '<html>It works!</html>'};
const only = (what: string, fault: Fault) => (asked: string): Fault => asked === what ? fault : 'none';

type Answer = {readonly what: string; readonly fault: (asked: string) => Fault; readonly code: number; readonly says: RegExp};

const resource = (text: string): Fault => ({status: 200, body: JSON.stringify({result: true, message: null, resource: text})});

const answers: readonly Answer[] = [
	{what: '404 for the document', fault: only('GET extdata', {status: 404, body: '{"result":false,"message":"nothing here"}'}), code: 5, says: /role of this node failed: answer 404 \(.*nothing here/},
	{what: 'HTML for the document', fault: only('GET extdata', html), code: 5, says: /not the registration document/},
	{what: 'an error in the document', fault: only('GET extdata', {status: 200, body: '#!/bin/sh\nK2HR3_ERROR_MSG="no such role"\n'}), code: 5, says: /could not make the document: no such role/},
	{what: 'a bad token in the document', fault: only('GET extdata', {status: 200, body: 'K2HR3_ROLE_TOKEN="a b"\nK2HR3_ROLE_NAME="yrn:a:role:b"\nK2HR3_API_HOST_URI="http://a"\n'}), code: 5, says: /not the registration document/},
	{what: '401 for the registration', fault: only('PUT role', {status: 401, body: 'no'}), code: 5, says: /Registering this node with K2HR3 failed: answer 401/},
	{what: 'HTML for the resource', fault: only('GET resource', html), code: 5, says: /holds no resource/},
	{what: 'an empty resource', fault: only('GET resource', resource('')), code: 5, says: /no configuration of chmpx/},
	{what: 'a resource that is cut off', fault: only('GET resource', {status: 200, body: '{"result":true,"resource":"[GLOBAL]\\nGROUP = a'}), code: 5, says: /holds no resource/},
	{what: 'a resource without this node', fault: only('GET resource', resource('[GLOBAL]\nGROUP = a\nSELFCUK = __SELF_INSTANCE_ID__\n')), code: 4, says: /does not list this node/},
	{what: '500 for ever', fault: only('GET extdata', {status: 500, body: ''}), code: 4, says: /failed for 2 s: answer 500.*started again by Docker/},
	{what: 'no answer at all', fault: only('GET extdata', 'silent'), code: 4, says: /failed for 2 s: no answer \(.*timed out/},
];

for (const {what, env, prepare, says} of settings) {
	nodeTest(`does not start ${what}`, async (t, place) => {
		await prepare?.(place);
		const {code, stderr} = await command(place, [], env);
		t.is(code, 3);
		t.regex(stderr, says);
		t.notRegex(stderr, /secret/);
	});
}

for (const {what, fault, code, says} of answers) {
	nodeTest(`ends when K2HR3 gives ${what}`, async (t, place) => {
		place.k2hr3.fail(fault);
		const begun = Date.now();
		const outcome = await command(place, ['start'], {K2HDKCTROVE_REQUEST_SECONDS: '1', K2HDKCTROVE_K2HR3_SECONDS: '2'});
		t.is(outcome.code, code, outcome.stderr);
		t.regex(outcome.stderr, says);
		t.true(Date.now() - begun < (code === 4 ? 6000 : 2000), `${Date.now() - begun} ms`);
	});
}

nodeTest('waits for a K2HR3 that is away, and says so', async (t, place) => {
	const away = await command(place, [], {extdata_url: `http://127.0.0.1:${await freePort()}/v1/extdata/trove/x`, K2HDKCTROVE_K2HR3_SECONDS: '2'});
	t.is(away.code, 4);
	t.regex(away.stderr, /Next try in 1 s[\s\S]*failed for 2 s: no answer/);

	place.k2hr3.fail(() => ({status: 503, body: 'later'}));
	const node = startNode(t, place);
	await node.saw('Next try in 2 s');
	place.k2hr3.fail(() => 'none');
	await node.saw('In service');
});

nodeTest('registers again with a K2HR3 that had no room to keep it', async (t, place) => {
	place.k2hr3.fail(only('PUT role', {status: 201, body: '{"result":true,"message":null}'}));
	const node = startNode(t, place);
	await node.saw('does not list this node');
	place.k2hr3.fail(() => 'none');
	await node.saw('In service');
	t.true(place.k2hr3.requests.filter(({method}) => method === 'PUT').length > 1);
});

nodeTest('the document is read and never run, and proxies that are none are not used', async (t, place) => {
	await startHealthyNode(t, place, {HTTPS_PROXY: 'EMPTY', http_proxy: '0', all_proxy: 'N/A'});
	t.false(existsSync('/tmp/k2hdkc-stand-in-script-was-run'));
	const registration = place.k2hr3.requests.find(({method}) => method === 'PUT');
	t.regex(registration?.path ?? '', new RegExp(`^/v1/role/yrn:yahoo:::demo:role:cluster/server\\?cuk=${place.cuk}&extra=openstack-auto-v1&tag=node-1\\.example$`));
});

nodeTest('a proxy is asked, unless no_proxy names K2HR3', async (t, place) => {
	const proxy = `http://127.0.0.1:${await freePort()}`;
	const through = await command(place, [], {http_proxy: proxy, no_proxy: 'none', K2HDKCTROVE_K2HR3_SECONDS: '0'});
	t.is(through.code, 4, through.stderr);
	await startHealthyNode(t, place, {http_proxy: proxy, no_proxy: 'localhost,127.0.0.1'});
});
