import test from 'ava';
import {parse} from 'yaml';
import type {ConfigFlags} from '../../../scripts/config/load.js';
import {authorityFault, certificatesOf, settingsFiles} from '../../../scripts/stages/images/settings.js';
import {load} from '../config/workspace.js';
import {certificate, publicKey} from './samples.js';

const files = (set: ConfigFlags['set'], proxyAuthority?: string): Readonly<Record<string, string>> =>
	Object.fromEntries(settingsFiles({config: load({flags: {set: set ?? []}}).config, proxyAuthority}).map(({path, text}) => [path, text]));

test('where the configuration says nothing, nothing is added', t => {
	t.deepEqual(files([]), {});
	t.deepEqual(files(['proxy.no=example.com']), {});
});

test('keys go to the account that cloud-init makes, whatever the instance\'s own keys are', t => {
	const {'etc/cloud/cloud.cfg.d/91-k2hdkc-keys.cfg': text = '', ...others} = files([`images.guest.sshKeys=["${publicKey}", " ${publicKey} "]`]);
	t.deepEqual(parse(text), {ssh_authorized_keys: [publicKey]});
	t.deepEqual(others, {});
});

test('name servers are those for a network that names none', t => {
	t.deepEqual(files(['images.guest.dns=192.0.2.53,2001:db8::53']), {'etc/systemd/resolved.conf.d/k2hdkc.conf': '[Resolve]\nFallbackDNS=192.0.2.53 2001:db8::53\n'});
});

test('in development mode the agent runs from what the controller has, which user data or the configuration names', t => {
	const unit = 'etc/systemd/system/guest-agent.service.d/development.conf';
	const program = 'usr/local/libexec/guest-agent-source';
	const found = files(['images.guest.devMode=true', 'images.guest.controller.user=joe']);
	t.deepEqual(Object.keys(found).toSorted(), [unit, program]);
	t.regex(found[unit]!, /^EnvironmentFile=-\/etc\/trove\/controller\.conf$/m);
	t.regex(found[unit]!, /^Environment=CONTROLLER_USER=joe CONTROLLER_PATH=\/opt\/stack\/trove PYTHONPATH=\/var\/lib\/trove\/trove:/m);
	t.true(found[unit]!.includes(`ExecStartPre=/${program}\n`));
	t.is(files(['images.guest.devMode=true', 'images.guest.controller.address=192.0.2.1'])['etc/trove/controller.conf'], 'CONTROLLER=192.0.2.1\n');
});

test('a proxy reaches docker, the guest agent and apt, and the environment\'s own addresses never go through it', t => {
	const found = files([
		'proxy.http=http://joe:p$s%40@proxy.example.com:3128', 'proxy.https=proxy.example.com:3128', 'proxy.no=[.example.com, mirror.example.org, 192.0.2.0/24]',
		'openstack.networks.public.cidr=198.51.100.0/24',
	]);
	const unit = '[Service]\nEnvironmentFile=/etc/default/k2hdkc-proxy\n';
	t.deepEqual(found, {
		'etc/default/k2hdkc-proxy': [
			'http_proxy="http://joe:p\\$s%40@proxy.example.com:3128"', 'https_proxy="http://proxy.example.com:3128"',
			'no_proxy="localhost,127.0.0.0/8,169.254.169.254,10.213.0.0/16,172.29.0.0/16,192.168.208.0/20,198.51.100.0/24,.example.com,mirror.example.org,192.0.2.0/24"', '',
		].join('\n'),
		'etc/systemd/system/docker.service.d/proxy.conf': unit,
		'etc/systemd/system/guest-agent.service.d/proxy.conf': unit,
		'etc/apt/apt.conf.d/80k2hdkc-proxy': [
			'Acquire::http::Proxy "http://joe:p$s%40@proxy.example.com:3128";', 'Acquire::https::Proxy "http://proxy.example.com:3128";',
			'Acquire::http::Proxy::mirror.example.org "DIRECT";', 'Acquire::https::Proxy::mirror.example.org "DIRECT";', '',
		].join('\n'),
	});
	t.is(settingsFiles({config: load({flags: {set: ['proxy.http=http://p:1']}}).config, proxyAuthority: undefined})[0]!.mode, 0o600);
});

test('each certificate of the authority\'s file is a file of its own: the trust store takes one each', t => {
	t.deepEqual(files(['proxy.caFile=/ca.crt'], `# ours\n${certificate}\n${certificate}`), {
		'usr/local/share/ca-certificates/k2hdkc-1.crt': certificate, 'usr/local/share/ca-certificates/k2hdkc-2.crt': certificate,
	});
	t.deepEqual(certificatesOf('text'), []);
	t.deepEqual(certificatesOf(certificate.replace('MII', 'MIX')), []);
});

test('what is wrong with the authority\'s file is said', t => {
	const {config} = load({flags: {set: ['proxy.caFile=/ca.crt']}});
	t.is(authorityFault({config, proxyAuthority: certificate}), undefined);
	t.is(authorityFault({config: load().config, proxyAuthority: undefined}), undefined);
	t.is(authorityFault({config, proxyAuthority: undefined}), 'proxy.caFile: /ca.crt is not there');
	t.is(authorityFault({config, proxyAuthority: 'text'}), 'proxy.caFile: /ca.crt holds no usable certificate in PEM form');
});
