import {isWithoutTls, registriesOf} from '../../../config/insecureRegistries.js';
import {ToolError} from '../../../errors/toolError.js';
import {CommandError} from '../../../machines/commandError.js';
import type {StepContext} from '../../../pipeline/types.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import type {ImageEnv} from '../../imageEnv.js';

/** An image of a registry, REGISTRY/NAME@sha256:…, and what it is to become: a file of the form docker-archive with one image of that name. */
type Fetched = {readonly from: string; readonly archive: string; readonly name: string};

/** Fetches it with what the configuration and the host say of registries. skopeo refuses what does not have the digest. @throws ToolError K2D6020 */
export const fetchArchive = async ({env: {host, config}, job, progress}: StepContext<ImageEnv>, {from, archive, name}: Fetched): Promise<void> => {
	const plain = isWithoutTls(from.split('/')[0]!, registriesOf(config.datastore.options.docker_insecure_registries));
	progress.say(`fetching ${from}`);
	try {
		await job(host, [
			'skopeo', 'copy', '--quiet', '--retry-times', '2', ...(plain ? ['--src-tls-verify=false'] : []), `docker://${from}`, `docker-archive:${archive}:localhost/${name}`,
		], {env: proxyEnvironment(config.proxy)});
	} catch (error) {
		if (error instanceof CommandError) {
			throw new ToolError('K2D6020', `${from} cannot be fetched: ${error.lastLines.at(-1) ?? error.message}`, {cause: error});
		}

		throw error;
	}
};
