import {readFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {parsePreload, type Preload} from '../../config/preload.js';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {quote} from '../../machines/quote.js';
import {packageRoot} from '../../packageRoot.js';
import {hashInputs} from '../../pipeline/hash.js';
import type {ImageEnv} from '../imageEnv.js';
import {imageDirectory} from './containers/image.js';
import {containerImage} from './containers/images.js';
import type {Manifest} from './manifest.js';
import type {SettingsFile} from './settingsFile.js';

type Sources = Pick<Config, 'datastore' | 'images' | 'release' | 'sources'>;

export const preloadsOf = ({images}: Pick<Config, 'images'>): readonly Preload[] => images.guest.preload.map(value => parsePreload(value)!);

/** Steps that must have ended before what the configuration names can be put into a guest image. */
export const preloadNeeds = (config: Pick<Config, 'images'>): readonly string[] => preloadsOf(config).flatMap(each => 'built' in each ? [`images.${each.built}.check`] : []);

/** What can be known without a look at the host; files and tags there may become others. */
export const preloadInputs = (config: Sources): readonly unknown[] => preloadsOf(config).map(each => 'built' in each ? {...each, inputs: containerImage(config, each.built).inputs} : each);

/** An image as an archive on the host. */
export type Archive = {
	/** Its name in the guest, which says what the agent calls it. */
	readonly name: string;
	readonly file: string;
	/** Of a registry: what is fetched into the file when it is not there. */
	readonly reference?: string;
};

export const archivesOf = (env: Pick<ImageEnv, 'config' | 'paths'>): readonly Archive[] => preloadsOf(env.config).map((each, index) => {
	if ('built' in each) {
		return {name: `${each.built}.tar`, file: `${imageDirectory(env, containerImage(env.config, each.built))}/image.tar`};
	}

	const name = `image-${index + 1}.tar`;
	return 'file' in each ? {name, file: each.file} : {name, file: `${env.paths.images}/guest-preload-${hashInputs(each).slice(0, 16)}/base.tar`, reference: each.reference};
});

const archiveSchema = z.array(z.object({Config: z.string().regex(/[\da-f]{64}/), RepoTags: z.array(z.string()).min(1)})).min(1);

/** Digest of what an archive holds, by the list in it; undefined when it is not there, or none that docker can load under a name. */
export const archiveDigest = async ({host}: Pick<ImageEnv, 'host'>, file: string): Promise<string | undefined> => {
	const {code, stdout} = await host.run(['tar', '--extract', '--to-stdout', `--file=${file}`, 'manifest.json'], {allow: 'any'});
	try {
		const images = code === 0 ? archiveSchema.parse(JSON.parse(stdout)) : undefined;
		return images && hashInputs(images.map(({Config, RepoTags}) => [/[\da-f]{64}/.exec(Config)![0], RepoTags]));
	} catch {
		return undefined;
	}
};

/** Digests of all of them, in their order. K2D6040 for what is none. */
export const preloadedDigests = async (env: ImageEnv): Promise<readonly string[]> => Promise.all(archivesOf(env).map(async ({file, reference}) => {
	const digest = await archiveDigest(env, file);
	if (digest === undefined) {
		throw new ToolError('K2D6040', `${reference ?? file} is no archive of a container image with a name`);
	}

	return digest;
}));

/** Says so when an image was made with other container images than there are now. */
export const changedPreloads = async (env: ImageEnv, {preloaded = []}: Manifest): Promise<string | undefined> => {
	const now = await Promise.all(archivesOf(env).map(async ({file}) => archiveDigest(env, file)));
	// What is gone can no longer differ.
	const changed = archivesOf(env).filter((_, index) => now[index] !== undefined && now[index] !== preloaded[index]);
	return changed.length === 0 ? undefined : `it was made with other container images than there are now in ${changed.map(({file}) => file).join(', ')}`;
};

/** What a guest with container images has besides: the service that gives them to docker before the agent starts. */
export const preloadFiles = (config: Pick<Config, 'images'>): readonly SettingsFile[] => {
	const text = (name: string): string => readFileSync(path.join(packageRoot, 'images/guest/preload', name), 'utf8');
	if (config.images.guest.preload.length === 0) {
		return [];
	}

	return [
		{path: 'usr/local/libexec/guest-images', text: text('guest-images'), mode: 0o755},
		{path: 'etc/systemd/system/guest-images.service', text: text('guest-images.service'), mode: 0o644},
		{path: 'etc/systemd/system/guest-agent.service.d/images.conf', text: '[Unit]\nWants=guest-images.service\n', mode: 0o644},
	];
};

/** Puts the archives into the files of an image. */
export const layPreloads = async (env: ImageEnv, directory: string): Promise<void> => {
	const archives = archivesOf(env);
	if (archives.length > 0) {
		await env.host.script(['mkdir -p', quote(`${directory}/opt/trove/images`)].join(' ') + archives.map(({file, name}) => `\ninstall -m 644 ${quote(file)} ${quote(`${directory}/opt/trove/images/${name}`)}`).join(''), {timeout: 300});
	}
};
