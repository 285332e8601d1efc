import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Config} from '../../../config/schema.js';
import type {ContainerName} from '../../../config/containerNames.js';
import {packageRoot} from '../../../packageRoot.js';
import {directoryHash} from '../directoryHash.js';

const toolVersion = (): string => (JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as {version: string}).version;

/** Where a definition, a directory of this package, comes from. */
export const provenance = (definition: string): {readonly url: string; readonly revision: string} =>
	({url: `pkg:npm/k2hdkc-devstack@${toolVersion()}`, revision: `sha256:${directoryHash(definition)}`});

/** The option of the datastore by which Trove finds an image. */
export const imageOptions: Readonly<Record<ContainerName, string>> = {database: 'docker_image', backup: 'backup_docker_image'};

const usualRepositories: Readonly<Record<ContainerName, string>> = {database: 'antpickax/k2hdkc-trove', backup: 'antpickax/k2hdkc-trove-backup'};

/** An image as its option of the datastore names it, without the registry that it names first. */
export const repositoryOf = ({datastore}: Pick<Config, 'datastore'>, image: ContainerName): string =>
	String(datastore.options[imageOptions[image]] ?? usualRepositories[image]).replace(/^[^/]*[.:][^/]*\/|^localhost\//, '');
