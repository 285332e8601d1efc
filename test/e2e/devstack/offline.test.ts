import {copyFile, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {startForwardProxy, type ForwardProxy} from '../../fixtures/forwardProxy.js';
import {sshMachineNeeds} from '../../fixtures/sshMachine.js';
import {needs} from '../../helpers/needs.js';
import {createDevstackMachine, differences, lookAtMachine, on, type DevstackMachine} from '../support/devstackMachine.js';

const authorities = '/etc/ssl/certs/ca-certificates.crt';

/** Its way to the Python package index, beside its mirror of Debian. */
const withProxy = async (machine: DevstackMachine, proxy: ForwardProxy): Promise<DevstackMachine> => {
	await mkdir(path.join(machine.root, 'usr/local/share/ca-certificates'), {recursive: true});
	await copyFile(authorities, path.join(machine.root, 'usr/local/share/ca-certificates/host.crt'));
	await machine.must('update-ca-certificates >/dev/null 2>&1');
	return {...machine, words: [...machine.words, '--set', `proxy.https=${proxy.url}`, '--set', `proxy.caFile=${authorities}`]};
};

/** Nothing of it is there, and that is said before anything is done. */
const refused = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const {stderr} = await on(t, machine, 3, ['up', '--offline', '--yes']);
	t.regex(stderr, /\[K2D6060]/);
	t.regex(stderr, /devstack\.stack \(packages of the distribution, packages of Python, the archive of etcd and the disk of CirrOS\)/);
	t.regex(stderr, /remedy +Run `k2hdkc-devstack fetch/);
	t.regex((await on(t, machine, 3, ['doctor', '--offline'])).stdout, /FAIL +Needed from outside/);
};

const fetches = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	const {seconds} = await on(t, machine, 0, ['fetch']);
	t.log(`fetch: ${Math.round(seconds)} s`);
	t.regex((await on(t, machine, 0, ['fetch'])).stderr, /Everything is in place and verified/);
	t.notRegex((await on(t, machine, 0, ['plan', '--offline'])).stdout, /fetched\./);
	t.regex((await on(t, machine, 0, ['doctor', '--offline'])).stdout, /PASS +Needed from outside +all of it was fetched/);
};

/** The proxy is gone, and of the mirror it has an address that nobody has. The link itself stays: by it commands come. */
const cutOff = async (machine: DevstackMachine, proxy: ForwardProxy): Promise<void> => {
	await proxy.stop();
	await machine.must('cp /etc/apt/sources.list /srv/sources.list; echo "deb http://192.0.2.1/debian trixie main" >/etc/apt/sources.list');
};

/** Something that DevStack did not ask for before. */
const namesWhatIsMissing = async (t: ExecutionContext, machine: DevstackMachine): Promise<void> => {
	for (const [lines, what] of [['cowsay\npbr', 'the package cowsay'], ['bc\ncowsay', 'the Python package cowsay']] as const) {
		await writeFile(path.join(machine.root, 'srv/stand-in/install'), `${lines}\n`);
		const {stderr} = await on(t, machine, 1, ['up', '--offline', '--yes']);
		t.regex(stderr, new RegExp(`what +stack\\.sh asked for ${what}, which is not among what was fetched for it`));
		t.regex(stderr, /\[K2D6061]/);
		t.regex(stderr, /fetch .*--fresh/);
		await machine.must('test ! -e /etc/apt/apt.conf.d/99k2hdkc-devstack; test ! -e /run/k2hdkc-devstack-apt');
	}
};

test.serial('fetched ahead, stack.sh needs no network, and what was fetched goes', async t => {
	if (!await needs(t, sshMachineNeeds)) {
		return;
	}

	const plain = await createDevstackMachine(t, {suite: 'trixie', release: '2026.1', prefix: '10.218.4', set: ['components.images=false']});
	const proxy = await startForwardProxy(plain.hostAddress);
	const machine = await withProxy(plain, proxy);
	const before = await lookAtMachine(machine);
	await refused(t, machine);
	await fetches(t, machine);
	await cutOff(machine, proxy);
	await namesWhatIsMissing(t, machine);
	await writeFile(path.join(machine.root, 'srv/stand-in/install'), 'bc mariadb-server\npbr PyMySQL\n');
	await on(t, machine, 0, ['up', '--offline', '--yes']);
	await machine.must('dpkg --status mariadb-server >/dev/null; /opt/stack/data/venv/bin/python -c "import pymysql"; test -e /opt/stack/data/etcd');
	await machine.must('mv /srv/sources.list /etc/apt/sources.list');
	await on(t, machine, 0, ['down', '--depth', 'sources', '--yes']);
	t.not((await machine.must('find /var/cache/k2hdkc-devstack -name "*.whl" | wc -l')).trim(), '0');
	await on(t, machine, 0, ['down', '--depth', 'everything', '--yes']);
	await machine.must('rmdir /var/lib/k2hdkc-devstack/* /var/lib/k2hdkc-devstack; test ! -e /var/cache/k2hdkc-devstack || rmdir /var/cache/k2hdkc-devstack');
	t.deepEqual(differences(before, await lookAtMachine(machine)), {gone: [], added: []});
});
