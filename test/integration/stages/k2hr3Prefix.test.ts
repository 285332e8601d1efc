import {access, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import type {StepContext} from '../../../scripts/pipeline/types.js';
import {buildah} from '../../../scripts/stages/images/containers/builders/buildah.js';
import {k2hr3ImageSteps} from '../../../scripts/stages/k2hr3/imageSteps.js';
import {prefixChecksum, prefixOf} from '../../../scripts/stages/k2hr3/prefix.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {makeK2hr3Prefix} from '../../fixtures/k2hr3StandIn/prefix.js';
import {pushLayout} from '../../fixtures/ociLayout.js';
import {startPlainRegistry, type PlainRegistry} from '../../fixtures/plainRegistry.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {load} from '../../unit/config/workspace.js';

// A prefix that an image of a registry has. Its programs are stand-ins; the registry, skopeo and buildah are real.

const wanted = {root: true, commands: {skopeo: 'skopeo', buildah: 'buildah', tar: 'tar'}} as const;
const made: {directory?: string; registry?: PlainRegistry} = {};

test.after.always(async () => {
	await made.registry?.stop();
	await (made.directory && rm(made.directory, {recursive: true, force: true}));
});

const scratch = async (): Promise<string> => {
	made.directory ??= await mkdtemp(path.join(tmpdir(), 'k2hr3-prefix-'));
	return made.directory;
};

/** Puts an image into the registry, each layer a directory; gives how it is named by its digest. */
const push = async (name: string, ...layers: readonly string[]): Promise<string> => {
	const directory = await scratch();
	made.registry ??= await startPlainRegistry(directory);
	return pushLayout(directory, made.registry.address, name, layers);
};

const envFor = (origin: string, ...set: readonly string[]): SandboxEnv => {
	const {config} = load({flags: {set: [`sources.k2hr3=${origin}`, ...set]}});
	return {config, host: createLocalMachine(), paths: {images: `${made.directory}/images`}, builder: {builder: buildah, reason: 'the test says so'}} as unknown as SandboxEnv;
};

const contextFor = (reference: string, isListed = true): StepContext<SandboxEnv> => ({
	env: envFor(`image:${reference}`, ...(isListed ? [`datastore.options.docker_insecure_registries=[${made.registry!.address}]`] : [])),
	signal: new AbortController().signal, progress: {say: () => undefined, output: () => undefined},
	async job(machine, argv, options) {
		await machine.run(argv, {...options, timeout: 300});
	},
});

const stepOf = ({env}: StepContext<SandboxEnv>) => k2hr3ImageSteps(env.config).build.find(({id}) => id === 'images.k2hr3.prefix')!;

const isThere = async (file: string): Promise<boolean> => access(file).then(() => true, () => false);

test.serial('an image becomes the same prefix as the directory that it was made from; what a later layer removes is not in it', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const directory = await scratch();
	const [first, second, prefix] = ['first', 'second', 'prefix'].map(name => path.join(directory, name)) as [string, string, string];
	await mkdir(prefix);
	await makeK2hr3Prefix(prefix);
	for (const [layer, files] of [
		[first, ['usr/local/lib/left/over', 'usr/local/lib/emptied/one', 'usr/local/share/notes', 'etc/passwd']],
		[second, ['usr/local/lib/.wh.left', 'usr/local/lib/emptied/.wh..wh..opq']],
	] as const) {
		for (const file of files) {
			await mkdir(path.dirname(path.join(layer, file)), {recursive: true});
			await writeFile(path.join(layer, file), '');
		}
	}

	await runCommand('cp', ['-a', `${prefix}/.`, path.join(second, 'usr/local')]);
	const reference = await push('k2hr3', first, second);
	const context = contextFor(reference);
	const step = stepOf(context);
	t.deepEqual(step.reaches!(context.env), [`the registry of ${reference}`]);
	t.is((await step.probe(context)).state, 'absent');
	await step.apply(context);
	t.regex((await step.probe(context)).evidence, /^127\.0\.0\.1:\d+\/team\/k2hr3@sha256:[\da-f]{64} below \/usr\/local, of /);

	const got = prefixOf(context.env);
	for (const gone of ['lib/left', 'lib/emptied/one', 'share', 'etc']) {
		t.false(await isThere(path.join(got, gone)), gone);
	}

	await rm(path.join(got, 'lib/emptied'), {recursive: true});
	t.is(await prefixChecksum(context.env), await prefixChecksum(envFor(`directory:${prefix}`)));
	t.false(await isThere(`${got}.partial-${context.env.config.name}`));
});

test.serial('refused: another digest, a registry without TLS that is not listed, an image without K2HR3, one whose prefix leads to the host', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const directory = await scratch();
	const [empty, outside] = ['empty', 'outside'].map(name => path.join(directory, name)) as [string, string];
	await mkdir(path.join(empty, 'usr/local/bin'), {recursive: true});
	await mkdir(path.join(outside, 'usr'), {recursive: true});
	await runCommand('ln', ['-s', path.join(directory, 'prefix'), path.join(outside, 'usr/local')]);
	const reference = await push('empty', empty);
	for (const [context, code, message] of [
		[contextFor(reference.replace(/.{8}$/, '00000000')), 'K2D6020', /cannot be fetched: .*manifest unknown/],
		[contextFor(reference, false), 'K2D6020', /HTTP response to HTTPS client/],
		[contextFor(reference), 'K2D7017', /team\/empty@sha256:[\da-f]{64} below \/usr\/local holds no installed K2HR3: it lacks bin\/chmpx, /],
		[contextFor(await push('outside', outside)), 'K2D7017', /lacks bin\/chmpx, /],
	] as const) {
		await t.throwsAsync(stepOf(context).apply(context), {code, message});
		t.is((await stepOf(context).probe(context)).state, 'absent');
	}
});
