import {appendFile, mkdir, readdir, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {sourcesDirectory} from '../../../scripts/stages/images/releaseSource.js';
import {guestSources} from '../../../scripts/stages/images/guestSources.js';
import {unpackSources} from '../../../scripts/stages/images/sourcesScript.js';
import {needs} from '../../helpers/needs.js';
import {serveDirectory} from '../../helpers/serveDirectory.js';
import {load} from '../../unit/config/workspace.js';
import {createScratch, must, writeTree} from '../patches/scratch.js';

const commands = {python3: 'python3', tar: 'tar', sha256sum: 'coreutils'};

const contextFor = async (t: ExecutionContext, source: string): Promise<StepContext<SandboxEnv>> => {
	const {config} = load({flags: {set: [`sources.trove={"2025.1": "${source}"}`]}});
	const images = await createScratch(t);
	const env = {config, host: createLocalMachine(), paths: {images}, proxyAuthority: undefined} as unknown as SandboxEnv;
	return {env, signal: new AbortController().signal, progress: {say: () => undefined, output: () => undefined}, job: async () => t.fail('it has no job')};
};

test('the source of Trove is fetched once, kept with its checksums, and found again without a network', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const origin = await createScratch(t);
	await writeTree(path.join(origin, 'trove-9.1.0'), 'CONF = 1\n');
	const tarball = path.join(origin, 'trove.tar.gz');
	await must(t, 'tar', ['-caf', tarball, '-C', origin, 'trove-9.1.0']);
	const address = `${await serveDirectory(t, origin)}/trove.tar.gz`;
	const context = await contextFor(t, `tarball:${address}`);
	const directory = sourcesDirectory(context.env);
	t.deepEqual(guestSources.reaches!(context.env), [address]);
	t.deepEqual(await guestSources.probe(context), {state: 'absent', evidence: `${directory} is not there`});
	await guestSources.apply(context);
	t.deepEqual(await guestSources.probe(context), {state: 'present', evidence: `${directory} holds ${address}, as fetched`});
	t.deepEqual((await readdir(path.dirname(directory))), [path.basename(directory)], 'nothing of the build is left');

	await rm(tarball);
	const into = await createScratch(t);
	await must(t, 'sh', ['-euc', unpackSources(directory, into)]);
	t.is(await readFile(path.join(into, 'trove/trove/common/cfg.py'), 'utf8'), 'CONF = 1\n');

	// A try that ends badly leaves what is there.
	await t.throwsAsync(guestSources.apply(context), {code: 'K2D6001', message: /404/});
	t.is((await guestSources.probe(context)).state, 'present');
	await appendFile(path.join(directory, 'trove.tar'), 'x');
	const damaged = await guestSources.probe(context);
	t.is(damaged.state, 'broken');
	t.regex(damaged.evidence, /is not as it was fetched: .*trove\.tar/);
});

test('a damaged source is replaced by the next try, and what an interrupted one left goes', async t => {
	if (!await needs(t, {commands})) {
		return;
	}

	const tree = await writeTree(await createScratch(t), 'CONF = 2\n');
	const context = await contextFor(t, `directory:${tree}`);
	t.deepEqual(guestSources.reaches!(context.env), [], 'what is on the host already needs no network');
	const directory = sourcesDirectory(context.env);
	await mkdir(directory);
	t.is((await guestSources.probe(context)).state, 'broken');
	await mkdir(`${directory}.partial-${context.env.config.name}/fetched/left`, {recursive: true});
	await guestSources.apply(context);
	t.is((await guestSources.probe(context)).state, 'present');
	t.is(await readFile(path.join(tree, 'trove/common/cfg.py'), 'utf8'), 'CONF = 2\n', 'the directory itself stays as it is');
	t.deepEqual(await readdir(path.dirname(directory)), [path.basename(directory)]);
});
