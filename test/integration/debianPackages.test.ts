import {existsSync} from 'node:fs';
import test from 'ava';
import {findCommand, installPackages} from '../helpers/debianPackages.js';
import {needs} from '../helpers/needs.js';

const policy = '/usr/sbin/policy-rc.d';
const wanted = {root: true, commands: {'apt-get': 'apt'}} as const;

test('packages are installed, and the rule against starting services is gone afterwards', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const ruled = existsSync(policy);
	t.is(await installPackages(['patch']), undefined);
	t.truthy(await findCommand('patch'));
	t.is(existsSync(policy), ruled);
});

test('a package that there is not is named', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	t.regex(await installPackages(['no-such-package-anywhere']) ?? '', /could not install no-such-package-anywhere: .*no-such-package-anywhere/);
});
