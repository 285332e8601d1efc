import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {parseBaseImage, parseK2hdkcOrigin, type BaseImageOrigin, type K2hdkcOrigin} from '../../../config/k2hdkcSource.js';
import type {Config} from '../../../config/schema.js';
import type {Variant} from '../../../config/schema/variants.js';
import {packageRoot} from '../../../packageRoot.js';
import {hashInputs} from '../../../pipeline/hash.js';
import {directoryHash} from '../directoryHash.js';
import {neededPackages, renderDatabaseDockerfile, type DatabaseImage, type K2hdkcSource} from '../dockerfile.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'sources'>;

/** Directory of the definition in this package. */
export const databaseDefinition = path.join(packageRoot, 'images/database');

/** How the base image is called where images are made. */
export const baseName = 'localhost/k2hdkc-devstack/base:1';

/** Paths in the build context of what comes from the host. */
export const contextPaths = {prefix: 'k2hdkc', keys: 'keys'} as const;

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

export type Database = {
	readonly image: DatabaseImage;
	readonly origin: K2hdkcOrigin;
	readonly base: BaseImageOrigin;
	/** Packages that a base made by mmdebstrap gets at once. */
	readonly basePackages: readonly string[];
	/** Without registry and tag, e.g. antpickax/k2hdkc-trove. */
	readonly repository: string;
	/** The datastore version for which Trove asks for this image. */
	readonly tag: string;
	readonly dockerfile: string;
};

const toolVersion = (): string => (JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {version: string}).version;

const revision = (): string => `sha256:${directoryHash(databaseDefinition)}`;

/** A reference without the registry that it names first. */
const withoutRegistry = (reference: string): string => reference.replace(/^[^/]*[.:][^/]*\/|^localhost\//, '');

/** The database image of a configuration; undefined when it does not say where K2HDKC comes from. */
export const databaseOf = ({datastore, images: {database}, sources}: Needed): Database | undefined => {
	const origin = sources.k2hdkc === null ? undefined : parseK2hdkcOrigin(sources.k2hdkc);
	if (origin === undefined) {
		return undefined;
	}

	const {variant, extraPackages, hooks} = database;
	const base = 'image' in origin ? {reference: origin.image} : parseBaseImage(sources.baseImages[variant])!;
	const k2hdkc = sourceOf(origin, variant, sources);
	const {name, version} = datastore.versions.find(each => each.name === datastore.defaultVersion)!;
	const tag = version ?? name;
	const needed = neededPackages({variant, k2hdkc, extraPackages});
	const basePackages = 'suite' in base ? needed : [];
	const image: DatabaseImage = {
		variant, baseImage: baseName, baseOrigin: 'suite' in base ? `mmdebstrap:${base.suite}` : base.reference, baseHas: basePackages, extraPackages, hooks, k2hdkc, version: tag,
		source: {url: `pkg:npm/k2hdkc-devstack@${toolVersion()}`, revision: revision()},
	};
	return {
		image, origin, base, basePackages, tag,
		repository: withoutRegistry(String(datastore.options.docker_image ?? 'antpickax/k2hdkc-trove')),
		dockerfile: renderDatabaseDockerfile(image),
	};
};

/** What base and image depend on. Files of an installed prefix are compared when it is looked at: they lie on the host. */
export const databaseInputs = ({base, basePackages, dockerfile, origin, repository, tag}: Database): Readonly<Record<'base' | 'image', unknown>> => {
	const baseInputs = {base, basePackages};
	return {base: baseInputs, image: {base: baseInputs, dockerfile, origin, repository, tag, files: revision()}};
};

/** Names of the directories that they have in the cache. */
export const databaseNames = (database: Database): Readonly<Record<'root' | 'base' | 'image', string>> => {
	const {base, image} = databaseInputs(database);
	const [baseHash, imageHash] = [base, image].map(inputs => hashInputs(inputs).slice(0, 16));
	return {root: `container-root-${baseHash}`, base: `container-base-${baseHash}`, image: `database-image-${imageHash}`};
};
