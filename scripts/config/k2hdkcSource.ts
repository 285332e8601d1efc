/** Where the programs of K2HDKC come from. */
export type K2hdkcOrigin =
	/** A base image that has them. */
	| {readonly image: string}
	/** Packages of the base image's distribution, with the version of each. */
	| {readonly packages: Readonly<Record<string, string>>}
	/** An installed prefix on the environment's host, with `bin` and `lib`. */
	| {readonly directory: string};

export const k2hdkcOriginForms = '"image:NAME", "packages:NAME=VERSION,…" or "directory:/PATH"';

const parsePackages = (rest: string): K2hdkcOrigin | undefined => {
	const pairs = rest.split(',').map(each => /^([a-z\d][a-z\d+.-]*)=([\w.+~:-]+)$/.exec(each.trim()));
	return pairs.every(pair => pair !== null) ? {packages: Object.fromEntries(pairs.map(([, name = '', version = '']) => [name, version]))} : undefined;
};

const parsers: Readonly<Record<string, (rest: string) => K2hdkcOrigin | undefined>> = {
	image: rest => /^[\w.:/@-]+$/.test(rest) ? {image: rest} : undefined,
	packages: parsePackages,
	directory: rest => /^\/[^'"\\\n]*$/.test(rest) ? {directory: rest} : undefined,
};

/** Reads `sources.k2hdkc`; undefined when it is none of the forms. */
export const parseK2hdkcOrigin = (value: string): K2hdkcOrigin | undefined => {
	const colon = value.indexOf(':');
	const [kind, rest] = [value.slice(0, colon), value.slice(colon + 1).trim()];
	return colon > 0 && rest !== '' && Object.hasOwn(parsers, kind) ? parsers[kind]!(rest) : undefined;
};

/** Where a base image comes from: a registry, or mmdebstrap, which needs only a mirror of Debian. */
export type BaseImageOrigin = {readonly reference: string} | {readonly suite: string};

/** Reads a value of `sources.baseImages`; undefined when it is neither form. */
export const parseBaseImage = (value: string): BaseImageOrigin | undefined => {
	const suite = /^mmdebstrap:([a-z]+)$/.exec(value)?.[1];
	if (suite !== undefined) {
		return {suite};
	}

	return /^(?!mmdebstrap:)[\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+)?(?:@sha256:[\da-f]{64})?$/.test(value) ? {reference: value} : undefined;
};
