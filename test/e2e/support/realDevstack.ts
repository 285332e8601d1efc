import {chmod, copyFile, cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {stringify} from 'yaml';
import {startForwardProxy} from '../../fixtures/forwardProxy.js';
import {startGitDaemon} from '../../fixtures/gitDaemon.js';
import {startSshMachine} from '../../fixtures/sshMachine.js';
import {scriptIn, type DevstackMachine} from './devstackMachine.js';
import {k2hr3Programs} from './k2hr3Prefix.js';

/** Certificates of the authorities that this host trusts: its mirrors may have one of their own. */
const authorities = '/etc/ssl/certs/ca-certificates.crt';

/** A release as it is installed, on a distribution that it knows, and what its stack.sh downloads besides repositories. */
export type RealRelease = {readonly release: string; readonly suite: 'bookworm' | 'trixie'; readonly etcd: string; readonly cirros: string};

/** Those that the tests run, each on one of its distributions. */
export const realReleases: readonly RealRelease[] = [
	{release: '2026.1', suite: 'trixie', etcd: 'v3.5.21', cirros: '0.6.3'},
	{release: '2025.1', suite: 'bookworm', etcd: 'v3.4.27', cirros: '0.6.3'},
];

/*
 * A container has the kernel of its host, without modules. What stands for them, also when it has booted again:
 * modprobe does nothing for NVMe, which nobody uses where there is no volume;
 * bridges of Open vSwitch are made in user space, br-ex before stack.sh makes it, since it would ask the kernel for it; checksums that a server leaves to
 * its network card are made there too, and the machine sends no segments there that only a network card would cut: they would be lost;
 * merging of memory pages belongs to the host alone; loop devices are named one by one.
 */
const kernelScript = `
mkdir -p /etc/modprobe.d /etc/systemd/system/ovs-vswitchd.service.d
for module in nvme-fabrics nvme-tcp; do echo "install $module /bin/true"; done >/etc/modprobe.d/container.conf
cat >/etc/systemd/system/ovs-vswitchd.service.d/container.conf <<'end'
[Service]
ExecStartPre=/usr/bin/ovs-vsctl --no-wait set open_vswitch . other_config:userspace-tso-enable=true
ExecStartPost=/usr/bin/ovs-vsctl --no-wait set open_vswitch . external-ids:ovn-bridge-datapath-type=netdev -- --may-exist add-br br-ex -- set bridge br-ex datapath_type=netdev
ExecStartPost=/usr/sbin/ethtool -K br-ex tso off gso off
end
mount -t tmpfs -o size=1M,mode=755 tmpfs /sys/kernel/mm/ksm
echo 'c! /dev/loop-control 0660 root disk - 10:237' >/etc/tmpfiles.d/container.conf
for number in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "b! /dev/loop$number 0660 root disk - 7:$number"; done >>/etc/tmpfiles.d/container.conf
systemd-tmpfiles --create --boot /etc/tmpfiles.d/container.conf
`;

const networkScript = (proxy: string): string => `
update-ca-certificates >/dev/null 2>&1
echo 'Acquire::http::Proxy "${proxy}";' >/etc/apt/apt.conf.d/90proxy
`;

const downloads = 'http://127.0.0.1:8000';

/*
 * Neither is in a registry of packages. etcd is that of the distribution, under the name that DevStack asks for; the disk is empty. The machine serves
 * them to itself. Prints the SHA-256 of the archive.
 */
const downloadsScript = ({etcd, cirros}: RealRelease): string => `
name=etcd-${etcd}-linux-amd64
work=$(mktemp -d)
cd "$work"
mkdir -p "$name" /srv/downloads/etcd/${etcd} /srv/downloads/cirros/${cirros}
apt-get update >/dev/null
apt-get download -q etcd-server etcd-client >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" unpacked; done
cp unpacked/usr/bin/etcd unpacked/usr/bin/etcdctl "$name"
tar czf /srv/downloads/etcd/${etcd}/$name.tar.gz "$name"
truncate -s 1M /srv/downloads/cirros/${cirros}/cirros-${cirros}-x86_64-disk.img
rm -r "$work"
printf '[Service]\\nExecStart=/usr/bin/python3 -m http.server 8000 --bind 127.0.0.1 --directory /srv/downloads\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/downloads.service
systemctl enable --quiet --now downloads
sha256sum /srv/downloads/etcd/${etcd}/$name.tar.gz | cut -d ' ' -f 1
`;

/** Where the programs of K2HR3 are on the machine. */
const k2hr3Prefix = '/opt/k2hr3';

/** The profile of such a machine. */
const profileOf = ({proxy, git, etcdHash, release}: {readonly proxy: string; readonly git: string; readonly etcdHash: string; readonly release: string}) => ({
	extends: 'devstack',
	release,
	components: {cinder: false, images: false},
	// Servers are emulated.
	timeouts: {scale: 2},
	paths: {cache: '/srv/store/cache'},
	proxy: {http: proxy, https: proxy, no: ['127.0.0.1'], caFile: authorities},
	sources: {k2hr3: `directory:${k2hr3Prefix}`, devstack: {git, novnc: `${git}/openstack/noVNC.git`, etcd: `${downloads}/etcd`, cirros: `${downloads}/cirros`}},
	devstack: {
		variables: {
			VIRT_DRIVER: 'libvirt', LIBVIRT_TYPE: 'qemu', OVS_DATAPATH_TYPE: 'netdev', ETCD_SHA256: etcdHash,
			// Without these Nova starts iSCSI, which needs the kernel, whether there is Cinder or not.
			CINDER_TARGET_HELPER: 'nvmet', CINDER_TARGET_PROTOCOL: 'nvmet_tcp',
			// HAProxy of Neutron's metadata wants 2065 files, and nobody may raise a limit in a container.
			ULIMIT_NOFILE: 8192,
		},
	},
});

/** With a way to take from it everything that is outside. */
export type RealMachine = DevstackMachine & {readonly cutOff: () => Promise<void>};

/** Its link to this host: first three parts of the addresses, and the name of this host's end. */
const itsLink = {prefix: '10.218.9', link: 'kd-ds-real'};

/**
 * A fresh Debian on which the real stack.sh of a release can run. It reaches this host alone, which serves the repositories of `mirrors` (bare, NAME.git)
 * and passes on what is asked of package mirrors. It goes with the test.
 */
export const createRealDevstackMachine = async (t: Pick<ExecutionContext, 'teardown'>, mirrors: string, release: RealRelease, link = itsLink): Promise<RealMachine> => {
	// Images are made with overlays, and the root of the machine is one.
	const store = await mkdtemp('/var/tmp/k2hdkc-devstack-store-');
	await chmod(store, 0o755);
	t.teardown(async () => rm(store, {recursive: true, force: true}));
	const machine = await startSshMachine({suite: release.suite, ...link, directories: {'/srv/store': store}});
	t.teardown(machine.stop);
	const {directory: programs, remove} = await k2hr3Programs();
	await cp(programs, path.join(machine.root, k2hr3Prefix), {recursive: true, verbatimSymlinks: true});
	await remove();
	const must = scriptIn(machine);
	const [proxy, git] = [await startForwardProxy(machine.hostAddress), await startGitDaemon(mirrors, machine.hostAddress)];
	let gone: Promise<unknown> | undefined;
	const withoutOutside = async (): Promise<void> => {
		gone ??= Promise.all([proxy.stop(), git.stop()]);
		await gone;
	};

	t.teardown(withoutOutside);
	await mkdir(path.join(machine.root, 'usr/local/share/ca-certificates'), {recursive: true});
	await copyFile(authorities, path.join(machine.root, 'usr/local/share/ca-certificates/host.crt'));
	await must(networkScript(proxy.url));
	await must(kernelScript);
	const etcdHash = (await must(downloadsScript(release))).trim();
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-profile-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const profile = path.join(directory, 'real.yaml');
	await writeFile(profile, stringify(profileOf({proxy: proxy.url, git: git.url, etcdHash, release: release.release})));
	return {
		...machine, must, words: ['--profile', profile, ...machine.flags],
		async cutOff() {
			await withoutOutside();
			await must('systemctl disable --quiet --now downloads');
		},
	};
};
