import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {answersSoon, configureRegistry, unpackRegistry} from '../../fixtures/plainRegistry.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {startDockerEngine, type DockerEngine} from '../support/dockerEngine.js';
import {hostNeeds} from '../support/tool.js';

/** A registry without TLS beside the engine, on a port of its own, with data that others have too. */
const startRegistry = async ({directory, beside}: DockerEngine, program: string, port: number): Promise<void> => {
	beside(program, 'serve', await configureRegistry(directory, `0.0.0.0:${port}`));
};

/** An image with one file. */
const makeImage = async ({directory, done}: DockerEngine, name: string): Promise<void> => {
	const tar = path.join(directory, 'root.tar');
	await runCommand('tar', ['--create', `--file=${tar}`, `--directory=${directory}`, 'daemon.json']);
	await done('import', tar, name);
};

test.serial('docker asks a registry that is listed without TLS, and no other; what it was told before stays', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const listed = '198.18.113.2:5000';
	const engine = await startDockerEngine(async file => {
		await writeFile(file, '{"labels": ["kept=yes"], "insecure-registries": ["192.0.2.1:5000"]}');
		// As docker.service of a guest does before it starts.
		const {code, stderr} = await runCommand('python3', ['conf/sandbox/docker-registries.py', file, listed]);
		t.is(code, 0, stderr);
	});
	t.teardown(engine.stop);
	t.is(listed, `${engine.address}:5000`);
	const info = JSON.parse(await engine.done('info', '--format', '{{json .}}')) as {Labels: string[]; RegistryConfig: {IndexConfigs: Record<string, {Secure: boolean}>}};
	t.deepEqual(info.Labels, ['kept=yes']);
	t.like(info.RegistryConfig.IndexConfigs, {[listed]: {Secure: false}, '192.0.2.1:5000': {Secure: false}});

	const program = await unpackRegistry(path.join(engine.directory, 'registry'));
	await startRegistry(engine, program, 5000);
	await startRegistry(engine, program, 5001);
	await makeImage(engine, `${listed}/node:1`);
	await answersSoon(listed);
	await engine.done('push', '--quiet', `${listed}/node:1`);
	await engine.done('rmi', `${listed}/node:1`);
	await engine.done('pull', '--quiet', `${listed}/node:1`);
	t.is((await fetch(`http://${engine.address}:5001/v2/`)).status, 200);
	const other = await engine.docker('pull', '--quiet', `${engine.address}:5001/node:1`);
	t.not(other.code, 0);
	t.regex(other.stderr, /server gave HTTP response to HTTPS client/);
});
