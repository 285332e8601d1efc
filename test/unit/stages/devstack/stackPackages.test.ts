import test from 'ava';
import {listsOf, parseList, parseLists, stackPackages, wantedDebs, wantedPython, type StackPackages, type Wanted} from '../../../../scripts/stages/devstack/stackPackages.js';
import {devstackRelease, knownSystems} from '../../../../scripts/stages/devstack/support.js';

const families: ReadonlyArray<readonly [services: string, lists: string]> = [
	['general', 'general'],
	['n-api n-cpu', 'n-api nova glance os-brick n-cpu'],
	['c-vol s-proxy', 'c-vol cinder os-brick s-proxy swift'],
	['key g-api q-svc neutron-api', 'key keystone g-api glance q-svc neutron-common neutron-api'],
	['placement-api rabbit', 'placement-api rabbit'],
];

for (const [services, lists] of families) {
	test(`services ${services} go by lists ${lists}`, t => {
		t.is(listsOf(services.split(' ')).join(' '), lists);
	});
}

const lines: ReadonlyArray<readonly [line: string, names: readonly string[]]> = [
	['curl', ['curl']],
	['libffi-dev # for pyOpenSSL', ['libffi-dev']],
	['mysql-server #NOPRIME', []],
	['dstat # dist:bionic', []],
	['dstat # dist:bionic,Trixie', ['dstat']],
	['tgt # not:trixie', []],
	['tgt # not:bookworm', ['tgt']],
	['# only a comment', []],
	['', []],
];

for (const [line, names] of lines) {
	test(`a line of a list ${JSON.stringify(line)} gives ${names.join(' ') || 'nothing'}`, t => {
		t.deepEqual(parseList(line, 'trixie'), names);
	});
}

const all: StackPackages = {
	services: [{names: ['general', 'key']}, {names: ['c-vol'], component: 'cinder'}],
	lists: ['ovn'], plugins: ['trove'],
	debs: [{names: ['mariadb-server']}, {names: ['swtpm'], releases: ['master']}, {names: ['old'], systems: ['bookworm']}, {names: ['lvm2'], component: 'cinder'}],
	python: [{names: ['pip', 'PyMySQL']}, {names: ['pymemcache'], component: 'dashboard'}],
};

const lists = parseLists('== general\ncurl\nsqlite3\n== keystone\nmemcached\nsqlite3\n== cinder\ntgt\n== ovn\novn-host\n== plugin:trove\nlibxslt1-dev\n');
const wanted: Wanted = {components: {}, system: 'trixie', release: '2026.1'};

test('lists of services, of what is asked for by name, and of plugins, and what programs name themselves, each once', t => {
	t.deepEqual(wantedDebs(lists, wanted, all), ['curl', 'sqlite3', 'memcached', 'ovn-host', 'libxslt1-dev', 'mariadb-server']);
	t.deepEqual(wantedDebs(lists, {components: {cinder: true}, system: 'bookworm', release: 'master'}, all).slice(-4), ['mariadb-server', 'swtpm', 'old', 'lvm2']);
	t.true(wantedDebs(lists, {...wanted, components: {cinder: true}}, all).includes('tgt'));
	t.deepEqual(wantedPython({...wanted, components: {dashboard: true}}, all), ['pip', 'PyMySQL', 'pymemcache']);
	t.deepEqual(wantedPython(wanted, all), ['pip', 'PyMySQL']);
});

test('what is written down names systems and releases that there are, and says why', t => {
	const {debs, python} = stackPackages();
	for (const {names, systems = [], releases = [], ...rest} of [...debs, ...python]) {
		t.true(names.length > 0 && 'reason' in rest && typeof rest.reason === 'string');
		t.true(systems.every(name => name in knownSystems()) && releases.every(release => devstackRelease(release).branch !== ''));
	}
});
