import type {Config} from './schema.js';

export const k2hr3OriginForms = '"directory:/PATH"';

/** Reads `sources.k2hr3`, an installed prefix on the environment's host; undefined when it is not of that form. */
export const parseK2hr3Origin = (value: string): {readonly directory: string} | undefined => {
	const directory = /^directory:(\/[^'"\\\n]*)$/.exec(value)?.[1];
	return directory === undefined ? undefined : {directory};
};

/** Where the K2HR3 of an environment comes from. */
export type K2hr3Choice =
	/** One that is there already: `k2hr3.url`. */
	| {readonly kind: 'existing'; readonly url: string}
	/** A server of its own, from an installed prefix. */
	| {readonly kind: 'built'; readonly directory: string}
	| {readonly kind: 'leftOut'; readonly why: string};

export const chooseK2hr3 = ({k2hr3: {url}, sources, components}: Pick<Config, 'components' | 'k2hr3' | 'sources'>): K2hr3Choice => {
	if (url !== null) {
		return {kind: 'existing', url};
	}

	const origin = sources.k2hr3 === null ? undefined : parseK2hr3Origin(sources.k2hr3);
	if (origin === undefined) {
		return {kind: 'leftOut', why: 'its programs cannot be had from package registries: no instance or cluster of K2HDKC can be created; sources.k2hr3 says where they are, --k2hr3-url uses a K2HR3 that is there'};
	}

	return components.compute
		? {kind: 'built', ...origin}
		: {kind: 'leftOut', why: 'it is a server, and component `compute` is off: no instance or cluster of K2HDKC can be created; --with compute adds it'};
};
