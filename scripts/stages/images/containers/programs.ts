import path from 'node:path';
import type {K2hdkcOrigin} from '../../../config/k2hdkcSource.js';
import type {Variant} from '../../../config/schema/variants.js';
import {ToolError} from '../../../errors/toolError.js';
import {quote} from '../../../machines/quote.js';
import {packageRoot} from '../../../packageRoot.js';
import type {ImageEnv} from '../../imageEnv.js';
import type {Surroundings} from './image.js';
import {readPackageFiles, type PackageFile} from './packageFiles.js';

/** Directory of the database image's definition in this package. */
export const databaseDefinition = path.join(packageRoot, 'images/database');

/** Paths in the build context of what comes from the host. */
export const contextPaths = {prefix: 'k2hdkc', keys: 'keys'} as const;

/** What a directory holds of K2HDKC: a prefix that it is installed in, or files of packages. */
export type Holding = 'prefix' | readonly PackageFile[];

/** Looks into the directory. @throws ToolError K2D6008 when there is neither, K2D6021 when the packages do not fit the variant. */
export const lookInto = async ({host}: Pick<ImageEnv, 'host'>, directory: string, variant: Variant): Promise<Holding> => {
	const {code} = await host.run(['test', '-x', `${directory}/bin/k2hdkc`, '-a', '-d', `${directory}/lib`], {allow: [0, 1]});
	if (code === 0) {
		return 'prefix';
	}

	const {stdout} = await host.run(['find', directory, '-maxdepth', '1', '-type', 'f', '-printf', String.raw`%f\n`], {allow: 'any'});
	const packages = readPackageFiles(stdout.split('\n'), variant);
	if ('fault' in packages) {
		throw new ToolError('K2D6021', `${directory} ${packages.fault}`);
	}

	if (packages.length === 0) {
		throw new ToolError('K2D6008', `${directory} is no installed K2HDKC, because it has no program bin/k2hdkc or no directory lib, and it holds no packages either`);
	}

	return packages;
};

/** Prints one checksum for all files below the places, with their names and modes. */
const checksumScript = (directory: string, places: string): string => `
cd ${quote(directory)}
find ${places} -type f -printf '%m %p\\n' | LC_ALL=C sort -k 2 | while read -r mode file; do printf '%s ' "$mode"; sha256sum "$file"; done | sha256sum | cut -d ' ' -f 1
`;

const checksumOf = async (env: Pick<ImageEnv, 'host'>, directory: string, variant: Variant): Promise<string> => {
	const holding = await lookInto(env, directory, variant);
	const places = holding === 'prefix' ? 'bin lib' : holding.map(({file}) => quote(file)).join(' ');
	return (await env.host.script(checksumScript(directory, places), {timeout: 60})).stdout.trim();
};

const copyHolding = async ({host}: Pick<ImageEnv, 'host'>, directory: string, holding: Holding, target: string): Promise<void> => {
	if (holding === 'prefix') {
		await host.run(['cp', '-r', '--preserve=mode,links', '--', directory, target], {timeout: 120});
		return;
	}

	await host.run(['mkdir', '--', target]);
	await host.run(['cp', '--', ...holding.map(({file}) => `${directory}/${file}`), target], {timeout: 120});
};

/** The programs of K2HDKC where they come from a directory, and our scripts. `keyFile` signs the repository of packages. */
export const databaseSurroundings = (origin: K2hdkcOrigin, variant: Variant, keyFile: string | null): Surroundings => ({
	what: 'programs',
	checksum: async env => 'directory' in origin ? checksumOf(env, origin.directory, variant) : undefined,
	async fill(env, context) {
		const {host} = env;
		await host.run(['mkdir', '-p', '--', `${context}/images`]);
		await host.upload(databaseDefinition, `${context}/images/database`);
		if ('directory' in origin) {
			await copyHolding(env, origin.directory, await lookInto(env, origin.directory, variant), `${context}/${contextPaths.prefix}`);
		}

		if (keyFile !== null) {
			await host.script(`mkdir -p '${context}/${contextPaths.keys}'\ncp -- ${quote(keyFile)} '${context}/${contextPaths.keys}/'\n`);
		}
	},
});
