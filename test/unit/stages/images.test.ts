import test from 'ava';
import type {Config} from '../../../scripts/config/schema.js';
import {quote} from '../../../scripts/machines/quote.js';
import {guestHooks, guestName, guestNames, guestPackages} from '../../../scripts/stages/images/definition.js';
import {load} from '../config/workspace.js';
import {certificate, publicKey} from './samples.js';

type Wanted = Pick<Config, 'images' | 'release' | 'sources' | 'datastore' | 'openstack' | 'proxy' | 'sandbox'>;

const trove: Config['sources']['trove'] = {
	2024.1: 'pypi:21.1.0', 2025.1: 'pypi:23.1.0', 2025.2: 'pypi:24.1.0', 2026.1: 'pypi:25.1.0', 2026.2: 'pypi:26.0.0', master: 'git:https://opendev.org/openstack/trove#master',
};

const wanted: Wanted = {
	...load().config,
	sources: {...load().config.sources, trove},
};

const guest = (more: Partial<Config['images']['guest']>): Config['images'] => ({...wanted.images, guest: {...wanted.images.guest, ...more}});

const layers = ['base', 'agent', 'image'] as const;

/** Layers whose name another configuration changes. */
const changed = (other: Partial<Wanted>, proxyAuthority?: string): readonly string[] => {
	const [before, after] = [guestNames({config: wanted, proxyAuthority: undefined}), guestNames({config: {...wanted, ...other}, proxyAuthority})];
	return layers.filter(layer => before[layer] !== after[layer]);
};

test('a layer is named by what it and those below it depend on, and by nothing else', t => {
	t.deepEqual(changed({}), []);
	t.deepEqual(changed({sources: {...wanted.sources, debian: {mirror: 'http://other.example.org', securityMirror: 'host', keyring: null}}}), []);
	t.deepEqual(changed({images: guest({suite: 'bookworm'})}), layers);
	t.deepEqual(changed({images: guest({extraPackages: ['htop']})}), layers);
	t.deepEqual(changed({images: guest({hooks: ['true']})}), layers);
	t.deepEqual(changed({images: guest({ipv6: true})}), ['image']);
	t.deepEqual(changed({images: guest({sshKeys: [publicKey]})}), ['image']);
	t.deepEqual(changed({images: guest({dns: ['192.0.2.53']})}), ['image']);
	t.deepEqual(changed({images: guest({preload: ['quay.io/a/b:1']})}), ['image']);
	t.deepEqual(changed({images: guest({devMode: true})}), ['image']);
	t.deepEqual(changed({images: guest({controller: {...wanted.images.guest.controller, user: 'joe'}})}), [], 'without development mode nothing comes from there');
	t.deepEqual(changed({proxy: {...wanted.proxy, http: 'http://proxy.example.com:3128'}}), ['image']);
	t.deepEqual(changed({proxy: {...wanted.proxy, no: ['example.com']}}), [], 'without a proxy there is nothing to go past');
	t.deepEqual(changed({proxy: {...wanted.proxy, caFile: '/ca.crt'}}, certificate), ['image']);
	t.deepEqual(changed({release: '2025.2'}), ['agent', 'image']);
	t.deepEqual(changed({sources: {...wanted.sources, trove: {...trove, 2025.1: 'pypi:23.0.0'}}}), ['agent', 'image']);
});

test('the packages hold those of the configuration, each once', t => {
	const packages = guestPackages({images: guest({extraPackages: ['htop', 'cloud-init']})});
	t.true(packages.includes('htop'));
	t.is(packages.filter(name => name === 'cloud-init').length, 1);
	t.deepEqual(packages, packages.toSorted());
});

test('what suites have by other names is taken by theirs', t => {
	const of = (suite: Config['images']['guest']['suite']): readonly string[] => guestPackages({images: guest({suite})}).filter(name => /^(?:linux-image|docker)/.test(name));
	t.deepEqual(of('bookworm'), ['docker.io', 'linux-image-cloud-amd64']);
	t.deepEqual(of('trixie'), ['docker-cli', 'docker.io', 'linux-image-cloud-amd64']);
	t.deepEqual(of('noble'), ['docker.io', 'linux-image-virtual']);
});

test('an image in development mode has a name of its own', t => {
	const name = (devMode: boolean): string => guestName({...wanted, images: guest({devMode})});
	t.is(name(false), 'k2hdkc-guest-2025.1-trixie');
	t.is(name(true), 'k2hdkc-guest-2025.1-trixie-dev');
});

test('hooks of the configuration run inside the root as they were written, after the account is there', t => {
	const hooks = guestHooks({images: guest({hooks: ['echo "it\'s here" > /etc/motd']})});
	t.is(hooks.length, 5);
	t.is(hooks[2], `--customize-hook=chroot "$1" sh -euc ${quote('echo "it\'s here" > /etc/motd')}`);
});
