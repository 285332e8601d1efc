import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand, type Outcome} from '../../helpers/runCommand.js';

const plugin = path.resolve('patches/devstack-plugin-k2hdkc');
const standIn = path.resolve('test/fixtures/devstackStandIn');

/** A checkout of DevStack; without it the tests run with the stand-in alone. */
const real = process.env.TEST_DEVSTACK;
const functions = [standIn, ...(real ? [real] : [])];

/** Trove's file as far as the patch looks at it. */
const configuration = 'TROVE = 1\nOPTS = dict(\n                      methods=[\n                       \'DELETE\',\n                       \'PATCH\']\n    )\n';

/** Where Horizon looks for what was added to it. */
const horizon = 'horizon/openstack_dashboard/local';

const manage = `#!/bin/sh
case "$*" in *--help*) echo "usage: HELP"; exit;; esac
printf 'trove-manage' >>DIRECTORY/calls
for word; do printf ' %s' "$word" >>DIRECTORY/calls; done
echo >>DIRECTORY/calls
`;

const troveSettings = `
TROVE_DIR=DIRECTORY/trove TROVE_CONF_DIR=DIRECTORY/etc TROVE_CONF=DIRECTORY/etc/trove.conf TROVE_GUESTAGENT_CONF=DIRECTORY/etc/guest.conf
TROVE_MANAGE=DIRECTORY/trove-manage TROVE_HOST_GATEWAY=172.24.4.1 REGISTRY_PORT=4000
`;

type Host = {
	readonly directory: string;
	readonly phases: (...phases: readonly string[]) => Promise<Outcome>;
	readonly read: (file: string) => Promise<string>;
	readonly calls: () => Promise<readonly string[]>;
};

type HostOptions = {readonly help?: string; readonly env?: Readonly<Record<string, string>>; readonly functions?: string};

/** A host on which Trove's plugin has done its part. */
const createHost = async (t: ExecutionContext, {help = '--registry-ext', env = {}, functions: from = standIn}: HostOptions = {}): Promise<Host> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-devstack-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const files: Readonly<Record<string, string>> = {
		'trove/trove/common/cfg.py': configuration, 'etc/trove.conf': '[DEFAULT]\ndefault_datastore = mysql\n', 'etc/guest.conf': '[DEFAULT]\nlog_dir = /var/log\n',
		'etc/cloudinit/common.cloudinit': '#cloud-config\n', [`${horizon}/enabled/_1720.py`]: '', calls: '',
		'trove-plugin/devstack/settings': troveSettings.replaceAll('DIRECTORY', directory), 'trove-manage': manage.replaceAll('DIRECTORY', directory).replace('HELP', help),
	};
	for (const [file, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(directory, file)), {recursive: true});
		await writeFile(path.join(directory, file), text);
	}

	await chmod(path.join(directory, 'trove-manage'), 0o755);
	const read = async (file: string): Promise<string> => readFile(path.join(directory, file), 'utf8');
	return {
		directory, read,
		phases: async (...phases) => runCommand('bash', [path.join(standIn, 'scenario.sh'), from, directory, ...phases], {
			env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: directory, LC_ALL: 'C', PLUGIN_DIR: plugin, ...env}, timeout: 60_000,
		}),
		calls: async () => (await read('calls')).trim().split('\n').filter(Boolean),
	};
};

/** Value of an option, wherever it stands in the file. */
const valueOf = (text: string, option: string): string | undefined => new RegExp(`^${option} *= *(.*)$`, 'm').exec(text)?.[1];

const wanted = {commands: {patch: 'patch', python3: 'python3'}} as const;

