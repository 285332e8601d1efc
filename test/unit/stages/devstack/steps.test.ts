import test from 'ava';
import {ToolError} from '../../../../scripts/errors/toolError.js';
import {CommandError} from '../../../../scripts/machines/commandError.js';
import type {Machine} from '../../../../scripts/machines/types.js';
import {createApi} from '../../../../scripts/openstack/api.js';
import {createSecrets} from '../../../../scripts/openstack/secrets.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import {checkoutExit} from '../../../../scripts/stages/devstack/checkout.js';
import {devstackPaths, devstackUrls, secretNames, type DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {devstackK2hr3} from '../../../../scripts/stages/devstack/k2hr3.js';
import {pluginHash} from '../../../../scripts/stages/devstack/plugin.js';
import {registryOf} from '../../../../scripts/stages/devstack/registry.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {devstackRelease} from '../../../../scripts/stages/devstack/support.js';
import {buildah} from '../../../../scripts/stages/images/containers/builders/buildah.js';
import {devstackConfig, goodMachine} from './samples.js';

type Answers = Readonly<Record<string, {readonly code?: number; readonly stdout?: string}>>;

/** A machine of files alone. `answers`: what commands answer, by their first word; all others end well and say nothing. */
const createWorld = ({files: given = {}, answers = {}, set = [], jobCode = 0}: {
	readonly files?: Readonly<Record<string, string>>; readonly answers?: Answers; readonly set?: readonly string[]; readonly jobCode?: number;
} = {}) => {
	const files = new Map(Object.entries(given));
	const [uploaded, said]: [string[], string[]] = [[], []];
	const [jobs, ran]: [Array<readonly string[]>, Array<readonly string[]>] = [[], []];
	const host = {
		read: async (file: string) => files.get(file),
		async write(file: string, content: string) {
			files.set(file, content);
		},
		async run(argv: readonly string[]) {
			ran.push(argv);
			if (argv[0] === 'rm') {
				for (const file of argv) {
					files.delete(file);
				}
			}

			return {code: 0, stdout: '', stderr: '', seconds: 0, ...answers[argv[0]!]};
		},
		async upload(_: string, remote: string) {
			uploaded.push(remote);
		},
		async connect() {
			throw new Error('nobody listens');
		},
	} as unknown as Machine;
	const config = devstackConfig(set);
	const paths = devstackPaths(config);
	const secrets = createSecrets(host, `${paths.environment}/secrets.json`, secretNames);
	const support = devstackRelease(config.release);
	const api = createApi(host, devstackUrls('192.0.2.10', support), () => ({user: 'admin', password: secrets.get('admin'), project: 'admin'}));
	const env: DevstackEnv = {
		config, host, machine: host, paths, secrets, support, facts: goodMachine, fetched: undefined, registry: () => registryOf(config), serverDisk: {file: 'disk.qcow2', format: 'qcow2'},
		api,
		proxyAuthority: undefined, k2hr3Authority: undefined, k2hr3Certificate: undefined, hasK2hr3App: false, k2hr3: devstackK2hr3({config, host, paths, api}, '192.0.2.10'), builder: {builder: buildah, reason: 'buildah: it is there'},
	};
	const context: StepContext<DevstackEnv> = {
		env, signal: new AbortController().signal,
		progress: {
			say(message) {
				said.push(message);
			},
			output() {},
		},
		async job(_, argv) {
			jobs.push(argv);
			if (jobCode !== 0) {
				throw new CommandError({outcome: 'code', argv, code: jobCode, machine: 'test', seconds: 0, lastLines: []});
			}
		},
	};
	const step = (id: string) => {
		const {probe, apply, undo, putAside, ...others} = devstackSteps(config).find(each => each.id === id)!;
		const action = 'undo' in undo ? undo : undefined;
		return {
			...others, state: async () => (await probe(context)).state, apply: async () => apply(context), undo: async () => action!.undo(context),
			left: async () => action!.left?.(env), putAside: async () => putAside!(context),
		};
	};

	return {env, files, uploaded, jobs, ran, said, paths, secrets, step};
};

test('passwords are made once, taken up again, and go', async t => {
	const {step, files, secrets} = createWorld();
	const passwords = step('devstack.passwords');
	t.is(await passwords.state(), 'absent');
	await passwords.apply();
	t.is(await passwords.state(), 'present');
	t.deepEqual(Object.keys(JSON.parse(files.get(secrets.path)!) as object), [...secretNames]);
	await passwords.undo();
	t.is(await passwords.state(), 'absent');
});

test('passwords that are lost are not made anew for a DevStack that has the old ones', async t => {
	const {step} = createWorld({files: {'/opt/stack/devstack/local.conf': 'old'}});
	await t.throwsAsync(step('devstack.passwords').apply(), {instanceOf: ToolError, code: 'K2D4008'});
	const damaged = createWorld({files: {'/var/lib/k2hdkc-devstack/default/secrets.json': '{'}});
	t.is(await damaged.step('devstack.passwords').state(), 'broken');
});

test('the user gets sudo; one who is at home elsewhere gets nothing', async t => {
	const made = createWorld({answers: {getent: {stdout: 'stack:x:1001:1001::/opt/stack:/bin/bash\n'}}});
	t.is(await made.step('devstack.user').state(), 'broken');
	await made.step('devstack.user').apply();
	t.is(made.files.get('/etc/sudoers.d/50_stack_sh'), 'stack ALL=(root) NOPASSWD:ALL\n');
	t.is(await made.step('devstack.user').state(), 'present');
	const other = createWorld({answers: {getent: {stdout: 'stack:x:1001:1001::/home/stack:/bin/bash\n'}}});
	await t.throwsAsync(other.step('devstack.user').apply(), {code: 'K2D6013', message: /with the home \/home\/stack$/});
	t.is(other.files.size, 0);
	t.is(await createWorld({answers: {getent: {code: 2}}}).step('devstack.user').state(), 'absent');
});

test('a checkout is made by a job of the user, and its faults are told', async t => {
	const {env, step, jobs} = createWorld({set: ['sources.devstack.git=https://joe:hunter22@git.example.org']});
	const nova = step('repository.nova');
	await nova.apply();
	t.deepEqual([jobs[0]!.slice(0, 4), jobs[0]!.slice(-3)], [['runuser', '--user', 'stack', '--'], ['https://joe:hunter22@git.example.org/openstack/nova.git', 'stable/2026.1', '/opt/stack/nova']]);
	t.notRegex(JSON.stringify([nova.inputs(env), nova.reaches?.(env)]), /hunter22/);
	await t.throwsAsync(createWorld({jobCode: checkoutExit.changed}).step('repository.nova').apply(), {code: 'K2D6014'});
	await t.throwsAsync(createWorld({jobCode: 128}).step('repository.nova').apply(), {instanceOf: CommandError});
});

test('a checkout that somebody changed is left by down', async t => {
	const base = '1'.repeat(40);
	const clean = createWorld({answers: {sh: {stdout: `checkout\n${base}\n${base}\n0\n`}}}).step('repository.nova');
	t.is(await clean.state(), 'present');
	t.is(await clean.left(), undefined);
	const changed = createWorld({answers: {sh: {stdout: `checkout\n${base}\n${base}\n2\n`}}}).step('repository.nova');
	t.is(await changed.state(), 'present');
	t.is(await changed.left(), 'left alone in /opt/stack/nova: 2 of its files have local changes');
});

test('what --fresh finds changed is moved aside and told, with what stack.sh notes beside itself; what nobody has touched stays', async t => {
	const base = '1'.repeat(40);
	const world = createWorld({answers: {sh: {stdout: `checkout\n${base}\n${base}\n2\n`}}});
	await world.step('repository.devstack').putAside();
	t.deepEqual(world.ran.at(-1)!.slice(4), ['/opt/stack/devstack', '/opt/stack/aside', 'stack', '/opt/stack/devstack.kept', '.stackenv', '.k2hdkc-done', '.k2hdkc-network', 'local.conf']);
	t.regex(world.said[0]!, /^moved \/opt\/stack\/devstack aside to .*: 2 of its files have local changes$/s);
	await world.step('repository.nova').putAside();
	t.deepEqual(world.ran.at(-1)!.slice(4), ['/opt/stack/nova', '/opt/stack/aside', 'stack', '/opt/stack/nova.kept']);
	const clean = createWorld({answers: {sh: {stdout: `checkout\n${base}\n${base}\n0\n`}}});
	await clean.step('repository.nova').putAside();
	t.deepEqual([clean.ran.length, clean.said], [1, []]);
});

test('the plugin is there when all of it is', async t => {
	const {step, uploaded, files} = createWorld({answers: {sh: {stdout: 'aa\n'}}});
	const plugin = step('devstack.plugin');
	t.is(await plugin.state(), 'absent');
	await plugin.apply();
	t.deepEqual(uploaded, ['devstack-plugin-k2hdkc', 'trove', 'trove-k2hdkc', 'trove-dashboard-k2hdkc'].map(name => `/opt/stack/k2hdkc/${name}`));
	t.is(files.get('/opt/stack/k2hdkc/content'), `${pluginHash()}\naa\n`);
	t.is(await plugin.state(), 'present');
	files.set('/opt/stack/k2hdkc/content', 'older\naa\n');
	t.is(await plugin.state(), 'broken');
	await plugin.apply();
	t.is(await plugin.state(), 'present');
});

test('what somebody has edited of the plugin is not replaced, nor taken away, and --fresh moves it aside', async t => {
	const edited = createWorld({answers: {sh: {stdout: 'bb\n'}}, files: {'/opt/stack/k2hdkc/content': `${pluginHash()}\naa\n`}});
	const plugin = edited.step('devstack.plugin');
	t.is(await plugin.state(), 'present');
	await plugin.apply();
	t.regex(await plugin.left() ?? '', /^left alone in \/opt\/stack\/k2hdkc/);
	edited.files.set('/opt/stack/k2hdkc/content', 'older\naa\n');
	await t.throwsAsync(plugin.apply(), {instanceOf: ToolError, code: 'K2D6014'});
	t.deepEqual(edited.uploaded, []);
	await plugin.putAside();
	t.regex(edited.said[0]!, /^moved \/opt\/stack\/k2hdkc aside to /);
});

test('local.conf is written anew when it says something else, and what was in it is kept', async t => {
	const {step, files, said, paths, secrets} = createWorld();
	const conf = step('devstack.local-conf');
	t.is(await conf.state(), 'absent');
	await conf.apply();
	t.is(await conf.state(), 'present');
	t.true(files.get(paths.localConf)!.includes(`ADMIN_PASSWORD=${secrets.get('admin')}\n`));
	files.set(paths.localConf, 'mine');
	t.is(await conf.state(), 'broken');
	await conf.apply();
	t.is(files.get(`${paths.localConf}.saved`), 'mine');
	t.deepEqual(said, [`keeping what was in it as ${paths.localConf}.saved`]);
});

test('the record of local.conf and of stack.sh has no passwords, and no name servers that would have all data go', t => {
	const {env, step, secrets} = createWorld();
	const elsewhere = {...env, facts: {...goodMachine, nameServers: ['198.51.100.53']}};
	t.false(JSON.stringify(step('devstack.local-conf').inputs(env)).includes(secrets.get('admin')));
	t.notDeepEqual(step('devstack.local-conf').inputs(env), step('devstack.local-conf').inputs(elsewhere));
	t.deepEqual(step('devstack.stack').inputs(env), step('devstack.stack').inputs(elsewhere));
});

test('stack.sh and clean.sh are jobs of the user', async t => {
	const {step, jobs} = createWorld({set: ['proxy.http=http://proxy:3128']});
	const stack = step('devstack.stack');
	await stack.apply();
	await stack.undo();
	t.is(jobs.length, 2);
	t.true(jobs.every(argv => argv.includes('runuser') && argv[4] === '/var/lib/k2hdkc-devstack/default/host' && argv.at(-2) === '/opt/stack/devstack' && argv.at(-1) === '172.24.4.0/24'));
	t.is(stack.phase?.('+ ./stack.sh:main:1 : echo_summary \'Starting Keystone\''), 'Starting Keystone');
	const none = createWorld({answers: {test: {code: 1}}});
	await none.step('devstack.stack').undo();
	t.deepEqual(none.jobs, [], 'without a checkout nothing is to be cleaned');
});

test('down stops those services that run', async t => {
	const {step, jobs} = createWorld({answers: {sh: {stdout: 'done 2026-01-01\ndevstack@keystone.service active\ndevstack@n-cpu.service failed\n'}}});
	t.is(await step('devstack.services').state(), 'absent');
	t.is(await step('devstack.stack').state(), 'present');
	await step('devstack.services').undo();
	t.deepEqual(jobs, [['systemctl', 'stop', 'devstack@keystone.service']]);
});
