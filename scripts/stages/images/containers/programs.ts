import path from 'node:path';
import type {K2hdkcOrigin} from '../../../config/k2hdkcSource.js';
import {ToolError} from '../../../errors/toolError.js';
import {quote} from '../../../machines/quote.js';
import {packageRoot} from '../../../packageRoot.js';
import type {SandboxEnv} from '../../sandboxEnv.js';
import type {Surroundings} from './image.js';

/** Directory of the database image's definition in this package. */
export const databaseDefinition = path.join(packageRoot, 'images/database');

/** Paths in the build context of what comes from the host. */
export const contextPaths = {prefix: 'k2hdkc', keys: 'keys'} as const;

/** Prints one checksum for all files that an installed prefix has, with their names and modes. */
const prefixScript = (directory: string): string => `
cd ${quote(directory)}
find bin lib -type f -printf '%m %p\\n' | LC_ALL=C sort -k 2 | while read -r mode file; do printf '%s ' "$mode"; sha256sum "$file"; done | sha256sum | cut -d ' ' -f 1
`;

const prefixHash = async ({host}: Pick<SandboxEnv, 'host'>, directory: string): Promise<string> => {
	const {code} = await host.run(['test', '-x', `${directory}/bin/k2hdkc`, '-a', '-d', `${directory}/lib`], {allow: [0, 1]});
	if (code !== 0) {
		throw new ToolError('K2D6008', `${directory} is no installed K2HDKC: it has no program bin/k2hdkc, or no directory lib`);
	}

	return (await host.script(prefixScript(directory), {timeout: 60})).stdout.trim();
};

/** The programs of K2HDKC where they come from a directory, and our scripts. `keyFile` signs the repository of packages. */
export const databaseSurroundings = (origin: K2hdkcOrigin, keyFile: string | null): Surroundings => ({
	what: 'programs',
	checksum: async env => 'directory' in origin ? prefixHash(env, origin.directory) : undefined,
	async fill({host}, context) {
		await host.run(['mkdir', '-p', '--', `${context}/images`]);
		await host.upload(databaseDefinition, `${context}/images/database`);
		if ('directory' in origin) {
			await host.run(['cp', '-r', '--preserve=mode,links', '--', origin.directory, `${context}/${contextPaths.prefix}`], {timeout: 120});
		}

		if (keyFile !== null) {
			await host.script(`mkdir -p '${context}/${contextPaths.keys}'\ncp -- ${quote(keyFile)} '${context}/${contextPaths.keys}/'\n`);
		}
	},
});
