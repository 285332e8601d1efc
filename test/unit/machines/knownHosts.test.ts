import {createHmac} from 'node:crypto';
import test from 'ava';
import {
	entriesFor, fingerprint, judgeHostKey, keyType, knownHostName, parseKnownHosts,
} from '../../../scripts/machines/knownHosts.js';

const keyOf = (type: string, content: string): Buffer => {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(type.length);
	return Buffer.concat([length, Buffer.from(type), Buffer.from(content)]);
};

const first = keyOf('ssh-ed25519', 'first');
const second = keyOf('ssh-ed25519', 'second');
const rsa = keyOf('ssh-rsa', 'first');
const line = (names: string, key = first): string => `${names} ${keyType(key)} ${key.toString('base64')} a comment`;

const hashed = (name: string): string => {
	const salt = Buffer.from('0123456789abcdefghij');
	return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

const matching: ReadonlyArray<readonly [names: string, host: string, port: number, matches: boolean]> = [
	['host', 'host', 22, true],
	['host', 'HOST', 22, true],
	['Host', 'host', 22, true],
	['host', 'other', 22, false],
	['host', 'host', 2222, false],
	['[host]:2222', 'host', 2222, true],
	['[host]:2222', 'host', 22, false],
	['a,host,b', 'host', 22, true],
	['*.example.org', 'x.example.org', 22, true],
	['*.example.org', 'example.org', 22, false],
	['*.example.org,!bad.example.org', 'bad.example.org', 22, false],
	['!bad.example.org', 'x.example.org', 22, false],
	['192.0.2.?', '192.0.2.7', 22, true],
	['192.0.2.?', '192.0.2.70', 22, false],
	['192.0.2.1', '192x0.2.1', 22, false],
	['[127.0.0.1]:*', '127.0.0.1', 40_000, true],
	['2001:db8::1', '2001:db8::1', 22, true],
	['[2001:db8::1]:2222', '2001:db8::1', 2222, true],
	[hashed('host'), 'host', 22, true],
	[hashed('host'), 'other', 22, false],
	[hashed('[host]:2222'), 'host', 2222, true],
	[hashed('[host]:2222'), 'host', 22, false],
	['|1|broken', 'host', 22, false],
	['|2|c2FsdA==|aGFzaA==', 'host', 22, false],
];

for (const [names, host, port, matches] of matching) {
	test(`${names} is ${matches ? '' : 'not '}for ${host} ${port}`, t => {
		t.is(entriesFor(parseKnownHosts(line(names), 'file'), host, port).length, matches ? 1 : 0);
	});
}

test('comments, empty and broken lines are passed over, lines keep their numbers', t => {
	const entries = parseKnownHosts(['# host ssh-ed25519 AAAA', '', 'host', 'host ssh-ed25519', `  ${line('host')}`, `@revoked ${line('host', second)}`].join('\r\n'), 'file');
	t.deepEqual(entries.map(entry => [entry.line, entry.names, entry.type, entry.marker]), [[5, 'host', 'ssh-ed25519', undefined], [6, 'host', 'ssh-ed25519', '@revoked']]);
});

const verdicts: ReadonlyArray<readonly [title: string, lines: readonly string[], verdict: 'known' | 'unknown' | 'changed' | 'revoked']> = [
	['no line', [], 'unknown'],
	['the key', [line('host')], 'known'],
	['another key', [line('host', second)], 'changed'],
	['another type of key', [line('host', rsa)], 'changed'],
	['several keys, one of them this', [line('host', rsa), line('host', second), line('host')], 'known'],
	['a key of another host', [line('other', second)], 'unknown'],
	['the key, revoked', [line('host'), `@revoked ${line('*')}`], 'revoked'],
	['another key, revoked', [`@revoked ${line('*', second)}`], 'unknown'],
	['an authority', [`@cert-authority ${line('*', second)}`], 'unknown'],
];

for (const [title, lines, verdict] of verdicts) {
	test(`on record: ${title}`, t => {
		t.is(judgeHostKey(parseKnownHosts(lines.join('\n'), 'file'), 'host', 22, first).verdict, verdict);
	});
}

test('known_hosts names the port when it is not 22', t => {
	t.is(knownHostName('Host', 22), 'host');
	t.is(knownHostName('2001:db8::1', 2222), '[2001:db8::1]:2222');
});

test('a fingerprint is that of ssh-keygen', t => {
	const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64');
	t.is(fingerprint(key), 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
	t.is(keyType(key), 'ssh-ed25519');
});
