import {readdirSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {guestSuiteNames, guestSuites, isUbuntu, suiteFault, type GuestSuiteName} from '../../../scripts/config/guestSuites.js';
import {releases} from '../../../scripts/config/schema/releases.js';
import type {Config} from '../../../scripts/config/schema.js';
import {agentInside} from '../../../scripts/stages/images/agentScript.js';
import {definition, guestHooks, guestPackages} from '../../../scripts/stages/images/definition.js';
import {guestWheels, wheelPins} from '../../../scripts/stages/images/guestWheels.js';
import {mmdebstrapCommand} from '../../../scripts/stages/machine/mmdebstrap.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {load} from '../config/workspace.js';

const configOf = (suite: GuestSuiteName): Config => load({flags: {set: [`images.guest.suite=${suite}`, 'sources.ubuntu.mirror=http://mirror.example.org/ubuntu/']}}).config;

/** What mmdebstrap is told for a guest of the suite, on a host of Debian without proxies. */
const rootOf = async (suite: GuestSuiteName) => {
	const config = configOf(suite);
	const run = async ([program]: readonly string[]) => ({stdout: program === 'apt-get' ? 'http://mirror.example.org/debian bookworm\n' : ''});
	const env = {config, host: {run, script: async () => ({stdout: 'debian bookworm'})}} as unknown as SandboxEnv;
	return mmdebstrapCommand(env, {suite, packages: guestPackages(config), hooks: guestHooks(config)}, '/root', ['--variant=minbase']);
};

const ubuntu = [['jammy', []], ['noble', ['systemd-resolved']]] as const;

for (const [suite, more] of ubuntu) {
	test(`a root of ${suite} is of Ubuntu's mirror, verified by its keyring, with /bin in /usr and the names that Ubuntu has for packages`, async t => {
		const {argv, input} = await rootOf(suite);
		t.deepEqual(input.split('\n'), [
			`deb http://mirror.example.org/ubuntu ${suite} main universe`, `deb http://mirror.example.org/ubuntu ${suite}-updates main universe`, `deb http://mirror.example.org/ubuntu ${suite}-security main universe`,
		]);
		t.true(argv.includes('--keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg'));
		t.true(argv.includes('--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr'));
		t.deepEqual(argv.slice(-3), [suite, '/root', '-']);
		const packages = argv.find(word => word.startsWith('--include='))!.slice('--include='.length).split(',');
		for (const name of ['cloud-init', 'docker.io', 'linux-image-virtual', 'netbase', 'openssh-server', 'python3-venv', ...more]) {
			t.true(packages.includes(name), name);
		}

		t.deepEqual(packages.filter(name => /^python3-trove|^linux-image-cloud|^docker-cli|^python3-flask/.test(name)), []);
		t.is(packages.includes('systemd-resolved'), suite === 'noble');
	});
}

test('a root of Debian is of Debian\'s mirror, and nobody merges it', async t => {
	const {argv, input} = await rootOf('bookworm');
	t.is(input.split('\n')[0], 'deb http://mirror.example.org/debian bookworm main');
	t.deepEqual(argv.filter(word => /^--(?:keyring|hook-dir)/.test(word)), []);
});

const pythons: ReadonlyArray<readonly [GuestSuiteName, string | undefined]> = [['bookworm', '3.11'], ['trixie', undefined], ['jammy', '3.10'], ['noble', '3.12']];

for (const [suite, python] of pythons) {
	test(`the agent of ${suite} runs on ${python === undefined ? 'packages of the suite' : `wheels for Python ${python}`}`, t => {
		const config = configOf(suite);
		t.is(guestWheels(config)?.python, python);
		t.is(guestPackages(config).includes('python3-trove'), python === undefined);
		const script = agentInside(guestSuites[suite].agent);
		t.is(script.includes('--system-site-packages'), python === undefined);
		t.is(script.includes('install /src/wheels/*.whl'), python !== undefined);
		t.is(script.includes('pip check'), python !== undefined);
		t.true(script.includes('--no-index'), 'no index is asked from inside');
	});
}

test('each lock pins every wheel once with its checksum, has what builds Trove, and is of a suite', t => {
	const files = guestSuiteNames.map(suite => guestWheels(configOf(suite))).filter(wheels => wheels !== undefined);
	t.deepEqual(readdirSync(path.join(definition, 'wheels')).toSorted(), files.map(({python}) => `python${python}.txt`).toSorted());
	for (const wheels of files) {
		const lines = wheels.lock.trimEnd().split('\n').filter(line => !line.startsWith('#'));
		t.deepEqual(lines.filter(line => !/^[a-z\d]+(?:-[a-z\d]+)*==[\w.]+ --hash=sha256:[\da-f]{64}$/.test(line)), []);
		const names = wheelPins(wheels).map(pin => pin.split('==')[0]!);
		t.deepEqual(names, [...new Set(names)].toSorted());
		t.is(names.length, lines.length);
		t.deepEqual(['eventlet', 'oslo-messaging', 'pbr', 'setuptools', 'wheel'].filter(name => !names.includes(name)), []);
	}
});

/** Releases that a suite cannot serve, by the Python that their Trove asks for. */
const refused: Readonly<Record<GuestSuiteName, readonly string[]>> = {bookworm: [], trixie: [], jammy: ['2026.2', 'master'], noble: []};

for (const suite of guestSuiteNames) {
	for (const release of releases) {
		const fails = refused[suite].includes(release);
		test(`release ${release} on ${suite} is ${fails ? 'refused' : 'taken'}`, t => {
			t.is(suiteFault(release, suite), fails
				? `must be one that can run the guest agent of release ${release} (bookworm, trixie, noble), not "jammy", which can run those of 2024.1, 2025.1, 2025.2, 2026.1`
				: undefined);
		});
	}
}

test('a suite that is none of guests is not of Ubuntu: the machine may have it', t => {
	t.deepEqual(['sid', 'constructor', ...guestSuiteNames].filter(suite => isUbuntu(suite)), ['jammy', 'noble']);
});
