import test from 'ava';
import {baseEnvironment, completePath} from '../../../scripts/machines/environment.js';

test('the directories of the administrator are added once, behind those that are there', t => {
	t.is(completePath('/opt/bin:/usr/bin'), '/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin');
	t.is(completePath(undefined), '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
	t.is(completePath(':/bin:'), '/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin');
	t.is(completePath('/p/node_modules/.bin:/node_modules/.bin:/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:/usr/bin'), completePath('/usr/bin'));
});

test('what was asked for wins over the fixed locale, that over the own', t => {
	const environment = baseEnvironment({LANG: 'de_DE.UTF-8', HOME: '/root', EMPTY: undefined}, {LC_ALL: 'ja_JP.UTF-8'});
	t.like(environment, {LANG: 'C.UTF-8', LC_ALL: 'ja_JP.UTF-8', HOME: '/root'});
	t.false('EMPTY' in environment);
});
