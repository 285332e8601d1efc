import test from 'ava';
import {hostMirror, sourcesList} from '../../../scripts/sources/debianSource.js';
import {troveReaches} from '../../../scripts/sources/trove.js';
import {parseTroveSource} from '../../../scripts/config/troveSource.js';
import {proxyEnvironment} from '../../../scripts/sources/proxyEnvironment.js';

test('the mirror of Debian itself is taken, not that of its security updates or of others', t => {
	t.is(hostMirror([
		'Vendor Vendor http://vendor.example/repo/',
		'Debian Debian-Security http://security.example/debian-security/',
		'Debian Debian http://mirror.example/debian/',
		'Debian Debian http://second.example/debian/',
	].join('\n')), 'http://mirror.example/debian/');
	t.is(hostMirror('Ubuntu Ubuntu http://mirror.example/ubuntu/\n'), undefined);
	t.is(hostMirror(''), undefined);
});

test('every suite is verified by the keyring', t => {
	const lines = sourcesList('http://mirror.example/debian', '/keys.gpg').trim().split('\n');
	t.is(lines.length, 4);
	for (const line of lines) {
		t.regex(line, /^deb-src \[signed-by=\/keys\.gpg] http:\/\/mirror\.example\/debian \w+ main$/);
	}
});

test('proxies and authority reach what fetches; nothing is set where nothing is configured', t => {
	t.deepEqual(proxyEnvironment({http: null, https: null, no: [], caFile: null}), {});
	t.deepEqual(proxyEnvironment({http: 'proxy.example:3128', https: 'http://proxy.example:3129', no: ['a.example', '10.0.0.0/8'], caFile: '/ca.pem'}), {
		http_proxy: 'http://proxy.example:3128', https_proxy: 'http://proxy.example:3129', no_proxy: 'a.example,10.0.0.0/8',
		SSL_CERT_FILE: '/ca.pem', GIT_SSL_CAINFO: '/ca.pem', PIP_CERT: '/ca.pem',
	});
});

for (const [source, outside] of [
	['pypi:23.1.0', ['the Python package index']],
	['debian:1:23.0.0-2', ['the Debian mirror']],
	['git:https://user:secret@git.example.org/openstack/trove#master', ['https://***@git.example.org/openstack/trove']],
	['git:git@git.example.org:openstack/trove#master', ['git@git.example.org:openstack/trove']],
	['git:/src/trove#master', []],
	['git:file:///src/trove#master', []],
	['tarball:https://files.example.org/trove.tar.gz', ['https://files.example.org/trove.tar.gz']],
	['tarball:/src/trove.tar.gz', []],
	['directory:/src/trove', []],
] as const) {
	test(`${source.replace('secret', '…')} asks ${outside.length === 0 ? 'nobody' : outside[0]}`, t => {
		t.deepEqual(troveReaches(parseTroveSource(source)!), outside);
	});
}
