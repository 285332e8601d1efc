import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {parse} from 'yaml';
import {guestUserData} from '../../../scripts/stages/images/registryTrust.js';
import {certificate} from './samples.js';

const commandsOf = (text: string): string[][] => (parse(text) as {bootcmd: string[][]}).bootcmd;

test('the command writes the certificate where docker looks for it', t => {
	const directory = mkdtempSync(path.join(tmpdir(), 'trust-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	const [[shell = '', ...words] = [], ...others] = commandsOf(guestUserData('192.0.2.1:5443', certificate, []));
	t.deepEqual(others, []);
	execFileSync(shell, words.map(word => word.replaceAll('/etc/docker', directory)));
	t.is(readFileSync(path.join(directory, 'certs.d/192.0.2.1:5443/ca.crt'), 'utf8'), certificate);
});

test('what Trove appends stays readable, and ours with it', t => {
	const text = `${guestUserData('192.0.2.1:5443', certificate, ['192.0.2.2'])}#cloud-config\nwrite_files:\n- path: /etc/trove/conf.d/guest_info.conf\n`;
	t.true(text.startsWith('#cloud-config\n'));
	t.deepEqual(Object.keys(parse(text) as object), ['bootcmd', 'write_files']);
});

test('registries without TLS are added by docker\'s own unit, before each start', t => {
	const directory = mkdtempSync(path.join(tmpdir(), 'trust-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	mkdirSync(path.join(directory, 'bin'));
	writeFileSync(path.join(directory, 'bin/systemctl'), `#!/bin/sh\necho "$@" >> '${directory}/called'\n`, {mode: 0o755});
	const [, [shell = '', ...words] = []] = commandsOf(guestUserData('192.0.2.1:5443', certificate, ['192.0.2.1:5443', '198.51.100.0/24']));
	execFileSync(shell, words.map(word => word.replaceAll('/etc/systemd', `${directory}/systemd`).replaceAll('/usr/local/sbin', `${directory}/sbin`)), {env: {PATH: `${directory}/bin:${process.env.PATH}`}});
	const program = `${directory}/sbin/k2hdkc-docker-registries`;
	t.is(
		readFileSync(path.join(directory, 'systemd/system/docker.service.d/k2hdkc-registries.conf'), 'utf8'),
		`[Service]\nExecStartPre=/usr/bin/python3 ${program} /etc/docker/daemon.json 192.0.2.1:5443 198.51.100.0/24\n`,
	);
	t.is(readFileSync(program, 'utf8'), readFileSync('conf/sandbox/docker-registries.py', 'utf8'));
	t.is(readFileSync(path.join(directory, 'called'), 'utf8'), 'daemon-reload\n');
});
