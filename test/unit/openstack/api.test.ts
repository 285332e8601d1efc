import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {connect, type AddressInfo, type Socket} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import type {ToolError} from '../../../scripts/errors/toolError.js';
import {createApi, request, urlsByPort} from '../../../scripts/openstack/api.js';
import {httpRequest} from '../../../scripts/openstack/http.js';

/** Connects as the local machine does; what was opened can be looked at. */
const caller = () => {
	const sockets: Socket[] = [];
	return {
		sockets,
		async connect(host: string, port: number) {
			const socket = connect({host, port});
			sockets.push(socket);
			await once(socket, 'connect');
			return socket;
		},
	};
};

const serve = async (t: ExecutionContext, answer: (asked: IncomingMessage, response: ServerResponse, body: string) => void): Promise<string> => {
	const server = createServer((asked, response) => {
		let body = '';
		asked.setEncoding('utf8').on('data', (text: string) => {
			body += text;
		}).on('end', () => {
			answer(asked, response, body);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('a request goes out with its headers and its JSON; the answer comes back with its own', async t => {
	const seen: unknown[] = [];
	const base = await serve(t, ({method, url, headers}, response, body) => {
		seen.push([method, url, headers['x-auth-token'], headers['content-type'], body]);
		response.writeHead(201, {'X-Subject-Token': 'abc'}).end('{"token":{"id":"ü"}}');
	});
	const machine = caller();
	const {status, headers, body} = await request(machine, {method: 'POST', url: `${base}/x?y=1`, headers: {'X-Auth-Token': 'secret'}, body: {name: 'ä"b'}});
	t.deepEqual([status, headers.get('x-subject-token'), body], [201, 'abc', {token: {id: 'ü'}}]);
	t.deepEqual(seen, [['POST', '/x?y=1', 'secret', 'application/json', '{"name":"ä\\"b"}']]);
	t.true(machine.sockets.every(socket => socket.destroyed), 'no connection is left');
});

test('a body that is no JSON is none; an unexpected status is an error with the message of the service', async t => {
	const base = await serve(t, ({url}, response) => {
		if (url === '/empty') {
			response.writeHead(204).end();
		} else if (url === '/html') {
			response.end('<html>');
		} else {
			response.writeHead(409).end('{"conflict":{"message":"it is there","code":409}}');
		}
	});
	const machine = caller();
	t.is((await request(machine, {url: `${base}/empty`})).body, undefined);
	t.is((await request(machine, {url: `${base}/html`})).body, undefined);
	const error = await t.throwsAsync<ToolError>(request(machine, {url: `${base}/c`}));
	t.is(error.code, 'K2D2305');
	t.is(error.message, `GET ${base}/c answered 409: it is there`);
	t.is((await request(machine, {url: `${base}/c`, allow: [409]})).status, 409);
});

test('no answer is an error of its own: nobody listens, nothing comes in time', async t => {
	const base = await serve(t, () => undefined);
	const slow = await t.throwsAsync<ToolError>(httpRequest(caller(), {url: `${base}/slow`, timeout: 0.2}));
	t.is(slow.code, 'K2D2306');
	t.is(slow.message, `GET ${base}/slow got no answer: nothing for 0.2 s`);
	const closed = await t.throwsAsync<ToolError>(httpRequest(caller(), {url: 'http://127.0.0.1:1/'}));
	t.is(closed.code, 'K2D2306');
	t.regex(closed.message, /ECONNREFUSED/);
});

test('a GET whose connection breaks is sent once more, a POST is not', async t => {
	const asked: string[] = [];
	const base = await serve(t, ({method, socket}, response) => {
		asked.push(method!);
		if (asked.filter(word => word === method).length === 1) {
			socket.destroy();
		} else {
			response.end('again');
		}
	});
	t.is((await httpRequest(caller(), {url: base})).body, 'again');
	const error = await t.throwsAsync<ToolError>(httpRequest(caller(), {method: 'POST', url: base, body: 'x'}));
	t.is(error.code, 'K2D2306');
	t.deepEqual(asked, ['GET', 'GET', 'POST']);
});

test('a stop ends the request', async t => {
	const base = await serve(t, () => undefined);
	const stop = new AbortController();
	const waiting = httpRequest(caller(), {url: base, signal: stop.signal});
	stop.abort(new Error('stopped'));
	await t.throwsAsync(waiting, {message: 'stopped'});
});

test('the token is fetched once for all who ask, and again when it is refused', async t => {
	let logins = 0;
	const base = await serve(t, ({url, headers}, response) => {
		if (url === '/v3/auth/tokens') {
			logins++;
			response.writeHead(201, {'X-Subject-Token': `token${logins}`}).end('{"token":{"project":{"id":"p1"}}}');
		} else {
			response.writeHead(headers['x-auth-token'] === 'token1' && url === '/old' ? 401 : 200).end(`{"with":"${String(headers['x-auth-token'])}"}`);
		}
	});
	const {port, hostname} = new URL(base);
	const machine = caller();
	const api = createApi({connect: async () => machine.connect(hostname, Number(port))}, urlsByPort(hostname), () => ({user: 'admin', password: 'x', project: 'admin'}));
	const answers = await Promise.all([api.request({url: `${base}/a`}), api.request({url: `${base}/b`})]);
	t.deepEqual(answers.map(({body}) => body), [{with: 'token1'}, {with: 'token1'}]);
	t.is(await api.projectId(), 'p1');
	t.deepEqual((await api.request({url: `${base}/old`})).body, {with: 'token2'});
	t.is(logins, 2);
});
