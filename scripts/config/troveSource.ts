/** Where the source of Trove comes from. */
export type TroveSource =
	/** Source distribution of the Python package index, by version. */
	| {readonly pypi: string}
	/** A git repository (URL or directory) and a branch, tag or commit. */
	| {readonly git: string; readonly ref: string}
	/** A .tar.gz or .tar.xz, by path or http(s) address. */
	| {readonly tarball: string}
	/** A directory with an unpacked source tree. */
	| {readonly directory: string}
	/** A Debian source package, by version. */
	| {readonly debian: string};

export const troveSourceForms = '"pypi:VERSION", "git:URL#REF", "tarball:PATH-OR-URL", "directory:/PATH" or "debian:VERSION"';

const parseGit = (rest: string): TroveSource | undefined => {
	const hash = rest.lastIndexOf('#');
	const [git, ref] = [rest.slice(0, hash), rest.slice(hash + 1)];
	return hash > 0 && ref !== '' ? {git, ref} : undefined;
};

const parsers: Readonly<Record<string, (rest: string) => TroveSource | undefined>> = {
	pypi: rest => /^\d[\w.]*$/.test(rest) ? {pypi: rest} : undefined,
	git: parseGit,
	tarball: rest => ({tarball: rest}),
	directory: rest => rest.startsWith('/') ? {directory: rest} : undefined,
	debian: rest => /^\d[\w.:~+-]*$/.test(rest) ? {debian: rest} : undefined,
};

/** Reads `sources.trove.RELEASE`; undefined when it is none of the forms. */
export const parseTroveSource = (value: string): TroveSource | undefined => {
	const colon = value.indexOf(':');
	const [kind, rest] = [value.slice(0, colon), value.slice(colon + 1).trim()];
	return colon > 0 && rest !== '' && Object.hasOwn(parsers, kind) ? parsers[kind]!(rest) : undefined;
};
