import {cp, readFile, writeFile} from 'node:fs/promises';
import {createServer, get} from 'node:http';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {parse} from 'yaml';
import {startSshMachine, type SshMachine, type SshMachineOptions} from '../../fixtures/sshMachine.js';
import {hostMirrors} from '../../helpers/hostMirrors.js';
import {expect, type Ended, type ToolOptions} from './tool.js';

/** A fresh machine on which profile `devstack` is built, with repositories of its own in place of OpenStack's. */
export type DevstackMachine = SshMachine & {
	/** Words of the command line that every command of the profile needs here: the command, then these. */
	readonly words: readonly string[];
	/** Runs a script in it and gives what it prints. @throws when it fails. */
	readonly must: (script: string) => Promise<string>;
};

/** Files that the stand-in for stack.sh edits, as the real one does. */
const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	requirements: {'upper-constraints.txt': 'pbr===7.0.3\nsetuptools===80.0.0\n'},
	trove: {'trove/common/cfg.py': 'import os\n', 'devstack/plugin.sh': '# Trove\'s own.\n'},
	neutron: {'devstack/plugin.sh': '# Neutron\'s own.\n'},
};

const repositoryScript = (name: string, branch: string): string => `
cd /srv/work/${name}
git init --quiet --initial-branch=${branch}
commit() { git -c user.name=Test -c user.email=test@example.org commit --quiet "$@"; }
commit --allow-empty --message begin
git tag 1.0.0
git add --all
commit --message ${name}
git clone --quiet --bare . /srv/git/openstack/${name}.git
`;

const writeFiles = async (directory: string, content: Readonly<Record<string, string>>): Promise<string> =>
	Object.entries({...content, 'README.rst': 'A stand-in.\n'}).map(([name, text]) => `mkdir -p "$(dirname ${directory}/${name})"\nprintf '%s' '${text.replaceAll('\'', String.raw`'\''`)}' >${directory}/${name}\n`).join('');

/** What is asked outside answers: the mirror of the distribution with what that of this host has, and downloads with nothing. */
const serveMirror = async (t: ExecutionContext, address: string): Promise<string> => {
	const {main = 'http://deb.debian.org/debian'} = await hostMirrors();
	const server = createServer(({url = ''}, response) => {
		if (!url.startsWith('/debian/')) {
			response.end();
			return;
		}

		get(`${main}${url.slice('/debian'.length)}`, answer => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		}).on('error', () => {
			response.destroy();
		});
	});
	await new Promise<void>(resolve => {
		server.listen(0, address, resolve);
	});
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as {port: number};
	return `http://${address}:${port}`;
};

/** What runs scripts in a machine and gives what they print. It throws when one fails. */
export const scriptIn = ({inside}: Pick<SshMachine, 'inside'>): DevstackMachine['must'] => async script => {
	const {code, stdout, stderr} = await inside(script);
	if (code !== 0) {
		throw new Error(`${script}: ${stderr}`);
	}

	return stdout;
};

export type DevstackMachineOptions = Pick<SshMachineOptions, 'directories' | 'suite'> & {
	readonly release: string;
	/** The first three parts of the addresses of its link. */
	readonly prefix: string;
	/** Settings besides, as --set takes them. */
	readonly set: readonly string[];
};

/** It goes with the test. */
export const createDevstackMachine = async (t: ExecutionContext, {suite, release, prefix, set, directories}: DevstackMachineOptions): Promise<DevstackMachine> => {
	const machine = await startSshMachine({suite, prefix, link: `kd-ds-${suite}`, ...(directories && {directories})});
	t.teardown(machine.stop);
	const must = scriptIn(machine);
	const mirror = await serveMirror(t, machine.hostAddress);
	const branch = `stable/${release}`;
	const names = (parse(await readFile('conf/devstack/repositories.yaml', 'utf8')) as ReadonlyArray<{readonly name: string}>).map(({name}) => name);
	await must('mkdir -p /srv/work /srv/git/openstack /srv/stand-in');
	await cp(path.resolve('test/fixtures/devstackStandIn/checkout'), path.join(machine.root, 'srv/work/devstack'), {recursive: true});
	for (const name of names) {
		await must(`${await writeFiles(`/srv/work/${name}`, files[name] ?? {})}${repositoryScript(name, branch)}`);
	}

	await writeFile(path.join(machine.root, 'etc/apt/sources.list'), `deb ${mirror}/debian ${suite} main\n`);
	const words = [
		'--profile', 'devstack', '--release', release, ...machine.flags, '--set', 'devstack.minimum={cpus: 1, memoryMiB: 1024, diskMiB: 1024}',
		'--set', 'sources.devstack.git=file:///srv/git', '--set', 'sources.devstack.novnc=file:///srv/git/openstack/novnc.git', '--set', 'sources.devstack.refs={novnc: 1.0.0}',
		'--set', `sources.devstack.etcd=${mirror}/etcd`, '--set', `sources.devstack.cirros=${mirror}/cirros`,
		...set.flatMap(each => ['--set', each]),
	];
	return {...machine, words, must};
};

/** Runs a command of the tool on it and expects the exit code. */
export const on = async (t: ExecutionContext, {words}: Pick<DevstackMachine, 'words'>, code: number, args: readonly string[], options?: ToolOptions): Promise<Ended> =>
	expect(t, code, [...args, ...words], options);

const snapshotScript = `
find /etc /usr/local -type f -exec sha256sum {} + -o -type l -printf '%l  %p\\n' -o -type d -printf 'directory %m %u %p\\n'
find /opt/stack 2>/dev/null || true
ls -d /opt/* /var/lib/* /var/cache/* /var/log/* /root/.[!.]* 2>/dev/null || true
dpkg-query --show --showformat '\${db:Status-Status} \${Package}\\n' | grep -v not-installed
getent passwd; getent group
systemctl list-unit-files --no-legend
cat /proc/sys/net/ipv4/ip_forward
`;

/** What makes no difference: time stamps of the last boot, caches that dpkg writes anew, backups of the files of users that are listed by themselves, and logs. */
const noDifference = /^\S+ {2}\/etc\/(?:\.updated|ld\.so\.cache|(?:passwd|group|shadow|gshadow|subuid|subgid)-?|\.pwd\.lock)$|\/var\/log\/|\/var\/cache\/(?:ldconfig|apt)/;

/** Everything of the machine that a DevStack could change, as sorted lines. */
export const lookAtMachine = async ({must}: Pick<DevstackMachine, 'must'>): Promise<readonly string[]> =>
	(await must(snapshotScript)).split('\n').filter(line => line !== '' && !noDifference.test(line)).toSorted();

/** What of a look at the machine is no longer there, and what has come. */
export const differences = (before: readonly string[], after: readonly string[]): {readonly gone: readonly string[]; readonly added: readonly string[]} => ({
	gone: before.filter(line => !after.includes(line)), added: after.filter(line => !before.includes(line)),
});
