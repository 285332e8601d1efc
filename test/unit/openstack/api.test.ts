import test from 'ava';
import {curlConfig, parseResponse} from '../../../scripts/openstack/api.js';

test('everything of a request stands in the text for curl', t => {
	const config = curlConfig({method: 'POST', url: 'http://192.0.2.1/x', headers: {'X-Auth-Token': 'secret'}, body: {name: 'a"b\\c'}});
	t.regex(config, /^url = "http:\/\/192\.0\.2\.1\/x"$/m);
	t.regex(config, /^header = "X-Auth-Token: secret"$/m);
	t.true(config.includes(String.raw`data-raw = "{\"name\":\"a\\\"b\\\\c\"}"`));
	t.notRegex(curlConfig({url: 'http://192.0.2.1/'}), /data-raw|Content-Type/);
});

test('status, headers and body of an answer', t => {
	const {status, headers, body} = parseResponse('HTTP/1.1 201 CREATED\r\nX-Subject-Token: abc\r\nContent-Type: application/json\r\n\r\n{"token":{"id":1}}');
	t.is(status, 201);
	t.is(headers.get('x-subject-token'), 'abc');
	t.deepEqual(body, {token: {id: 1}});
});

test('interim answers are passed over; a body that is no JSON is none', t => {
	t.is(parseResponse('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n{}').status, 200);
	const empty = parseResponse('HTTP/1.1 204 NO CONTENT\r\nA: b\r\n\r\n');
	t.is(empty.status, 204);
	t.is(empty.body, undefined);
	t.is(parseResponse('').status, 0);
	t.is(parseResponse('HTTP/1.1 502 Bad Gateway\r\n\r\n<html>\n\nno</html>').body, undefined);
});
