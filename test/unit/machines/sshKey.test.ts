import test from 'ava';
import ssh2 from 'ssh2';
import {generateSshKey} from '../../../scripts/machines/sshKey.js';

const isWhole = (secret: string, open: string): boolean => {
	const parsed = ssh2.utils.parseKey(secret);
	return !(parsed instanceof Error) && `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')} a comment` === open;
};

// One of 256 as ssh2 makes them cannot be read.
test('every key can be read, and its halves belong to each other', t => {
	const keys = Array.from({length: 3000}, () => generateSshKey('a comment'));
	t.deepEqual(keys.filter(({secret, open}) => !isWhole(secret, open)), []);
	t.regex(generateSshKey().open, /^ssh-ed25519 \S+$/);
});
