import type {ImageEnv} from './imageEnv.js';

/** Names of the other environments that stand on the same host. */
export const otherEnvironments = async ({host, config}: Pick<ImageEnv, 'host' | 'config'>): Promise<string[]> => {
	const {stdout} = await host.run(['find', config.paths.state, '-mindepth', '2', '-maxdepth', '2', '-name', 'state.json'], {allow: 'any'});
	return stdout.split('\n')
		.map(file => file.split('/').at(-2) ?? '')
		.filter(name => name !== '' && name !== config.name);
};

/** What several environments share goes with the last of them: the reason while there are others. */
export const leftForOthers = async (env: Pick<ImageEnv, 'host' | 'config'>): Promise<string | undefined> => {
	const others = await otherEnvironments(env);
	return others.length > 0 ? `left for environment ${others.join(', ')}, which needs it too` : undefined;
};
