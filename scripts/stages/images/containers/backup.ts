import path from 'node:path';
import {defaultVersion} from '../../../config/defaultVersion.js';
import type {Config} from '../../../config/schema.js';
import {quote} from '../../../machines/quote.js';
import {packageRoot} from '../../../packageRoot.js';
import {hashInputs} from '../../../pipeline/hash.js';
import {renderBackupDockerfile} from '../backupDockerfile.js';
import {readManifest} from '../manifest.js';
import {sourcesDirectory} from '../releaseSource.js';
import {unpackSources} from '../sourcesScript.js';
import {backupContract} from './backupContract.js';
import {databaseOf, type Database} from './definition.js';
import {provenance, repositoryOf} from './identity.js';
import {fullName, imageDirectory, type BuiltImage, type Surroundings} from './image.js';
import {backupReaches} from './outside.js';
import {pythonLayerOf, type PythonLayer} from './pythonLayer.js';
import {readyImage, type ReadyImage} from './ready.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'release' | 'sources'>;

export const backupDefinition = path.join(packageRoot, 'images/backup');

/** Paths in the build context of what comes from the host. */
const contextPaths = {trove: 'trove/backup', python: 'python.tar'} as const;

const surroundingsOf = (database: Database, python: PythonLayer | undefined): Surroundings => ({
	what: 'layers of the database image',
	checksum: async env => (await readManifest(env.host, imageDirectory(env, database)))?.files[0]?.sha256,
	async fill(env, context) {
		const {host} = env;
		const fetched = `${context}.fetched`;
		await host.run(['mkdir', '-p', '--', `${context}/images`, `${context}/${path.dirname(contextPaths.trove)}`]);
		await host.upload(backupDefinition, `${context}/images/backup`);
		await host.script(`mkdir ${quote(fetched)}\n${unpackSources(sourcesDirectory(env), fetched)}mv ${quote(`${fetched}/trove/backup`)} ${quote(`${context}/${contextPaths.trove}`)}\n`, {timeout: 120});
		if (python !== undefined) {
			await host.run(['ln', '--', `${imageDirectory(env, python)}/python.tar`, `${context}/${contextPaths.python}`]);
		}

		await host.script(`rm -rf ${quote(fetched)}\n`);
	},
});

type BuiltBackup = BuiltImage & {readonly python: PythonLayer | undefined};

export type Backup = BuiltBackup | ReadyImage;

/** The backup image that is built over the database image of a configuration; undefined when there is none of those. */
export const builtBackup = (config: Needed): BuiltBackup | undefined => {
	const database = databaseOf(config);
	if (database === undefined) {
		return undefined;
	}

	const {tag, variant} = database;
	const {extraPackages, hooks} = config.images.backup;
	// A ready database image has whatever mirror it has.
	const python = 'from' in database ? undefined : pythonLayerOf(database, extraPackages);
	const source = provenance(backupDefinition);
	const trove = `${config.release}, ${config.sources.trove[config.release] ?? 'no source'}`;
	const dockerfile = renderBackupDockerfile({
		variant, version: tag, source, baseImage: `localhost/${fullName(database)}`, baseOrigin: fullName(database), python: python === undefined ? null : contextPaths.python,
		extraPackages, hooks, trove: {path: contextPaths.trove, ref: trove},
	});
	const repository = repositoryOf(config, 'backup');
	const inputs = {database: database.inputs, python: python?.inputs ?? null, dockerfile, repository, tag, trove, files: source.revision};
	return {
		name: 'backup', repository, tag, variant, inputs, python,
		reaches: backupReaches({variant, hooks}, python !== undefined),
		render: async () => dockerfile,
		directory: `backup-image-${hashInputs(inputs).slice(0, 16)}`,
		base: `${database.directory}/image.tar`,
		layers: python === undefined ? [] : [python.directory],
		needs: ['images.guest.sources', 'images.database.check', ...(python === undefined ? [] : ['images.backup.python'])],
		surroundings: surroundingsOf(database, python),
		contract: backupContract(tag),
		recipe: {base: {image: fullName(database), packages: python?.packages ?? []}, image: {name: fullName({repository, tag}), trove}},
	};
};

/** The backup image of a configuration: a ready one, or built over the database image; undefined when there is neither. */
export const backupOf = (config: Needed): Backup | undefined => {
	const {from} = config.images.backup;
	const {tag, variant} = defaultVersion(config);
	return from === null ? builtBackup(config) : readyImage(from, {name: 'backup', repository: repositoryOf(config, 'backup'), tag, variant, contract: backupContract(tag)});
};
