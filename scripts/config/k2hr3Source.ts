import {isPinnedReference} from './containerReference.js';
import type {Config} from './schema.js';

/** Where the programs of K2HR3 come from. */
export type K2hr3Origin =
	/** An installed prefix on the environment's host, with `bin` and `lib`. */
	| {readonly directory: string}
	/** REGISTRY/NAME@sha256:… of a container image that has the same below /usr/local. */
	| {readonly image: string}
	/** Packages of the npm registry, with the version of each. */
	| {readonly npm: NpmPackages};

/** The API, which all nodes ask, and the web application. */
export type NpmPackages = Readonly<Record<'k2hr3-api' | 'k2hr3-app', string>>;

/** The Keystone drivers of k2hr3-api 2.0.0 to 2.0.3 do not work, and its programs lie elsewhere. */
export const npmPackages: NpmPackages = {'k2hr3-api': '1.0.42', 'k2hr3-app': '1.0.43'};

export const k2hr3OriginForms = '"directory:/PATH", "image:REGISTRY/NAME@sha256:…" with all 64 digits, or "npm", with other versions "npm:k2hr3-api@VERSION,k2hr3-app@VERSION"';

/** NAME@VERSION, with commas. What is not named has the version that was tried. */
const parseNpm = (rest: string): K2hr3Origin | undefined => {
	const pairs = rest === '' ? [] : rest.split(',').map(each => /^(k2hr3-api|k2hr3-app)@(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/.exec(each.trim()));
	const names = new Set(pairs.map(pair => pair?.[1]));
	return pairs.every(pair => pair !== null) && names.size === pairs.length
		? {npm: {...npmPackages, ...Object.fromEntries(pairs.map(([, name = '', version = '']) => [name, version]))}}
		: undefined;
};

const parsers: Readonly<Record<string, (rest: string) => K2hr3Origin | undefined>> = {
	directory: rest => /^\/[^'"\\\n]*$/.test(rest) ? {directory: rest} : undefined,
	image: rest => isPinnedReference(rest) ? {image: rest} : undefined,
	npm: parseNpm,
};

/** Reads `sources.k2hr3`; undefined when it is none of the forms. */
export const parseK2hr3Origin = (value: string): K2hr3Origin | undefined => {
	const [, kind = '', rest = ''] = /^(\w+)(?::(.*))?$/s.exec(value) ?? [];
	return Object.hasOwn(parsers, kind) ? parsers[kind]!(rest) : undefined;
};

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
