import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {certificateFault, refuseCertificate} from '../../../scripts/stages/k2hr3/certificate.js';
import {makeCertificate} from '../../fixtures/certificate.js';
import {needs} from '../../helpers/needs.js';

test('a certificate of openssl is taken for the address it names, while it is good, with its own key', async t => {
	if (!await needs(t, {commands: {openssl: 'openssl'}})) {
		return;
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-certificate-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [one, other] = [await makeCertificate(directory, 'one', '192.0.2.1'), await makeCertificate(directory, 'other', '192.0.2.1')];
	const [pem, authority, key] = await Promise.all([one.withKey, one.authority, other.withKey.replace(/pem$/, 'key')].map(async file => readFile(file, 'utf8')));
	const now = new Date();
	t.is(certificateFault(pem!, '192.0.2.1', now), undefined);
	t.is(certificateFault(pem!, '192.0.2.2', now), 'it is not for 192.0.2.2, where K2HR3 is reached: its names are IP Address:192.0.2.1');
	t.regex(certificateFault(pem!, '192.0.2.1', new Date(now.getTime() + (3 * 24 * 3_600_000)))!, /^it is good from .+ to /);
	t.is(certificateFault(authority!, '192.0.2.1', now), 'it holds no private key in PEM that can be read without a passphrase');
	t.is(certificateFault(`${authority!}${key!}`, '192.0.2.1', now), 'its private key belongs to another certificate');
	t.is(certificateFault('nothing', '192.0.2.1', now), 'it holds no certificate in PEM');
	t.throws(() => {
		refuseCertificate('/etc/k2hr3.pem', undefined, '192.0.2.1');
	}, {code: 'K2D7020', message: 'The certificate /etc/k2hr3.pem cannot be used for K2HR3: it is not there.'});
	t.notThrows(() => {
		refuseCertificate('/etc/k2hr3.pem', pem, '192.0.2.1');
	});
});
