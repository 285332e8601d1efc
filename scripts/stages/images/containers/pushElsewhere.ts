import type {PushTarget, Pushed} from '../../../commands/environment.js';
import {isWithoutTls, registriesOf} from '../../../config/insecureRegistries.js';
import {ToolError} from '../../../errors/toolError.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import type {ImageEnv} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {isChecked} from './check.js';
import {imageDirectory, type ContainerImage} from './image.js';
import {imageId, manifestSchema} from './push.js';

/** What a registry says when it has no image under a name. */
const isAbsent = (stderr: string): boolean => /manifest unknown|name unknown|not found|repository name not known/i.test(stderr);

type Skopeo = (words: readonly string[], allow?: 'any') => Promise<{readonly code: number; readonly stdout: string; readonly stderr: string}>;

const refuse = (reference: string, stderr: string): never => {
	throw new ToolError('K2D6012', `The registry of ${reference} does not answer as it should: ${stderr.trim().split('\n').at(-1)}`);
};

/** Id of the image that a reference stands for; undefined when the registry has none. */
const idBehind = async (skopeo: Skopeo, reference: string): Promise<string | undefined> => {
	const {code, stdout, stderr} = await skopeo(['inspect', '--raw', `docker://${reference}`], 'any');
	if (code !== 0) {
		return isAbsent(stderr) ? undefined : refuse(reference, stderr);
	}

	const parsed = manifestSchema.safeParse(JSON.parse(stdout));
	return parsed.success ? parsed.data.config.digest : 'an image for several machines';
};

/** What the registry has under a tag now. @throws ToolError K2D6011 when it is another image's, and stays so. */
const tagState = async (skopeo: Skopeo, reference: string, id: string, overwrite: boolean): Promise<Pushed> => {
	const there = await idBehind(skopeo, reference);
	if (there !== undefined && there !== id && !overwrite) {
		throw new ToolError('K2D6011', `${reference} is another image already (${there.slice(0, 19)})`);
	}

	return {reference, id, state: there === undefined ? 'pushed' : (there === id ? 'was there' : 'overwritten')};
};

/** Runs skopeo on the host with what the configuration says of registries. */
const skopeoFor = ({host, config}: ImageEnv, registry: string, authfile: string | undefined): Skopeo => {
	const plain = isWithoutTls(registry, registriesOf(config.datastore.options.docker_insecure_registries));
	return async ([command = '', ...words], allow) => host.run([
		'skopeo', command, ...(authfile === undefined ? [] : [`--authfile=${authfile}`]),
		...(plain ? [command === 'copy' ? '--dest-tls-verify=false' : '--tls-verify=false'] : []), ...words,
	], {timeout: 1800 * config.timeouts.scale, ...(allow && {allow}), env: proxyEnvironment(config.proxy)});
};

/**
 * Copies a container image, under its version as the tag, to any registry. Tags that are there stay as they are unless the target says
 * otherwise: all of them are looked at before the first is put.
 * @throws ToolError K2D6010: not built or not found right. K2D6011: a tag is another image's. K2D6012: the registry refuses.
 */
export const pushElsewhere = async (env: ImageEnv, image: ContainerImage, {to, credentials, latest, overwrite}: PushTarget): Promise<readonly Pushed[]> => {
	const {host} = env;
	const directory = imageDirectory(env, image);
	const built = await imageId(env, image);
	if (built === undefined || !await isChecked(env, image)) {
		throw new ToolError('K2D6010', `There is no ${image.name} image of this configuration that was found right`);
	}

	const work = await emptyPartial(env, `${directory}.elsewhere`);
	const authfile = credentials === undefined ? undefined : `${work}/credentials.json`;
	const skopeo = skopeoFor(env, to.split('/')[0]!, authfile);
	try {
		if (authfile !== undefined) {
			await host.write(authfile, credentials!, {mode: 0o600});
		}

		const tags: Pushed[] = [];
		for (const tag of [image.tag, ...(latest ? ['latest'] : [])]) {
			tags.push(await tagState(skopeo, `${to}:${tag}`, built, overwrite));
		}

		for (const {reference} of tags.filter(({state}) => state !== 'was there')) {
			const {code, stderr} = await skopeo(['copy', '--quiet', `docker-archive:${directory}/image.tar`, `docker://${reference}`], 'any');
			if (code !== 0) {
				refuse(reference, stderr);
			}
		}

		return tags;
	} finally {
		await host.run(['rm', '-rf', '--one-file-system', '--', work]);
	}
};
