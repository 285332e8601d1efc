import test from 'ava';
import {CommandError} from '../../../../scripts/machines/commandError.js';
import {sourceChecks} from '../../../../scripts/stages/devstack/sources.js';
import {devstackConfig} from './samples.js';

type Answer = {readonly code: number; readonly stdout?: string; readonly stderr?: string};

/** What a program of the machine answers, or how it ends without an answer. */
type Programs = Readonly<Record<string, Answer | 'not-started' | 'timeout'>>;

const right: Programs = {git: {code: 0}, curl: {code: 0, stdout: '200'}, python3: {code: 0}};

const apt = 'apt\nbookworm http://deb.example.org/debian/dists/bookworm/InRelease\n';

const askAll = async (programs: Programs, {packages = apt, set = []}: {readonly packages?: string; readonly set?: readonly string[]} = {}) => {
	const asked: Array<{readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>>}> = [];
	const run = async (argv: readonly string[], {env = {}}: {readonly env?: Readonly<Record<string, string>>} = {}) => {
		asked.push({argv, env});
		const answer = programs[argv[0]!]!;
		if (typeof answer === 'string') {
			throw new CommandError({outcome: answer, argv, machine: 'test', seconds: 0, lastLines: []});
		}

		return {stdout: '', stderr: '', seconds: 0, ...answer};
	};

	const script = async () => ({stdout: packages, stderr: '', code: 0, seconds: 0});
	const checks = sourceChecks({config: devstackConfig(set), host: {run, script}});
	const found = await Promise.all(checks.map(async check => ({id: check.id, ...await check.run({signal: new AbortController().signal})})));
	return {asked, found, of: (id: string) => found.find(each => each.id === id)!};
};

test('all of them answer', async t => {
	const {asked, found} = await askAll(right);
	t.deepEqual(found.map(({id, result}) => `${id} ${result}`), ['packages', 'python', 'git-devstack', 'git-trove', 'git-novnc', 'etcd', 'cirros'].map(id => `${id} PASS`));
	t.deepEqual(asked.filter(({argv: [program]}) => program === 'git').map(({argv}) => argv.slice(-2).join(' ')), [
		'https://opendev.org/openstack/devstack.git refs/heads/stable/2026.1', 'https://opendev.org/openstack/trove.git refs/heads/stable/2026.1', 'https://github.com/novnc/noVNC.git HEAD',
	]);
	t.deepEqual(asked.filter(({argv: [program]}) => program === 'curl').map(({argv}) => argv.at(-1)!).toSorted((one, other) => one.localeCompare(other)), [
		'http://deb.example.org/debian/dists/bookworm/InRelease',
		'https://download.cirros-cloud.net/0.6.3/cirros-0.6.3-x86_64-disk.img',
		'https://github.com/etcd-io/etcd/releases/download/v3.5.21/etcd-v3.5.21-linux-amd64.tar.gz',
	]);
});

test('all of them can be elsewhere, and are asked through the proxy', async t => {
	const set = [
		'sources.devstack.git=file:///srv/git', 'sources.devstack.novnc=ssh://git@git.example.org/novnc', 'sources.devstack.etcd=http://files.example.org/etcd', 'sources.devstack.cirros=http://files.example.org/cirros',
		'sources.python.index=http://pypi.example.org/simple', 'proxy.https=http://proxy.example.org:3128',
	];
	const {asked, found} = await askAll(right, {set});
	t.true(found.every(({result}) => result === 'PASS'));
	const places = asked.flatMap(({argv}) => argv.filter(word => word.includes('://')));
	t.deepEqual(places.filter(place => !/example\.org|file:\/{3}srv\/git\/openstack\/(?:devstack|trove)\.git/.test(place)), []);
	t.true(asked.every(({env}) => env.https_proxy === 'http://proxy.example.org:3128'));
});

const faults: ReadonlyArray<readonly [what: string, programs: Programs, id: string, result: string, found: RegExp, remedy: RegExp]> = [
	['git is not there', {...right, git: 'not-started'}, 'git-devstack', 'WARN', /was not asked: git is not installed yet$/, /Install git/],
	['a repository has no such branch', {...right, git: {code: 2}}, 'git-trove', 'FAIL', /trove\.git has no branch stable\/2026\.1$/, /--set sources\.devstack\.git=ADDRESS/],
	['a repository does not answer', {...right, git: {code: 128, stderr: 'one\nfatal: unable to access\n'}}, 'git-novnc', 'FAIL', /does not answer: fatal: unable to access$/, /sources\.devstack\.novnc/],
	['a repository is silent', {...right, git: 'timeout'}, 'git-devstack', 'FAIL', /does not answer: nothing came within 20 s$/, /sources\.devstack\.git/],
	['curl is not there', {...right, curl: 'not-started'}, 'etcd', 'WARN', /curl is not installed yet$/, /Install curl/],
	['mirrors without curl', {...right, curl: 'not-started'}, 'packages', 'WARN', /curl is not installed yet$/, /Install curl/],
	['an archive is gone', {...right, curl: {code: 0, stdout: '404'}}, 'cirros', 'FAIL', /disk\.img answers 404$/, /sources\.devstack\.cirros/],
	['a mirror is silent', {...right, curl: {code: 6, stdout: '000', stderr: 'curl: (6) Could not resolve host\n'}}, 'packages', 'FAIL', /InRelease does not answer: curl: \(6\)/, /package manager/],
	['pip is not there', {...right, python3: {code: 1, stderr: '/usr/bin/python3: No module named pip\n'}}, 'python', 'WARN', /pip is not installed yet$/, /python3-pip/],
	['python is not there', {...right, python3: 'not-started'}, 'python', 'WARN', /pip is not installed yet$/, /python3-pip/],
	['the index does not answer', {...right, python3: {code: 1, stderr: 'ERROR: No matching distribution found for pip\n'}}, 'python', 'FAIL', /does not answer: ERROR: No matching/, /sources\.python\.index/],
];

for (const [what, programs, id, result, found, remedy] of faults) {
	test(`${id}: ${what}`, async t => {
		const finding = (await askAll(programs)).of(id);
		t.is(finding.result, result as typeof finding.result);
		t.is(finding.code, result === 'FAIL' ? 'K2D3011' : undefined);
		t.regex(finding.found, found);
		t.regex(finding.remedy ?? '', remedy);
	});
}

test('a machine whose package manager is not known, or has no mirror', async t => {
	t.like((await askAll(right, {packages: 'none\n'})).of('packages'), {result: 'FAIL', code: 'K2D3005'});
	t.like((await askAll(right, {packages: 'apt\n'})).of('packages'), {result: 'WARN'});
});

test('passwords in addresses are not shown', async t => {
	const {of} = await askAll({...right, git: {code: 128, stderr: 'fatal: https://joe:hunter22@git.example.org/ is gone'}}, {set: ['sources.devstack.git=https://joe:hunter22@git.example.org']});
	t.notRegex(of('git-devstack').found, /hunter22/);
});
