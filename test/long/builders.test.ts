import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {completePath} from '../../scripts/machines/environment.js';
import {createLocalMachine} from '../../scripts/machines/local.js';
import {archivedId} from '../../scripts/stages/images/containers/builders/archive.js';
import {buildah} from '../../scripts/stages/images/containers/builders/buildah.js';
import type {Builder} from '../../scripts/stages/images/containers/builders/builder.js';
import {askDocker, parseDockerAnswer} from '../../scripts/stages/images/containers/builders/choose.js';
import {docker} from '../../scripts/stages/images/containers/builders/docker.js';
import {buildImage, containerCommand, importRoot} from '../../scripts/stages/images/containers/builders/scripts.js';
import {breaches, parseContainerFacts, type ContainerFacts} from '../../scripts/stages/images/containers/contract.js';
import {databaseContract} from '../../scripts/stages/images/containers/databaseContract.js';
import {baseName, builtDatabase, type BuiltDatabase} from '../../scripts/stages/images/containers/definition.js';
import {inspectScript} from '../../scripts/stages/images/containers/inspectScript.js';
import {databaseDefinition} from '../../scripts/stages/images/containers/programs.js';
import {sourceLines} from '../../scripts/stages/machine/debianSources.js';
import {startDockerDaemon, type DockerDaemon} from '../fixtures/dockerDaemon.js';
import {hostMirrors} from '../helpers/hostMirrors.js';
import {needs} from '../helpers/needs.js';
import {runCommand, type Outcome} from '../helpers/runCommand.js';
import {load} from '../unit/config/workspace.js';

const wanted = {
	root: true,
	commands: {dockerd: 'docker.io', docker: 'docker.io', buildah: 'buildah', skopeo: 'skopeo', mmdebstrap: 'mmdebstrap', unshare: 'util-linux', setpriv: 'util-linux'},
} as const;

const contract = databaseContract('1.0.19');

/** Everybody's own directory: the store of images, as the tool has one. */
let directory = '';
let daemon: DockerDaemon | undefined;

/** The proxy must be there while it builds, and that of the user's docker must not. */
const database = (): BuiltDatabase => {
	const set = [
		`sources.k2hdkc=directory:${directory}/prefix`, 'sources.baseImages.debian=mmdebstrap:trixie', 'images.database.variant=debian',
		'images.database.hooks=test "${http_proxy##*@}" = 127.0.0.1:9 -a -z "${ftp_proxy:-}"',
	];
	return builtDatabase(load({flags: {set}}).config)!;
};

const dockerfile = async (): Promise<string> => database().render({host: createLocalMachine()});

/** Of the environment, and of the user's configuration of docker: neither may be in an image. */
const secrets = ['secret-of-the-environment', 'secret-of-docker'] as const;

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
	...process.env, DOCKER_HOST: daemon!.endpoint, DOCKER_CONFIG: `${directory}/docker`, http_proxy: `http://me:${secrets[0]}@127.0.0.1:9`,
	// The client of the distribution, before any other that the machine has.
	PATH: `/usr/bin:${process.env.PATH ?? ''}`, ...more,
});

const run = async (t: ExecutionContext, builder: Builder, script: string, words: readonly string[], env = environment()): Promise<string> => {
	const [program, ...args] = containerCommand(builder, script, ...words as [string]);
	const {code, stdout, stderr} = await runCommand(program!, args, {env});
	t.is(code, 0, `${stdout.slice(-2000)}\n${stderr}`);
	return stdout;
};

const fillContext = async (work: string): Promise<void> => {
	await cp(databaseDefinition, `${work}/context/images/database`, {recursive: true});
	await cp(`${directory}/prefix`, `${work}/context/k2hdkc`, {recursive: true});
	await writeFile(`${work}/Dockerfile`, await dockerfile());
};

