import type {ImageEnv} from '../imageEnv.js';

/** A directory on the host for one build, empty; the last try's remains go. Its name is the finished one's until it is finished. */
export const emptyPartial = async ({host, config}: ImageEnv, directory: string): Promise<string> => {
	const partial = `${directory}.partial-${config.name}`;
	await host.run(['rm', '-rf', '--one-file-system', '--', partial]);
	await host.run(['mkdir', '-p', '--', partial]);
	return partial;
};
