import {z} from 'zod';
import {ToolError} from '../../../errors/toolError.js';
import type {SandboxEnv, SandboxStep} from '../../sandboxEnv.js';
import {emptyPartial} from '../guest.js';
import {authorityFile, isPlain, registryAddress, registryUrl} from '../registry.js';
import {databaseLayer, wantedDatabase} from './base.js';
import {databaseInputs, databaseOf} from './definition.js';

/** What a registry tells of an image for one machine: the digest of its configuration is what the image is known by. */
export const manifestSchema = z.object({config: z.object({digest: z.string()})});

/** REGISTRY/NAME of the database image in the environment's registry, as `docker_image` names it. */
export const databaseReference = (env: Pick<SandboxEnv, 'addresses' | 'config'>): string => `${registryAddress(env)}/${wantedDatabase(env).repository}`;

/** Digest of the configuration of the image that bears the tag in the registry; undefined when none does. */
export const pushedId = async (env: SandboxEnv): Promise<string | undefined> => {
	const {repository, tag} = wantedDatabase(env);
	const {code, stdout} = await env.machine.run([
		'curl', '--silent', '--fail', '--max-time', '5', '--noproxy', '*', '--cacert', authorityFile,
		'--header', 'Accept: application/vnd.docker.distribution.manifest.v2+json', `${registryUrl(env)}/v2/${repository}/manifests/${tag}`,
	], {allow: 'any'});
	return code === 0 ? manifestSchema.parse(JSON.parse(stdout)).config.digest : undefined;
};

/** The same digest of an image in a file: its configuration's name there. */
export const builtId = async ({host}: Pick<SandboxEnv, 'host'>, directory: string): Promise<string | undefined> => {
	const {code, stdout} = await host.run(['tar', '--extract', '--to-stdout', `--file=${directory}/image.tar`, 'manifest.json'], {allow: 'any'});
	return code === 0 ? /"Config":"([\da-f]{64})\.json"/.exec(stdout)?.[1] : undefined;
};

const pushScript = `
certs=$1
shift
skopeo copy --quiet --dest-cert-dir "$certs" --dest-no-creds "$@"
`;

export const databasePush: SandboxStep = {
	id: 'images.database.push',
	stage: 'registration',
	title: 'Database image in the registry, with the tag that the datastore version asks for',
	needs: ['images.database.check', 'registry'],
	inputs: ({config}) => ({image: databaseInputs(databaseOf(config)!).image}),
	async probe({env}) {
		const built = await builtId(env, databaseLayer(env, 'image'));
		const {repository, tag} = wantedDatabase(env);
		if (built === undefined) {
			return {state: 'absent', evidence: 'there is no database image to compare with'};
		}

		const pushed = await pushedId(env);
		if (pushed === undefined) {
			return {state: 'absent', evidence: `the registry has no ${repository}:${tag}`};
		}

		return pushed === `sha256:${built}`
			? {state: 'present', evidence: `the registry has ${repository}:${tag}, ${pushed.slice(0, 19)}`}
			: {state: 'broken', evidence: `${repository}:${tag} in the registry is another image`};
	},
	async apply({env, job, progress}) {
		const {host, machine} = env;
		const {tag} = wantedDatabase(env);
		const authority = await machine.read(authorityFile);
		if (authority === undefined) {
			throw new ToolError('K2D9001', `${authorityFile} is not in the machine`);
		}

		const work = await emptyPartial(env, `${databaseLayer(env, 'image')}.push`);
		await host.write(`${work}/ca.crt`, authority);
		progress.say('copying it');
		await job(host, ['sh', '-euc', pushScript, 'sh', work, ...(isPlain(env) ? ['--dest-tls-verify=false'] : []), `docker-archive:${databaseLayer(env, 'image')}/image.tar`, `docker://${databaseReference(env)}:${tag}`], {env: {no_proxy: '*'}});
		await host.run(['rm', '-rf', '--one-file-system', '--', work]);
	},
	undo: {nothingLeft: 'It lies on the disk of the sandbox machine and goes with that.'},
	timeout: 600,
	idleTimeout: 300,
	expected: 8,
	retry: {attempts: 2, delay: 5},
};
