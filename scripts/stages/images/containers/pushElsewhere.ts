import type {PushTarget, Pushed} from '../../../commands/environment.js';
import {isWithoutTls, registriesOf} from '../../../config/insecureRegistries.js';
import {ToolError} from '../../../errors/toolError.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import type {SandboxEnv} from '../../sandboxEnv.js';
import {emptyPartial} from '../guest.js';
import {databaseLayer, wantedDatabase} from './base.js';
import {isChecked} from './check.js';
import {builtId, manifestSchema} from './push.js';

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

/**
 * Copies the database image, under its version as the tag, to any registry. A tag that is there stays as it is unless the target says otherwise.
 * @throws ToolError K2D6010: not built or not found right. K2D6011: the tag is another image's. K2D6012: the registry refuses.
 */
export const pushElsewhere = async (env: SandboxEnv, {to, credentials, overwrite}: PushTarget): Promise<Pushed> => {
	const {host, config} = env;
	const directory = databaseLayer(env, 'image');
	const built = await builtId(env, directory);
	if (built === undefined || !await isChecked(env)) {
		throw new ToolError('K2D6010', 'There is no database image of this configuration that was found right');
	}

	const reference = `${to}:${wantedDatabase(env).tag}`;
	const work = await emptyPartial(env, `${directory}.elsewhere`);
	const plain = isWithoutTls(to.split('/')[0]!, registriesOf(config.datastore.options.docker_insecure_registries));
	const authfile = `${work}/credentials.json`;
	const skopeo: Skopeo = async ([command = '', ...words], allow) => host.run([
		'skopeo', command, ...(credentials === undefined ? [] : [`--authfile=${authfile}`]),
		...(plain ? [command === 'copy' ? '--dest-tls-verify=false' : '--tls-verify=false'] : []), ...words,
	], {timeout: 1800 * config.timeouts.scale, ...(allow && {allow}), env: proxyEnvironment(config.proxy)});
	try {
		if (credentials !== undefined) {
			await host.write(authfile, credentials, {mode: 0o600});
		}

		const there = await idBehind(skopeo, reference);
		if (there === `sha256:${built}`) {
			return {reference, id: there, state: 'was there'};
		}

		if (there !== undefined && !overwrite) {
			throw new ToolError('K2D6011', `${reference} is another image already (${there.slice(0, 19)})`);
		}

		const {code, stderr} = await skopeo(['copy', '--quiet', `docker-archive:${directory}/image.tar`, `docker://${reference}`], 'any');
		return code === 0 ? {reference, id: `sha256:${built}`, state: there === undefined ? 'pushed' : 'overwritten'} : refuse(reference, stderr);
	} finally {
		await host.run(['rm', '-rf', '--one-file-system', '--', work]);
	}
};
