import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {defaultVersion} from '../../../config/defaultVersion.js';
import {parseBaseImage, parseK2hdkcOrigin, type BaseImageOrigin, type K2hdkcOrigin} from '../../../config/k2hdkcSource.js';
import type {Config} from '../../../config/schema.js';
import type {Variant} from '../../../config/schema/variants.js';
import {hashInputs} from '../../../pipeline/hash.js';
import {neededPackages, renderDatabaseDockerfile, type DatabaseImage, type K2hdkcSource} from '../dockerfile.js';
import {databaseContract} from './databaseContract.js';
import {provenance, repositoryOf} from './identity.js';
import {fullName, type BuiltImage} from './image.js';
import {buildReaches} from './outside.js';
import {contextPaths, databaseDefinition, databaseSurroundings, lookInto} from './programs.js';
import {readyImage, type ReadyImage} from './ready.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'sources'>;

/** How the base image is called where images are made. */
export const baseName = 'localhost/k2hdkc-devstack/base:1';

const libraries = (): Record<Variant, string[]> =>
	(parse(readFileSync(path.join(databaseDefinition, 'packages.yaml'), 'utf8')) as {libraries: Record<Variant, string[]>}).libraries;

const sourceOf = (origin: K2hdkcOrigin, variant: Variant, {k2hdkcRepository}: Config['sources']): K2hdkcSource => {
	if ('image' in origin) {
		return {kind: 'image'};
	}

	if ('directory' in origin) {
		return {kind: 'directory', path: contextPaths.prefix, libraries: libraries()[variant]};
	}

	const {entry, keyFile} = k2hdkcRepository;
	// The key's name is what apk finds it by.
	const repository = entry !== null && keyFile !== null ? {entry, keyFile: `${contextPaths.keys}/${path.basename(keyFile)}`} : null;
	return {kind: 'packages', versions: origin.packages, repository};
};

/** What the database image begins with. */
export type ContainerBase = {
	readonly origin: BaseImageOrigin;
	/** Packages that a base made by mmdebstrap gets at once. */
	readonly packages: readonly string[];
	readonly inputs: unknown;
	/** Directories in the store of images: of the root, where there is one, and of the image. */
	readonly root: string;
	readonly directory: string;
};

/** Nothing in an image says where its packages came from: the address may have a password, or be one that nobody else reaches. */
export const forgetMirror = '--customize-hook=rm -f "$1/etc/apt/sources.list" "$1/etc/apt/apt.conf.d/99mmdebstrap"';

const baseOf = (origin: BaseImageOrigin, packages: readonly string[]): ContainerBase => {
	const inputs = {origin, packages, ...('suite' in origin && {forgetMirror})};
	const hash = hashInputs(inputs).slice(0, 16);
	return {origin, packages, inputs, root: `container-root-${hash}`, directory: `container-base-${hash}`};
};

export type BuiltDatabase = BuiltImage & {readonly layer: ContainerBase};

/** The database image that is built of a configuration; undefined when it does not say where K2HDKC comes from. */
export const builtDatabase = (config: Needed): BuiltDatabase | undefined => {
	const {images: {database: {extraPackages, hooks}}, sources} = config;
	const {tag, variant} = defaultVersion(config);
	const origin = sources.k2hdkc === null ? undefined : parseK2hdkcOrigin(sources.k2hdkc);
	if (origin === undefined) {
		return undefined;
	}

	const baseOrigin = 'image' in origin ? {reference: origin.image} : parseBaseImage(sources.baseImages[variant])!;
	const k2hdkc = sourceOf(origin, variant, sources);
	const layer = baseOf(baseOrigin, 'suite' in baseOrigin ? neededPackages({variant, k2hdkc, extraPackages}) : []);
	const source = provenance(databaseDefinition);
	const image: DatabaseImage = {
		variant, baseImage: baseName, baseOrigin: 'suite' in baseOrigin ? `mmdebstrap:${baseOrigin.suite}` : baseOrigin.reference, baseHas: layer.packages, extraPackages, hooks, k2hdkc, version: tag, source,
	};
	const repository = repositoryOf(config, 'database');
	const dockerfile = renderDatabaseDockerfile(image);
	const inputs = {base: layer.inputs, dockerfile, origin, repository, tag, files: source.revision};
	return {
		name: 'database', repository, tag, variant, inputs, layer,
		reaches: buildReaches(image),
		async render(env) {
			const holding = 'directory' in origin ? await lookInto(env, origin.directory, variant) : 'prefix';
			return renderDatabaseDockerfile(holding === 'prefix' || k2hdkc.kind !== 'directory' ? image : {...image, k2hdkc: {...k2hdkc, kind: 'files', files: holding}});
		},
		directory: `database-image-${hashInputs(inputs).slice(0, 16)}`,
		base: `${layer.directory}/base.tar`,
		layers: [layer.directory, ...('suite' in baseOrigin ? [layer.root] : [])],
		needs: ['images.containers.base'],
		surroundings: databaseSurroundings(origin, variant, k2hdkc.kind === 'packages' && k2hdkc.repository !== null ? sources.k2hdkcRepository.keyFile : null),
		contract: databaseContract(tag),
		recipe: {base: {...baseOrigin, packages: layer.packages}, image: {name: fullName({repository, tag}), k2hdkc: origin}},
	};
};

export type Database = BuiltDatabase | ReadyImage;

/** The database image of a configuration; undefined when it names neither a ready one nor where K2HDKC comes from. */
export const databaseOf = (config: Needed): Database | undefined => {
	const {from} = config.images.database;
	const {tag, variant} = defaultVersion(config);
	return from === null ? builtDatabase(config) : readyImage(from, {name: 'database', repository: repositoryOf(config, 'database'), tag, variant, contract: databaseContract(tag)});
};
