import {userInfo} from 'node:os';
import test from 'ava';
import {parseSshUrl, renderSshUrl} from '../../../scripts/machines/sshUrl.js';

const good: ReadonlyArray<readonly [url: string, user: string, host: string, port: number]> = [
	['ssh://root@192.0.2.10:2222', 'root', '192.0.2.10', 2222],
	['ssh://root@192.0.2.10', 'root', '192.0.2.10', 22],
	['ssh://root@Host.Example.ORG/', 'root', 'host.example.org', 22],
	['ssh://build%40home@host', 'build@home', 'host', 22],
	['ssh://root@[2001:db8::1]:22', 'root', '2001:db8::1', 22],
	['ssh://host', userInfo().username, 'host', 22],
];

for (const [url, user, host, port] of good) {
	test(`${url} is understood`, t => {
		t.deepEqual(parseSshUrl(url), {user, host, port});
	});
}

const bad: ReadonlyArray<readonly [url: string, why: RegExp]> = [
	['root@host', /not of the form ssh:\/\/user@host:port/],
	['', /not of the form/],
	['http://root@host', /begins with http:\/\/, not with ssh:\/\//],
	['ssh://root@host:99999', /host or port cannot be read/],
	['ssh://root@host:abc', /host or port cannot be read/],
	['ssh://', /names no host|cannot be read|not of the form/],
	['ssh://root:secret@host', /has a password; only keys and agents are used/],
	['ssh://root@host/path', /nothing may follow the port/],
	['ssh://root@host?x=1', /nothing may follow the port/],
	['ssh://a%ZZ@host', /broken % sequence/],
];

for (const [url, why] of bad) {
	test(`${JSON.stringify(url)} is refused, and said why`, t => {
		const error = t.throws(() => parseSshUrl(url), {code: 'K2D5006'});
		t.regex(error.message, why);
		t.notRegex(error.message, /secret/);
	});
}

test('an address is written as it is read', t => {
	for (const url of ['ssh://root@host:22', 'ssh://a%40b@[2001:db8::1]:2222']) {
		t.is(renderSshUrl(parseSshUrl(url)), url);
	}
});
