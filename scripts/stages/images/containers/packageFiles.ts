import type {Variant} from '../../../config/schema/variants.js';

/** A package as a file of a directory. */
export type PackageFile = {readonly file: string; readonly name: string; readonly version: string};

/** How each distribution names the files of its packages. */
const forms = {
	deb: /^(?<name>[a-z\d][a-z\d+.-]*)_(?<version>[\w.+~%-]+?)_[a-z\d-]+\.deb$/,
	apk: /^(?<name>[\w+.-]+?)-(?<version>\d[\w.]*-r\d+)\.apk$/,
	rpm: /^(?<name>[\w+.-]+)-(?<version>[\w.+~^]+-[\w.+~^]+)\.[a-z\d_]+\.rpm$/,
} as const;

const extensions: Readonly<Record<Variant, keyof typeof forms>> = {alpine: 'apk', debian: 'deb', ubuntu: 'deb', rocky: 'rpm'};

/** Kinds of files that are packages. */
export const packagePattern = /\.(?:deb|apk|rpm)$/;

/** The packages among the files of a directory, sorted; or what is wrong with them for an image of that distribution, as a sentence's end. */
export const readPackageFiles = (files: readonly string[], variant: Variant): readonly PackageFile[] | {readonly fault: string} => {
	const extension = extensions[variant];
	const packages = files.filter(file => packagePattern.test(file)).toSorted();
	const foreign = packages.find(file => !file.endsWith(`.${extension}`));
	if (foreign !== undefined) {
		return {fault: `holds ${foreign}, a package of another distribution: an image of ${variant} takes *.${extension}`};
	}

	const read = packages.map(file => ({file, found: forms[extension].exec(file)?.groups}));
	const unnamed = read.find(({found}) => found === undefined);
	return unnamed === undefined
		? read.map(({file, found}) => ({file, name: found!.name!, version: found!.version!.replaceAll('%3a', ':')}))
		: {fault: `holds ${unnamed.file}, whose name does not tell its package and version as those of ${variant} do`};
};
