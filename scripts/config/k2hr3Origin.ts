import {isPinnedReference} from './containerReference.js';

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