for (const from of functions) {
	const of = from === standIn ? 'the stand-in' : 'DevStack\'s own functions';
	test(`with ${of}: every phase twice, and nothing of it is left`, async t => {
		if (!await needs(t, wanted)) {
			return;
		}

		const host = await createHost(t, {functions: from, env: {TROVE_INSECURE_DOCKER_REGISTRIES: '10.0.0.1:5000,10.0.0.2:5000', K2HDKC_K2HR3_APP_URL: 'https://k2hr3.example.com:28080/'}});
		const stack = ['stack pre-install', 'stack install', 'stack post-config', 'stack extra', 'stack test-config'];
		const {code, stderr} = await host.phases(...stack, ...stack);
		t.is(code, 0, stderr);

		const patched = await host.read('trove/trove/common/cfg.py');
		t.is(patched.split('_register_datastore_options()\n').length, 2, 'the patch is there once');
		t.true(patched.startsWith(configuration));
		t.is(valueOf(await host.read('etc/trove.conf'), 'default_datastore'), 'mysql');
		t.is(valueOf(await host.read('etc/trove.conf'), 'taskmanager_manager'), 'trove_k2hdkc.taskmanager.Manager');
		t.is(valueOf(await host.read('etc/trove.conf'), 'injected_config_owner'), 'root');
		t.is(valueOf(await host.read('etc/trove.conf'), 'docker_insecure_registries'), '10.0.0.1:5000,10.0.0.2:5000');
		for (const file of ['etc/trove.conf', 'etc/guest.conf']) {
			t.regex(await host.read(file), /\[k2hdkc][^[]*^docker_image *= *docker\.io\/antpickax\/k2hdkc-trove$/m);
			t.notRegex(await host.read(file), /volume_support/);
		}

		t.is(await host.read('etc/cloudinit/k2hdkc.cloudinit'), '#cloud-config\n');
		t.deepEqual(await readdir(path.join(host.directory, 'etc/templates/k2hdkc')), ['config.template', 'validation-rules.json']);
		t.deepEqual(await readdir(path.join(host.directory, horizon, 'enabled')), ['_1720.py', '_1741_project_database_k2hdkc.py', '_1790_project_database_k2hr3.py']);
		t.is(await host.read(`${horizon}/local_settings.d/_1741_k2hdkc.py`), 'K2HDKC_K2HR3_APP_URL = \'https://k2hr3.example.com:28080/\'\n');
		const calls = await host.calls();
		t.deepEqual(calls.slice(0, calls.length / 2), [
			'pip_install --no-deps --force-reinstall trove-k2hdkc',
			'pip_install --no-deps --force-reinstall trove-dashboard-k2hdkc',
			'trove-manage datastore_update k2hdkc ',
			'trove-manage datastore_version_update k2hdkc 1.0.19 k2hdkc   1 --image-tags trove --registry-ext trove_k2hdkc.guestagent.manager.Manager --repl-strategy unsupported',
			'trove-manage datastore_update k2hdkc 1.0.19',
			`trove-manage db_load_datastore_config_parameters k2hdkc 1.0.19 ${host.directory}/etc/templates/k2hdkc/validation-rules.json`,
			'restart_service devstack@tr-tmgr',
			'restart_service devstack@tr-api',
		]);

		const end = await host.phases('unstack', 'unstack', 'clean', 'clean');
		t.is(end.code, 0, end.stderr);
		t.is(await host.read('trove/trove/common/cfg.py'), configuration);
		t.deepEqual(await readdir(path.join(host.directory, 'trove')), ['trove']);
		t.deepEqual(await readdir(path.join(host.directory, 'etc/templates')), []);
		t.deepEqual(await readdir(path.join(host.directory, horizon, 'enabled')), ['_1720.py']);
		t.deepEqual(await readdir(path.join(host.directory, horizon, 'local_settings.d')), []);
	});
}

test('a tag of the image is the version; the local registry is Trove\'s; releases that ask guests for the class', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const host = await createHost(t, {help: 'nothing', env: {TROVE_DATABASE_IMAGE_K2HDKC: 'registry.example.com:5000/k2hdkc-trove:1.0.20', TROVE_USE_MOD_WSGI: 'TRUE', SERVICES: 'trove'}});
	const {code, stderr} = await host.phases('stack install', 'stack post-config', 'stack extra');
	t.is(code, 0, stderr);
	t.regex(await host.read('etc/guest.conf'), /^docker_image *= *registry\.example\.com:5000\/k2hdkc-trove$/m);
	for (const file of ['etc/trove.conf', 'etc/guest.conf']) {
		t.regex(await host.read(file), /^volume_support *= *False$/m, 'no Cinder, no volumes');
	}

	t.regex(await host.read('etc/guest.conf'), /^datastore_registry_ext *= *k2hdkc:trove_k2hdkc\.guestagent\.manager\.Manager$/m);
	const calls = await host.calls();
	t.true(calls.includes('trove-manage datastore_version_update k2hdkc 1.0.20 k2hdkc   1 --image-tags trove'));
	t.true(calls.includes('restart_apache_server'));
	t.false(calls.some(call => call.includes('dashboard')), 'no Horizon, no package for it');

	const isolated = await createHost(t, {env: {TROVE_ENABLE_LOCAL_REGISTRY: 'True', MGMT_PORT_IP: '172.24.4.1', LOCAL_HOSTNAME: 'controller'}});
	await isolated.phases('stack post-config', 'stack extra');
	t.regex(await isolated.read('etc/trove.conf'), /^docker_image *= *172\.24\.4\.1:4000\/trove-datastores\/k2hdkc-trove$/m);
	t.regex(await isolated.read('etc/guest.conf'), /^docker_image *= *controller:4000\/trove-datastores\/k2hdkc-trove$/m);
});

test('a wrong order and a file that the patch does not fit stop stack.sh with a sentence', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const host = await createHost(t, {env: {PLUGINS: 'k2hdkc,trove'}});
	const order = await host.phases('stack pre-install');
	t.not(order.code, 0);
	t.regex(order.stderr, /put enable_plugin trove before the lines of k2hdkc/);

	const other = await createHost(t);
	await writeFile(path.join(other.directory, 'trove/trove/common/cfg.py'), 'another = 1\n');
	const conflict = await other.phases('stack install');
	t.not(conflict.code, 0);
	t.regex(conflict.stderr, /does not fit .*cfg\.py\. Nothing was changed/);
	t.is(await other.read('trove/trove/common/cfg.py'), 'another = 1\n');
});

test('shellcheck has nothing to say', async t => {
	if (!await needs(t, {commands: {shellcheck: 'shellcheck'}})) {
		return;
	}

	// Variables of DevStack and Trove are given and read elsewhere.
	const {code, stdout} = await runCommand('shellcheck', ['--shell=bash', '--exclude=SC2034,SC2154', `${plugin}/devstack/settings`, `${plugin}/devstack/plugin.sh`]);
	t.is(code, 0, stdout);
});

test('its phases are in the trace of stack.sh, by which a watcher knows them, and what it does besides is not', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const phases = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
		const host = await createHost(t, {env});
		const {code, stderr} = await host.phases('stack install', 'stack post-config', 'stack extra');
		t.is(code, 0, stderr);
		t.notRegex(stderr, /^\++ patch_trove_k2hdkc/m);
		return [...stderr.matchAll(/^\++ echo_summary '(.*)'$/gm)].map(match => match[1]!);
	};

	t.deepEqual(await phases({SHELLOPTS: 'xtrace'}), ['Installing the K2HDKC datastore', 'Configuring the K2HDKC datastore', 'Registering the K2HDKC datastore']);
	t.deepEqual(await phases({}), []);
});
