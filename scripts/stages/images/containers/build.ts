import {ToolError} from '../../../errors/toolError.js';
import {quote} from '../../../machines/quote.js';
import type {Machine} from '../../../machines/types.js';
import {proxyEnvironment} from '../../../sources/proxyEnvironment.js';
import type {SandboxEnv, SandboxStep} from '../../sandboxEnv.js';
import {emptyPartial} from '../guest.js';
import {describe, finishImage, readManifest} from '../manifest.js';
import {databaseLayer, wantedDatabase} from './base.js';
import {buildImage, containerCommand} from './buildah.js';
import {contextPaths, databaseDefinition, databaseInputs, databaseOf, type Database} from './definition.js';
import {buildReaches} from './outside.js';

/** Prints one checksum for all files that an installed prefix has, with their names and modes. */
const prefixScript = (directory: string): string => `
cd ${quote(directory)}
find bin lib -type f -printf '%m %p\\n' | LC_ALL=C sort -k 2 | while read -r mode file; do printf '%s ' "$mode"; sha256sum "$file"; done | sha256sum | cut -d ' ' -f 1
`;

/** Checksum of the installed prefix that K2HDKC comes from; undefined for other origins. K2D6008 when there is no such prefix. */
const prefixHash = async (host: Pick<Machine, 'run' | 'script'>, {origin}: Database): Promise<string | undefined> => {
	if (!('directory' in origin)) {
		return undefined;
	}

	const {directory} = origin;
	const {code} = await host.run(['test', '-x', `${directory}/bin/k2hdkc`, '-a', '-d', `${directory}/lib`], {allow: [0, 1]});
	if (code !== 0) {
		throw new ToolError('K2D6008', `${directory} is no installed K2HDKC: it has no program bin/k2hdkc, or no directory lib`);
	}

	return (await host.script(prefixScript(directory), {timeout: 60})).stdout.trim();
};

/** Says so when the installed prefix is another one than that of the image that is there. */
export const changedPrograms = async (env: SandboxEnv): Promise<string | undefined> => {
	const manifest = await readManifest(env.host, databaseLayer(env, 'image'));
	return manifest?.programs === await prefixHash(env.host, wantedDatabase(env))
		? undefined
		: `it was made from other programs than there are now in ${env.config.sources.k2hdkc}`;
};

/** What a builder sees: our scripts, and what the source of K2HDKC names. */
const fillContext = async ({host, config}: SandboxEnv, {origin, image}: Database, context: string): Promise<void> => {
	await host.run(['mkdir', '-p', '--', `${context}/images`]);
	await host.upload(databaseDefinition, `${context}/images/database`);
	if ('directory' in origin) {
		await host.run(['cp', '-r', '--preserve=mode,links', '--', origin.directory, `${context}/${contextPaths.prefix}`], {timeout: 120});
	}

	const {keyFile} = config.sources.k2hdkcRepository;
	if (image.k2hdkc.kind === 'packages' && image.k2hdkc.repository !== null && keyFile !== null) {
		await host.script(`mkdir -p '${context}/${contextPaths.keys}'\ncp -- ${quote(keyFile)} '${context}/${contextPaths.keys}/'\n`);
	}
};

export const databaseImage: SandboxStep = {
	id: 'images.database',
	stage: 'images',
	title: 'Database image: K2HDKC and its entrypoint',
	needs: ['images.containers.base'],
	inputs: ({config}) => databaseInputs(databaseOf(config)!).image,
	reaches: env => buildReaches(wantedDatabase(env).image),
	async probe({env}) {
		const directory = databaseLayer(env, 'image');
		const manifest = await readManifest(env.host, directory);
		if (manifest === undefined) {
			return {state: 'absent', evidence: `${directory} holds no finished image`};
		}

		const why = await changedPrograms(env);
		return why === undefined
			? {state: 'present', evidence: `${manifest.name}, made ${manifest.made}, in ${directory}`}
			: {state: 'broken', evidence: `${manifest.name}: ${why}`};
	},
	async apply({env, job, progress}) {
		const {host, config} = env;
		const database = wantedDatabase(env);
		const directory = databaseLayer(env, 'image');
		const partial = await emptyPartial(env, directory);
		const programs = await prefixHash(host, database);
		progress.say('collecting what it is built from');
		await fillContext(env, database, `${partial}/context`);
		await host.write(`${partial}/Dockerfile`, database.dockerfile);
		progress.say('building it');
		const name = `${database.repository}:${database.tag}`;
		await job(host, containerCommand(buildImage, partial, `${databaseLayer(env, 'base')}/base.tar`, `localhost/${name}`), {env: proxyEnvironment(config.proxy)});
		const manifest = {...await describe(host, `${partial}/image`, name, ['image.tar']), ...(programs !== undefined && {programs})};
		await finishImage(host, partial, directory, manifest);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	expected: 15,
	retry: {attempts: 2, delay: 5},
};
