import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {isPublicKey, readSshKeys} from '../../../scripts/config/sshKeys.js';
import {publicKey} from '../stages/samples.js';

test('a public key is known by its type, which its data repeats', t => {
	t.true(isPublicKey(publicKey));
	t.true(isPublicKey(publicKey.split(' ').slice(0, 2).join(' ')));
	for (const wrong of ['', 'ssh-ed25519', 'ssh-ed25519 AAAA', publicKey.replace('ssh-ed25519', 'ssh-rsa'), `${publicKey}\n${publicKey}`, '-----BEGIN OPENSSH PRIVATE KEY-----', `command="x" ${publicKey}`]) {
		t.false(isPublicKey(wrong), wrong);
	}
});

test('the keys of a file and those written out are taken once each', t => {
	const directory = mkdtempSync(path.join(tmpdir(), 'keys-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true});
	});
	const file = path.join(directory, 'keys');
	const other = publicKey.replace('admin@', 'other@');
	writeFileSync(file, `# ours\n\n${publicKey}\n${other}\n`);
	t.deepEqual(readSshKeys([publicKey, file]), [publicKey, other]);
});
