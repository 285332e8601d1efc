import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {runCommand} from '../../../helpers/runCommand.js';
import {devstackPaths} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {renderLocalConf, type LocalConf} from '../../../../scripts/stages/devstack/localConfText.js';
import {devstackRelease} from '../../../../scripts/stages/devstack/support.js';
import {devstackConfig} from './samples.js';

const passwords = {admin: 'a1', database: 'd1', rabbit: 'r1', service: 's1', swift: 'w1'};

const render = ({set = [], release, ...values}: Partial<LocalConf> & {readonly set?: readonly string[]; readonly release?: string} = {}): string => {
	const config = devstackConfig(set, release);
	return renderLocalConf({config, support: devstackRelease(config.release), paths: devstackPaths(config), system: 'bookworm', hostAddress: '192.0.2.10', nameServers: ['192.0.2.53', '192.0.2.54'], passwords, ...values});
};

test('what every DevStack is told', t => {
	const lines = render().split('\n');
	for (const line of [
		'HOST_IP=192.0.2.10', 'ADMIN_PASSWORD=a1', 'DATABASE_PASSWORD=d1', 'RABBIT_PASSWORD=r1', 'SERVICE_PASSWORD=s1', 'SWIFT_HASH=w1', 'RECLONE=False',
		'DEST=/opt/stack', 'DATA_DIR=/opt/stack/data', 'LOGFILE=/opt/stack/logs/stack.sh.log', 'LOGDAYS=2', 'IP_VERSION=4', 'IPV4_ADDRS_SAFE_TO_USE=10.0.0.0/22', 'SUBNETPOOL_SIZE_V4=26', 'ENABLE_CHASSIS_AS_GW=True',
		'FLOATING_RANGE=172.24.4.0/24', 'PUBLIC_NETWORK_GATEWAY=172.24.4.1', 'Q_FLOATING_ALLOCATION_POOL=start=172.24.4.2,end=172.24.4.253', 'TROVE_MGMT_SUBNET_START=192.168.254.2', 'TROVE_MGMT_SUBNET_END=192.168.254.253',
		'OVN_DNS_SERVERS=192.0.2.53,192.0.2.54', 'SYNC_LOG_TO_CONTROLLER=True', 'enable_service s-proxy s-object s-container s-account', 'enable_service horizon', 'enable_service q-dns',
		'enable_plugin neutron https://opendev.org/openstack/neutron.git stable/2026.1', 'enable_plugin trove https://opendev.org/openstack/trove.git stable/2026.1',
		'TROVE_BRANCH=stable/2026.1', 'TROVE_DASHBOARD_BRANCH=stable/2026.1', 'K2HDKC_DATASTORE_VERSION=1.0.19', 'K2HDKC_IMAGE_TAGS=trove,k2hdkc', 'TROVE_DATABASE_IMAGE_K2HDKC=docker.io/antpickax/k2hdkc-trove',
	]) {
		t.true(lines.includes(line), line);
	}

	t.deepEqual(lines.filter(line => /PYTHON3_VERSION|FORCE|_proxy|{{/.test(line)), []);
});

test('the plugin of K2HDKC comes after that of Trove, and the section is the first', t => {
	const lines = render().split('\n[[post-config')[0]!.split('\n').filter(line => line !== '' && !line.startsWith('#'));
	t.is(lines[0], '[[local|localrc]]');
	t.deepEqual(lines.slice(-5), ['enable_plugin trove https://opendev.org/openstack/trove.git stable/2026.1', 'DEVSTACK_PLUGINS+=,k2hdkc', 'GITDIR["k2hdkc"]=/opt/stack/k2hdkc/devstack-plugin-k2hdkc', 'GITREPO["k2hdkc"]=/opt/stack/k2hdkc/devstack-plugin-k2hdkc', 'GITBRANCH["k2hdkc"]=HEAD']);
});

const cases: ReadonlyArray<readonly [what: string, values: Parameters<typeof render>[0], there: readonly string[], gone: readonly string[]]> = [
	['without components', {set: ['components.swift=false', 'components.cinder=false', 'components.dashboard=false']}, ['disable_service c-api c-sch c-vol', 'disable_service horizon'], ['enable_service s-proxy s-object s-container s-account', 'enable_service horizon']],
	['Rocky 9', {system: 'rhel9'}, ['PYTHON3_VERSION=3.11', 'FORCE_FIREWALLD=True'], []],
	['Rocky 10', {system: 'rhel10'}, ['FORCE_FIREWALLD=True'], ['PYTHON3_VERSION=3.11']],
	['Debian 13', {system: 'trixie'}, [], ['FORCE_FIREWALLD=True']],
	['a system that DevStack does not support', {system: undefined, set: ['devstack.anySystem=true']}, ['FORCE=yes'], []],
	['a proxy', {set: ['proxy.http=proxy.example.org:3128', 'proxy.https=http://joe:a b@proxy', 'proxy.no=localhost,192.0.2.0/24']}, ['http_proxy=http://proxy.example.org:3128', 'https_proxy=\'http://joe:a b@proxy\'', 'no_proxy=localhost,127.0.0.1,192.0.2.10,192.0.2.0/24'], []],
	['name servers of the configuration', {set: ['openstack.networks.dns=198.51.100.1']}, ['OVN_DNS_SERVERS=198.51.100.1'], []],
	['other ranges', {set: ['devstack.ranges.floating=198.51.100.0/25', 'devstack.ranges.management=10.9.0.0/24']}, ['FLOATING_RANGE=198.51.100.0/25', 'PUBLIC_NETWORK_GATEWAY=198.51.100.1', 'TROVE_MGMT_SUBNET_RANGE=10.9.0.0/24', 'TROVE_MGMT_SUBNET_START=10.9.0.2'], []],
	['sources elsewhere', {set: ['sources.devstack.git=file:///srv/git', 'sources.devstack.novnc=file:///srv/novnc', 'sources.devstack.etcd=http://f/etcd', 'sources.devstack.cirros=http://f/cirros', 'sources.devstack.refs={trove: 1a2b3c}']},
		['GIT_BASE=file:///srv/git', 'NOVNC_REPO=file:///srv/novnc', 'ETCD_DOWNLOAD_URL=http://f/etcd', 'IMAGE_URLS=http://f/cirros/0.6.3/cirros-0.6.3-x86_64-disk.img', 'enable_plugin trove file:///srv/git/openstack/trove.git 1a2b3c'], []],
	['a small private range', {set: ['devstack.ranges.private=10.9.0.0/27']}, ['SUBNETPOOL_SIZE_V4=27'], []],
	['another release', {release: '2024.1'}, ['enable_plugin trove https://opendev.org/openstack/trove.git unmaintained/2024.1', 'TROVE_DASHBOARD_BRANCH=unmaintained/2024.1'], []],
	['images that are built', {set: ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', 'datastore.options.docker_insecure_registries=registry:5000']},
		['TROVE_DATABASE_IMAGE_K2HDKC=172.24.4.1:5443/antpickax/k2hdkc-trove', 'TROVE_DATABASE_BACKUP_IMAGE_K2HDKC=172.24.4.1:5443/antpickax/k2hdkc-trove-backup', 'TROVE_INSECURE_DOCKER_REGISTRIES=172.24.4.1:5443,registry:5000'], []],
	['images that could be built, with the component off', {set: ['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', 'components.images=false']},
		['TROVE_DATABASE_IMAGE_K2HDKC=docker.io/antpickax/k2hdkc-trove', 'TROVE_INSECURE_DOCKER_REGISTRIES=\'\''], []],
	['images of one\'s own', {set: ['datastore.options.docker_image=registry:5000/k2hdkc', 'datastore.options.docker_insecure_registries=registry:5000']},
		['TROVE_DATABASE_IMAGE_K2HDKC=registry:5000/k2hdkc', 'TROVE_INSECURE_DOCKER_REGISTRIES=registry:5000'], []],
];

for (const [what, values, there, gone] of cases) {
	test(`local.conf: ${what}`, t => {
		const lines = new Set(render(values).split('\n'));
		t.deepEqual(there.filter(line => !lines.has(line)), []);
		t.deepEqual(gone.filter(line => lines.has(line)), []);
	});
}

test('what the user adds comes last: variables in the same section, sections after it', t => {
	const text = render({set: ['devstack.variables={LOGDAYS: 7, MOTTO: "it\'s $HOME"}', 'devstack.sections=[[post-config|$NOVA_CONF]]\n[DEFAULT]\ndebug = True\n']});
	t.true(text.includes('\n# Of devstack.variables.\nLOGDAYS=7\nMOTTO=\'it\'\\\'\'s $HOME\'\n\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\nresume_guests_state_on_host_boot = true\n\n[[post-config|$TROVE_CONF]]\n[DEFAULT]\nusage_timeout = 1800\n'));
	t.true(text.endsWith('\n\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\ndebug = True\n'));
});

test('options of the datastore go into Trove\'s files and those of guests, and not where K2HR3 is: what stack.sh depends on stays the same with another one', t => {
	const text = render({set: ['k2hr3.url=https://k2hr3:18080', 'k2hr3.caFile=/etc/ca.pem', 'datastore.options.cluster_support=true', 'datastore.options.docker_image=registry:5000/k2hdkc']});
	const [controller = '', guest = ''] = text.split('[[post-config|').slice(2).map(section => section.slice(section.indexOf('\n') + 1).trim());
	const group = '[k2hdkc]\ncluster_support = true';
	t.is(controller, `${group}\n[DEFAULT]\nusage_timeout = 1800\n[network]\nnetwork_isolation = false\n[cache]\nenabled = false`);
	t.is(guest, group);
});

test('a shell reads the section as it is meant', async t => {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'local-conf-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	const text = render({set: ['devstack.variables={MOTTO: "it\'s $HOME; exit 3"}', 'proxy.http=http://joe:p&q@proxy:3128']});
	writeFileSync(path.join(directory, 'localrc'), text.split('\n[[post-config')[0]!.replace('[[local|localrc]]', ''));
	const {code, stdout, stderr} = await runCommand('bash', ['--norc', '-euc', `
enable_service() { :; }; disable_service() { :; }; enable_plugin() { DEVSTACK_PLUGINS+=,$1; }
declare -A GITDIR GITREPO GITBRANCH; DEVSTACK_PLUGINS=
. "${directory}/localrc"
printf '%s\\n' "$MOTTO" "$http_proxy" "$DEVSTACK_PLUGINS" "\${GITDIR[k2hdkc]}" "$ADMIN_PASSWORD"
`]);
	t.is(stderr, '');
	t.is(code, 0);
	t.deepEqual(stdout.trim().split('\n'), ['it\'s $HOME; exit 3', 'http://joe:p&q@proxy:3128', ',neutron,trove,k2hdkc', '/opt/stack/k2hdkc/devstack-plugin-k2hdkc', 'a1']);
});
