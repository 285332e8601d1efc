import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {bootGuest, guestBootNeeds} from '../fixtures/guestBoot.js';
import {needs} from '../helpers/needs.js';
import {runCommand} from '../helpers/runCommand.js';
import {document, expect, follow, hostNeeds, worked} from './support/tool.js';

const wanted = {root: true, commands: {...hostNeeds.commands, ...guestBootNeeds.commands}} as const;

type File = {readonly file: string; readonly bytes: number; readonly sha256: string};
type Images = {readonly images: ReadonlyArray<{readonly image: string; readonly name: string; readonly state: string; readonly directory: string; readonly files: readonly File[]}>};

let directory: string | undefined;

test.serial('images build makes the guest image, and nothing else of the environment', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const before = document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images[0]!;
	t.like(before, {image: 'guest', name: 'k2hdkc-guest-2025.1-trixie', state: 'not built', files: []});
	const dry = await expect(t, 0, ['images', 'build', '--dry-run']);
	t.regex(dry.stdout, /RUN +images\.guest\.agent/);
	const {code, events, stderr, seconds} = await follow(['images', 'build'], () => undefined);
	t.is(code, 0, stderr);
	t.log(`images build: ${seconds.toFixed(1)} s`);
	t.true(worked(events).every(id => id === 'host.packages' || id.startsWith('images.')), worked(events).join(' '));
	const [image] = document<Images>(await expect(t, 0, ['images', 'list', '--json'])).images;
	t.is(image?.state, 'up to date');
	t.deepEqual(image?.files.map(({file}) => file), ['disk.qcow2', 'root.tar']);
	const {stdout} = await runCommand('sha256sum', [path.join(image!.directory, 'disk.qcow2')]);
	t.is(image?.files[0]!.sha256, stdout.split(' ')[0]);
	directory = image!.directory;
	t.log(image!.files.map(({file, bytes}) => `${file}: ${Math.round(bytes / 1e6)} MB`).join(', '));
});

test.serial('built again, nothing is done', async t => {
	if (!await needs(t, {...wanted, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	const {code, events, seconds} = await follow(['images', 'build'], () => undefined);
	t.is(code, 0);
	t.deepEqual(worked(events), []);
	t.log(`${seconds.toFixed(1)} s`);
});

test.serial('the tar is a root without kernel and without what must be a guest\'s own', async t => {
	if (!await needs(t, {...wanted, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	const {stdout} = await runCommand('tar', ['-tvf', path.join(directory!, 'root.tar')]);
	t.regex(stdout, /-r--r----- 0\/0 .* \.\/etc\/sudoers\.d\/trove$/m);
	t.regex(stdout, /\.\/etc\/systemd\/system\/cloud-init\.target\.wants\/guest-agent\.service -> /);
	t.regex(stdout, /\.\/opt\/guest-agent-venv\/bin\/trove-guestagent$/m);
	t.notRegex(stdout, /\.\/etc\/ssh\/ssh_host_|\.\/boot\/vmlinuz|\.\/usr\/lib\/modules\/.|policy-rc\.d$/m);
	const work = await mkdtemp(path.join(tmpdir(), 'k2hdkc-e2e-tar-'));
	t.teardown(async () => rm(work, {recursive: true, force: true}));
	await runCommand('tar', ['-xf', path.join(directory!, 'root.tar'), '-C', work, './etc/machine-id', './etc/shadow']);
	t.is(await readFile(path.join(work, 'etc/machine-id'), 'utf8'), '');
	t.deepEqual((await readFile(path.join(work, 'etc/shadow'), 'utf8')).split('\n').filter(line => /^[^:]+:\$/.test(line)), [], 'no account has a password');
	t.false(existsSync(path.join(directory!, 'tree')), 'nothing of the build is left');
});

const inside = `
echo "cloud-init: $(cloud-init status 2>/dev/null | head -1)"
echo "root: $(df --output=size -m / | tail -1 | tr -d ' ')"
echo "docker: $(systemctl is-active docker)"
echo "ssh: $(systemctl is-active ssh)"
echo "ipv6: $(cat /proc/sys/net/ipv6/conf/all/disable_ipv6)"
echo "agent: $(systemctl show --property=ConditionResult,UnitFileState guest-agent | tr '\\n' ' ')"
echo "user: $(id -nG trove)"
/opt/guest-agent-venv/bin/python -c '
from trove.common import cfg
from trove.guestagent import dbaas
import trove
print("group:", cfg.CONF.k2hdkc.tcp_ports)
print("from:", trove.__file__)
print("failed units follow")
'
systemctl --failed --no-legend --plain
`;

test.serial('the disk boots by itself: cloud-init runs, docker is there, the root has grown, the agent knows k2hdkc', async t => {
	if (!await needs(t, {...wanted, missing: directory === undefined ? 'no image was built' : undefined})) {
		return;
	}

	const {answers, log, seconds} = await bootGuest(path.join(directory!, 'disk.qcow2'), inside);
	t.log(`${seconds.toFixed(0)} s under qemu without KVM`);
	const said = answers.join('\n');
	const tail = `${said}\n--- serial line:\n${log.split('\n').slice(-60).join('\n')}`;
	for (const words of [/^docker: active$/m, /^ssh: active$/m, /^ipv6: 1$/m, /^agent: .*UnitFileState=enabled/m, /^user: trove docker$/m, /^group: .*8020/m, /^from: \/opt\/guest-agent-venv\//m]) {
		t.regex(said, words, tail);
	}

	t.true(Number(/^root: (\d+)$/m.exec(said)?.[1]) > 7000, tail);
	t.is(answers.at(-1), 'failed units follow', tail);
});
