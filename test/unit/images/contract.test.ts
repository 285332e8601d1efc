import test from 'ava';
import {breaches, parseContainerFacts} from '../../../scripts/stages/images/containers/contract.js';
import {databaseContract} from '../../../scripts/stages/images/containers/databaseContract.js';

const config = {
	User: '1001:1001', ExposedPorts: {'8020/tcp': {}, '8021/tcp': {}, '8031/tcp': {}}, Env: ['PATH=/usr/bin'],
	Labels: {'org.opencontainers.image.version': '1.0.19'}, Entrypoint: ['/usr/bin/tini', '--', '/usr/libexec/k2hdkctrove.sh'],
	Healthcheck: {Test: ['CMD-SHELL', 'test "$(/usr/libexec/k2hdkctrove.sh status)" = HEALTHY']},
};

// As printed for an image made on 2026-11-23, shortened.
const lines = [
	`config ${JSON.stringify({Type: 'buildah 0.0.1', Docker: {architecture: 'amd64', config}})}`,
	'size 112766976',
	'ran user 0 uid=1001(database) gid=1001(database) groups=1001(database)',
	'ran chmpx 0  CHMPX Version 1.0.113 (commit: c569e0e) with OpenSSL',
	'ran k2hdkc 0  K2hdkc Version 1.0.19 (commit: c347316)',
	'ran status 0 RUNNING',
	'ran start 3 2026-11-23T00:32:31Z k2hdkctrove: Not set in the environment: cluster_name extdata_url. Error: exit status 3',
	'ran backup 1 2026-11-23T00:32:32Z k2hdkctrove: There is no database to back up: /var/lib/antpickax/k2hdkc/k2hdkc.k2h does not exist.',
	'ran usage 2 2026-11-23T00:32:32Z k2hdkctrove: There is no command \'nothing\'.',
	'ran writable 0 ',
	'package deb|bsdutils|1:2.41.5-0+deb13u1|amd64',
	'package deb|tzdata|2026f-0+deb13u1|all',
];

const judge = (before = '', after = ''): readonly string[] => breaches(parseContainerFacts(lines.join('\n').replace(before, after)), databaseContract('1.0.19'));

test('an image as it should be is accepted, and its packages are known', t => {
	t.deepEqual(judge(), []);
	t.deepEqual(parseContainerFacts(lines.join('\n')).packages, [
		{kind: 'deb', name: 'bsdutils', version: '1:2.41.5-0+deb13u1', architecture: 'amd64'},
		{kind: 'deb', name: 'tzdata', version: '2026f-0+deb13u1', architecture: 'all'},
	]);
});

const faults: ReadonlyArray<readonly [what: string, change: readonly [string, string], says: RegExp]> = [
	['it runs as root', ['"User":"1001:1001"', '"User":""'], /^its user is "", not 1001:1001$/],
	['a port is not exposed', ['"8021/tcp":{},', ''], /^it does not expose 8021\/tcp$/],
	['another entrypoint', ['"--","/usr/libexec/k2hdkctrove.sh"]', '"--","/bin/sh"]'], /entrypoint/],
	['no health check', ['k2hdkctrove.sh status)', 'true)'], /no health check/],
	['another version', ['image.version":"1.0.19"', 'image.version":"1.0.18"'], /label .* is not 1\.0\.19/],
	['a proxy in its environment', ['"Env":["', '"Env":["http_proxy=http://proxy.example:3128","'], /^its environment has http_proxy$/],
	['a secret in its environment', ['"Env":["', '"Env":["OS_PASSWORD=abc","'], /^its environment has OS_PASSWORD$/],
	['too large', ['size 112766976', 'size 512766976'], /489 MiB, more than 400/],
	['no size', ['size 112766976', ''], /MiB/],
	['a program that becomes root', ['size ', 'found setuid /usr/bin/su\nsize '], /^\/usr\/bin\/su becomes another user$/],
	['a directory for everybody', ['size ', 'found writable /var/lib/open\nsize '], /^\/var\/lib\/open may be written by everybody$/],
	['a sudo rule', ['size ', 'found secret /etc/sudoers.d/database\nsize '], /sudoers\.d\/database does not belong/],
	['a proxy in a file', ['size ', 'found proxy /etc/environment\nsize '], /^\/etc\/environment names a proxy$/],
	['chmpx of another distribution', ['ran chmpx 0  CHMPX', 'ran chmpx 127 sh: chmpx: not found'], /^chmpx does not run \(exit code 127: sh: chmpx: not found/],
	['a start that is not refused', ['ran start 3', 'ran start 0'], /^start without an environment/],
	['status that lies', ['RUNNING', 'HEALTHY'], /^the command status does not print RUNNING/],
	['directories of root', ['ran writable 0 ', 'ran writable 1 touch: Permission denied'], /^its user cannot write/],
	['what did not run at all', ['ran usage 2', 'tried usage 2'], /^a wrong command .*\(exit code unknown: \)$/],
];
for (const [what, change, says] of faults) {
	test(`an image is refused: ${what}`, t => {
		const wrong = judge(...change);
		t.is(wrong.length, 1, wrong.join('\n'));
		t.regex(wrong[0]!, says);
	});
}

test('an output that was cut off is no image that keeps its contract', t => {
	t.true(breaches(parseContainerFacts(''), databaseContract('1.0.19')).length > 10);
});