const makeRoot = async (t: ExecutionContext): Promise<void> => {
	const {main = '', security} = await hostMirrors();
	const {code, stderr} = await runCommand('sh', [
		'-euc', 'printf "%s\\n" "$SOURCES" | mmdebstrap --quiet --variant=minbase --mode=root --aptopt="APT::Install-Recommends \\"false\\"" --dpkgopt=force-unsafe-io --dpkgopt="path-exclude=/usr/share/doc/*" --dpkgopt="path-exclude=/usr/share/locale/*" --include="$1" trixie "$2" -',
		'sh', database().layer.packages.join(','), `${directory}/root`,
	], {env: {...process.env, SOURCES: sourceLines('trixie', main, security).join('\n')}});
	t.is(code, 0, stderr);
};

test.before(async () => {
	directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-builders-'));
	await mkdir(`${directory}/prefix/bin`, {recursive: true});
	await mkdir(`${directory}/prefix/lib`);
	for (const program of ['chmpx', 'chmpxlinetool', 'chmpxstatus', 'k2hdkc', 'k2hlinetool']) {
		await writeFile(`${directory}/prefix/bin/${program}`, '#!/bin/sh\n# STAND-IN for a program of K2HDKC: tells that it runs.\necho a stand-in\n', {mode: 0o755});
	}

	await mkdir(`${directory}/docker`);
	const proxy = `http://me:${secrets[1]}@127.0.0.1:9`;
	await writeFile(`${directory}/docker/config.json`, JSON.stringify({proxies: {default: {httpProxy: proxy, ftpProxy: proxy}}}));
});

test.after.always(async () => {
	await daemon?.stop();
	await rm(directory, {recursive: true, force: true});
});

/** All that the daemon has. */
const inDaemon = async (): Promise<readonly string[]> => {
	const [images, containers] = await Promise.all([
		daemon!.docker('images', '--all', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'), daemon!.docker('ps', '--all', '--format', '{{.Image}} {{.ID}}'),
	]);
	return `${images.stdout}${containers.stdout}`.trim().split('\n').toSorted();
};

/** What somebody else has in the daemon. */
let others: readonly string[] = [];

test.serial('docker is found, and turns a root into a base', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	daemon = await startDockerDaemon();
	const ask = async (DOCKER_HOST: string): Promise<Outcome> => runCommand('sh', ['-euc', askDocker], {env: environment({DOCKER_HOST})});
	t.like(parseDockerAnswer((await ask(daemon.endpoint)).stdout), {usable: true});
	t.regex(parseDockerAnswer((await ask(`unix://${directory}/nobody.sock`)).stdout).found, /does not answer: Cannot connect/);

	await writeFile(`${directory}/other.tar`, new Uint8Array(10_240));
	for (const name of [[], ['somebody/else:1']]) {
		const {code, stderr} = await daemon.docker('import', `${directory}/other.tar`, ...name);
		t.is(code, 0, stderr);
	}

	others = await inDaemon();
	t.is(others.length, 2);
	await makeRoot(t);
	await run(t, docker, importRoot, [`${directory}/container-base-0123456789abcdef.partial-test`, `${directory}/root`, baseName]);
	t.deepEqual(await inDaemon(), others);
});

const base = (): string => `${directory}/container-base-0123456789abcdef.partial-test/base.tar`;

/** What a container of the image sees of its files: kind, mode, owner, name and target; not what docker writes at each start. */
const listing = `
cd "$root"
find usr etc opt home run/k2hdkctrove var/lib/antpickax var/lib/cloud -xdev ! -path etc/hostname ! -path etc/hosts ! -path etc/resolv.conf ! -path etc/mtab -printf 'file %M %U:%G %p %l\\n' | LC_ALL=C sort
`;

type Looked = {readonly facts: ContainerFacts; readonly files: readonly string[]; readonly configuration: string};

