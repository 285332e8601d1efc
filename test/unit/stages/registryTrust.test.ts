import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {guestUserData} from '../../../scripts/stages/images/registryTrust.js';
import {certificate} from './samples.js';

const commandOf = (text: string): string[] => (parse(text) as {bootcmd: [string[]]}).bootcmd[0];

test('the command writes the certificate where docker looks for it', t => {
	const directory = mkdtempSync(path.join(tmpdir(), 'trust-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	const [shell = '', ...words] = commandOf(guestUserData('192.0.2.1:5443', certificate));
	execFileSync(shell, words.map(word => word.replaceAll('/etc/docker', directory)));
	t.is(readFileSync(path.join(directory, 'certs.d/192.0.2.1:5443/ca.crt'), 'utf8'), certificate);
});

test('what Trove appends stays readable, and ours with it', t => {
	const text = `${guestUserData('192.0.2.1:5443', certificate)}#cloud-config\nwrite_files:\n- path: /etc/trove/conf.d/guest_info.conf\n`;
	t.true(text.startsWith('#cloud-config\n'));
	t.deepEqual(Object.keys(parse(text) as object), ['bootcmd', 'write_files']);
});
