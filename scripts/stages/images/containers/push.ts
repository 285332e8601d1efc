import {z} from 'zod';
import type {Config} from '../../../config/schema.js';
import {ToolError} from '../../../errors/toolError.js';
import type {ImageEnv, Registry, RegistryEnv, RegistryStep} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {archivedId} from './builders/archive.js';
import {imageOptions} from './identity.js';
import {fullName, imageDirectory, type ContainerImage} from './image.js';
import {containerImages} from './images.js';

/** What a registry tells of an image for one machine: the digest of its configuration is what the image is known by. */
export const manifestSchema = z.object({config: z.object({digest: z.string()})});

/** REGISTRY/NAME of an image in the environment's registry, as Trove's options name it. */
export const registryReference = ({address}: Pick<Registry, 'address'>, {repository}: Pick<ContainerImage, 'repository'>): string => `${address}/${repository}`;

/** Options of the datastore by which Trove finds the images that are built here: guests pull them from the registry of the environment. */
export const builtImageOptions = (config: Parameters<typeof containerImages>[0] & Pick<Config, 'components'>, registry: Pick<Registry, 'address'>): Readonly<Record<string, string>> =>
	config.components.images ? Object.fromEntries(containerImages(config).map(image => [imageOptions[image.name], registryReference(registry, image)])) : {};

/** Digest of the configuration of the image that bears the tag in the registry; undefined when none does. */
export const pushedId = async ({machine, registry}: RegistryEnv, {repository, tag}: ContainerImage): Promise<string | undefined> => {
	const {address, isPlain, authorityFile} = registry();
	const {code, stdout} = await machine.run([
		'curl', '--silent', '--fail', '--max-time', '5', '--noproxy', '*', ...(authorityFile === undefined ? [] : ['--cacert', authorityFile]),
		'--header', 'Accept: application/vnd.docker.distribution.manifest.v2+json', `${isPlain ? 'http' : 'https'}://${address}/v2/${repository}/manifests/${tag}`,
	], {allow: 'any'});
	return code === 0 ? manifestSchema.parse(JSON.parse(stdout)).config.digest : undefined;
};

/** The same digest of an image that was built: its configuration's name in the archive. Undefined when it was not built. */
export const imageId = async ({host, paths}: Pick<ImageEnv, 'host' | 'paths'>, image: ContainerImage): Promise<string | undefined> => {
	const {code, stdout} = await host.run(['tar', '--extract', '--to-stdout', `--file=${imageDirectory({paths}, image)}/image.tar`, 'manifest.json'], {allow: 'any'});
	const digest = code === 0 ? archivedId(stdout) : undefined;
	return digest === undefined ? undefined : `sha256:${digest}`;
};

/** The certificate that the registry is known by; undefined for one without. */
const authorityOf = async ({machine, registry}: RegistryEnv): Promise<string | undefined> => {
	const {authorityFile} = registry();
	const authority = authorityFile === undefined ? undefined : await machine.read(authorityFile);
	if (authorityFile !== undefined && authority === undefined) {
		throw new ToolError('K2D9001', `${authorityFile} is not in the machine`);
	}

	return authority;
};

const pushScript = `
certs=$1
shift
skopeo copy --quiet --dest-cert-dir "$certs" --dest-no-creds "$@"
`;

/** Puts an image where Trove's guests pull it from. */
export const pushStep = (image: ContainerImage, title: string): RegistryStep => ({
	id: `images.${image.name}.push`,
	stage: 'registration',
	title,
	needs: [`images.${image.name}.check`, 'registry'],
	inputs: () => ({image: image.inputs}),
	async probe({env}) {
		const built = await imageId(env, image);
		if (built === undefined) {
			return {state: 'absent', evidence: `there is no ${image.name} image to compare with`};
		}

		const pushed = await pushedId(env, image);
		const name = fullName(image);
		if (pushed === undefined) {
			return {state: 'absent', evidence: `the registry has no ${name}`};
		}

		return pushed === built
			? {state: 'present', evidence: `the registry has ${name}, ${pushed.slice(0, 19)}`}
			: {state: 'broken', evidence: `${name} in the registry is another image`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const registry = env.registry();
		const authority = await authorityOf(env);
		const directory = imageDirectory(env, image);
		const work = await emptyPartial(env, `${directory}.push`);
		if (authority !== undefined) {
			await host.write(`${work}/ca.crt`, authority);
		}

		progress.say('copying it');
		await job(host, ['sh', '-euc', pushScript, 'sh', work, ...(registry.isPlain ? ['--dest-tls-verify=false'] : []), `docker-archive:${directory}/image.tar`, `docker://${registryReference(registry, image)}:${image.tag}`], {env: {no_proxy: '*'}});
		await host.run(['rm', '-rf', '--one-file-system', '--', work]);
	},
	undo: {nothingLeft: 'It lies in the registry and goes with that.'},
	own: true,
	timeout: 600,
	idleTimeout: 300,
	expected: 8,
	retry: {attempts: 2, delay: 5},
});
