import test from 'ava';
import {secretsOf} from '../../../scripts/config/secrets.js';
import {configRows, showConfig} from '../../../scripts/config/show.js';
import {parseTroveSource} from '../../../scripts/config/troveSource.js';
import {load} from './workspace.js';

test('every value is shown with the layer and the place that gave it', t => {
	const loaded = load({flags: {set: ['proxy.no=a,b']}});
	const values = showConfig(loaded);
	t.is(values.length, loaded.origins.size);
	t.deepEqual(values.find(({path}) => path === 'proxy.no'), {path: 'proxy.no', value: ['a', 'b'], layer: 'flag', place: '--set proxy.no'});
	t.deepEqual(values[0], {path: 'profile', value: 'sandbox', layer: 'default', place: 'no other was named'});
	t.true(values.every(({place}) => place !== ''));
});

test('a part is selected as --set selects it', t => {
	const loaded = load();
	t.deepEqual(showConfig(loaded, 'SANDBOX.minimum').map(({path}) => path), ['sandbox.minimum.memoryMiB', 'sandbox.minimum.diskMiB']);
	t.deepEqual(showConfig(loaded, 'sources.trove.2025.1').map(({path}) => path), ['sources.trove."2025.1"']);
	t.deepEqual(showConfig(loaded, 'trove.conf.nothing'), []);
	t.throws(() => showConfig(loaded, 'sandbox.minimun'), {code: 'K2D1013', message: 'There is no key "sandbox.minimun" in the configuration. Did you mean "minimum"?'});
});

test('rows: values as YAML writes them, a list of maps takes a row an item', t => {
	const at = {layer: 'default', place: 'f:1:1'} as const;
	t.deepEqual(configRows([
		{path: 'release', value: '2025.1', ...at},
		{path: 'a', value: null, ...at},
		{path: 'b', value: ['x', '1'], ...at},
		{path: 'c', value: [{name: 'n', id: '1'}, {name: 'm', id: 'i'}], ...at},
		{path: 'd', value: [], ...at},
	]), [
		['release', '"2025.1"', 'default', 'f:1:1'],
		['a', 'null', 'default', 'f:1:1'],
		['b', '[x, "1"]', 'default', 'f:1:1'],
		['c[0]', '{name: n, id: "1"}', 'default', 'f:1:1'],
		['c[1]', '{name: m, id: i}', 'default', 'f:1:1'],
		['d', '[]', 'default', 'f:1:1'],
	]);
});

test('passwords in addresses and secret options are hidden and known as secrets', t => {
	const {config, origins, reason} = load({
		flags: {
			set: [
				'proxy.http=http://joe:s3cr%40t@proxy:3128',
				'proxy.https=https://token-of-mine@proxy',
				'sources.trove.master=git:https://joe:hunter22@git.example.com/trove#main',
				'trove.conf.DEFAULT.transport_url=rabbit://trove:rabbitword@host:5672/',
				'trove.conf.service_credentials.password=plainword',
				'proxy.no=http://a:listword@b',
			],
		},
	});
	const text = JSON.stringify(showConfig({config, origins, reason}));
	const secrets = ['s3cr%40t', 's3cr@t', 'token-of-mine', 'listword', 'rabbitword', 'plainword', 'hunter22'];
	t.deepEqual([...secretsOf(config)].toSorted(), secrets.toSorted());
	for (const secret of secrets) {
		t.false(text.includes(secret), secret);
	}

	t.true(text.includes('http://***@proxy:3128'));
	t.is(config.proxy.http, 'http://joe:s3cr%40t@proxy:3128');
	t.deepEqual(secretsOf({a: 'http://a:100%@b', b: 5, c: null}), ['100%']);
});

test('sources of Trove', t => {
	for (const [text, source] of [
		['pypi:23.1.0', {pypi: '23.1.0'}],
		['git:https://opendev.org/openstack/trove#stable/2025.1', {git: 'https://opendev.org/openstack/trove', ref: 'stable/2025.1'}],
		['git:/src/trove.git#master', {git: '/src/trove.git', ref: 'master'}],
		['tarball:https://example.com/trove.tar.gz', {tarball: 'https://example.com/trove.tar.gz'}],
		['directory:/src/trove', {directory: '/src/trove'}],
		['debian:1:23.0.0-2+deb13u1', {debian: '1:23.0.0-2+deb13u1'}],
		['pypi:', undefined], ['pypi:latest', undefined], ['git:https://example.com', undefined], ['git:#x', undefined], ['git:a#', undefined],
		['directory:src', undefined], ['debian:sid', undefined], ['toString:x', undefined], ['23.1.0', undefined], ['', undefined],
	] as const) {
		t.deepEqual(parseTroveSource(text), source, text);
	}
});
