import {parseK2hr3Origin, type K2hr3Origin} from './k2hr3Origin.js';
import type {Config} from './schema.js';

/** What the image of a K2HR3 server is made from; undefined where the configuration has none: its programs are not at hand, or one is there already. */
export const k2hr3OriginOf = ({k2hr3: {url}, sources}: Pick<Config, 'k2hr3' | 'sources'>): K2hr3Origin | undefined =>
	url !== null || sources.k2hr3 === null ? undefined : parseK2hr3Origin(sources.k2hr3);

/** Where the K2HR3 of an environment comes from. */
export type K2hr3Choice =
	/** One that is there already: `k2hr3.url`. */
	| {readonly kind: 'existing'; readonly url: string}
	/** A server of its own. */
	| {readonly kind: 'built'}
	| {readonly kind: 'leftOut'; readonly why: string};

export const chooseK2hr3 = (config: Pick<Config, 'components' | 'k2hr3' | 'sources'>): K2hr3Choice => {
	const {k2hr3: {url}, components} = config;
	if (url !== null) {
		return {kind: 'existing', url};
	}

	if (k2hr3OriginOf(config) === undefined) {
		return {kind: 'leftOut', why: 'where its programs are is not known: no instance or cluster of K2HDKC can be created; sources.k2hr3 says where they are, --k2hr3-url uses a K2HR3 that is there'};
	}

	return components.compute
		? {kind: 'built'}
		: {kind: 'leftOut', why: 'it is a server, and component `compute` is off: no instance or cluster of K2HDKC can be created; --with compute adds it'};
};