/** Builds the database image and looks at it. */
const make = async (t: ExecutionContext, builder: Builder, name: string, env = environment()): Promise<Looked> => {
	const work = `${directory}/database-image-0123456789abcdef.partial-${name}`;
	await fillContext(work);
	await run(t, builder, buildImage, [work, base(), 'localhost/antpickax/k2hdkc-trove:1.0.19'], env);
	const archive = `${work}/image/image.tar`;
	const output = await run(t, builder, inspectScript(contract.runs) + listing, [`${work}.check`, archive], env);
	t.regex(archivedId((await runCommand('tar', ['-xOf', archive, 'manifest.json'])).stdout) ?? '', /^[\da-f]{64}$/);
	for (const secret of secrets) {
		t.is((await runCommand('grep', ['--text', '--quiet', secret, archive])).code, 1, `${secret} is in the image`);
	}

	t.is(await readFile(`${work}/image/Dockerfile`, 'utf8'), await dockerfile());
	await rm(work, {recursive: true});
	await rm(`${work}.check`, {recursive: true});
	return {facts: parseContainerFacts(output), files: output.split('\n').filter(line => line.startsWith('file ')), configuration: /^config .*$/m.exec(output)?.[0] ?? ''};
};

let ofBuildah: Looked | undefined;

test.serial('buildah makes an image that keeps the contract', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	ofBuildah = await make(t, buildah, 'buildah');
	t.deepEqual(breaches(ofBuildah.facts, contract), []);
	t.true(ofBuildah.files.includes('file drwxr-x--- 1001:1001 run/k2hdkctrove '));
	t.true(ofBuildah.facts.packages.some(({name}) => name === 'tini'));
});

/** Docker spells out what is empty. */
const given = ({config: {User, ExposedPorts, Labels, Entrypoint, Env, Healthcheck}}: ContainerFacts) => ({User, ExposedPorts, Labels, Entrypoint, Env, Healthcheck});

const sameAsBuildah = (what: string, DOCKER_BUILDKIT: '0' | '1'): void => {
	test.serial(`docker ${what} makes the same image as buildah, and leaves nothing in the daemon`, async t => {
		const missing = await needs(t, wanted) && (await runCommand('docker', ['build', '--help'], {env: environment({DOCKER_BUILDKIT})})).code !== 0
			? `the docker client does not build ${what}`
			: undefined;
		if (!await needs(t, {...wanted, missing})) {
			return;
		}

		const {facts, files, configuration} = await make(t, docker, `docker-${DOCKER_BUILDKIT}`, environment({DOCKER_BUILDKIT}));
		t.deepEqual(breaches(facts, contract), []);
		t.deepEqual(given(facts), given(ofBuildah!.facts));
		t.deepEqual(facts.packages, ofBuildah!.facts.packages);
		t.deepEqual(facts.ran.get('user'), ofBuildah!.facts.ran.get('user'));
		t.deepEqual(files, ofBuildah!.files);
		t.is(configuration.includes('buildkit'), DOCKER_BUILDKIT === '1');
		t.deepEqual(await inDaemon(), others);
	});
};

sameAsBuildah('without BuildKit', '0');
sameAsBuildah('with BuildKit', '1');

test.serial('what a killed build leaves in the daemon is removed by the next one, and nothing else', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const work = `${directory}/database-image-0123456789abcdef.partial-killed`;
	await fillContext(work);
	await writeFile(`${work}/Dockerfile`, (await dockerfile()).replace(/^RUN find \/ /m, 'RUN echo "now it can be killed" && sleep 100\n$&'));
	const [program, ...args] = containerCommand(docker, buildImage, work, base(), 'localhost/killed:1');
	const env = environment({DOCKER_BUILDKIT: '0'});
	const child = spawn(program!, args, {env: {...env, PATH: completePath(env.PATH)}, detached: true, stdio: ['ignore', 'pipe', 'ignore']});
	const ended = once(child, 'close');
	for await (const text of child.stdout.setEncoding('utf8')) {
		if (/^now it can be killed$/m.test(text as string)) {
			process.kill(-child.pid!, 'SIGKILL');
		}
	}

	await ended;
	t.true((await inDaemon()).length > others.length);

	// Other inputs, another directory, the same purpose.
	const next = `${directory}/database-image-fedcba9876543210.partial-killed`;
	await fillContext(next);
	await writeFile(`${next}/Dockerfile`, `FROM ${baseName}\nLABEL org.opencontainers.image.title="next"\nUSER 1001\n`);
	await run(t, docker, buildImage, [next, base(), 'localhost/next:1']);
	t.deepEqual(await inDaemon(), others);
});
