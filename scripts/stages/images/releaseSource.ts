import type {Config} from '../../config/schema.js';
import {parseTroveSource, type TroveSource} from '../../config/troveSource.js';
import {ToolError} from '../../errors/toolError.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {fetchTrove} from '../../sources/trove.js';
import type {SourceAccess, SourceTree} from '../../sources/types.js';
import {hashInputs} from '../../pipeline/hash.js';
import type {ImageEnv} from '../imageEnv.js';
import {guestWheels} from './guestWheels.js';

/** What is fetched for the guest agent, which the backup image is built from too. */
export const sourcesInputs = (config: Pick<Config, 'images' | 'release' | 'sources'>) => ({source: config.sources.trove[config.release], wheels: guestWheels(config) ?? null});

/** Name of its directory in the store of images. */
export const sourcesName = (config: Pick<Config, 'images' | 'release' | 'sources'>): string => `guest-sources-${hashInputs(sourcesInputs(config)).slice(0, 16)}`;

export const sourcesDirectory = ({config, paths}: Pick<ImageEnv, 'config' | 'paths'>): string => `${paths.images}/${sourcesName(config)}`;

/** How sources reach the host of an environment. */
export const sourceAccess = ({host, config: {sources, proxy}}: ImageEnv, signal: AbortSignal): SourceAccess =>
	({machine: host, debian: sources.debian, python: sources.python, env: proxyEnvironment(proxy), signal});

/** Where Trove's source of the configured release comes from. @throws ToolError K2D6001 when the configuration does not say it. */
export const releaseSource = ({release, sources}: Pick<Config, 'release' | 'sources'>): TroveSource => {
	const wanted = sources.trove[release];
	const source = wanted === undefined ? undefined : parseTroveSource(wanted);
	if (source === undefined) {
		throw new ToolError('K2D6001', `sources.trove names no source for release ${release}`);
	}

	return source;
};

/** Trove's source of the configured release; `into` is a directory on the host that is not there yet. @throws ToolError K2D6001, K2D6003, K2D6006 */
export const fetchReleaseSource = async ({host, config}: ImageEnv, into: string, access: SourceAccess): Promise<SourceTree> => {
	await host.run(['mkdir', '-p', '--', into]);
	return fetchTrove(releaseSource(config), into, access);
};
