import type {Variant} from '../../config/schema/variants.js';
import {distributions, type PackageRepository} from './distributions.js';
import {identityLabels, label, runHook, user, withoutSetUserId, type ImageIdentity} from './dockerfileText.js';

/** Where the programs of K2HDKC come from. */
export type K2hdkcSource =
	/** They are in the base image already. */
	| {readonly kind: 'image'}
	/** Packages with the version of each, from the repositories of the base image and one more. */
	| {readonly kind: 'packages'; readonly versions: Readonly<Record<string, string>>; readonly repository: PackageRepository | null}
	/** A directory of the build context with `bin` and `lib`, put to /usr/local; `libraries` are the packages that they are linked with. */
	| {readonly kind: 'directory'; readonly path: string; readonly libraries: readonly string[]}
	/** A directory of the build context with files of packages. */
	| {readonly kind: 'files'; readonly path: string; readonly files: ReadonlyArray<{readonly file: string; readonly name: string; readonly version: string}>; readonly libraries: readonly string[]};

export type DatabaseImage = ImageIdentity & {
	readonly variant: Variant;
	readonly baseImage: string;
	/** Packages that the base image has already. */
	readonly baseHas: readonly string[];
	readonly extraPackages: readonly string[];
	/** Shell scripts that are run as root when all else is in place. */
	readonly hooks: readonly string[];
	readonly k2hdkc: K2hdkcSource;
};

const entrypoint = '/usr/libexec/k2hdkctrove.sh';

/** The scripts with the modes they need, whatever those of the checkout are, and read once by the shell that will run them. */
const scriptsStage = (baseImage: string): readonly string[] => [
	`FROM ${baseImage} AS scripts`,
	'USER 0',
	'COPY images/database/ /scripts/',
	'RUN find /scripts -type d -exec chmod 755 {} + \\',
	' && find /scripts -type f -exec chmod 644 {} + \\',
	' && chmod 755 /scripts/k2hdkctrove.sh \\',
	' && for script in /scripts/k2hdkctrove.sh /scripts/k2hdkctrove/*.sh; do sh -n "$script" || exit; done',
];

/** What is only needed to compile against K2HDKC stays out of the image. */
const prefixStage = (baseImage: string, path: string): readonly string[] => [
	`FROM ${baseImage} AS k2hdkc`,
	'USER 0',
	`COPY ${path}/ /prefix/`,
	'RUN rm -rf /prefix/include /prefix/share/man /prefix/share/doc /prefix/lib/pkgconfig \\',
	' && find /prefix -name \'*.a\' -delete && find /prefix -name \'*.la\' -delete \\',
	' && chown -R 0:0 /prefix && chmod -R u=rwX,go=rX /prefix',
];

/** Packages of the distribution that the image needs, without those of K2HDKC itself. */
export const neededPackages = ({variant, k2hdkc, extraPackages}: Pick<DatabaseImage, 'variant' | 'k2hdkc' | 'extraPackages'>): readonly string[] =>
	[...new Set([...distributions[variant].packages, ...('libraries' in k2hdkc ? k2hdkc.libraries : []), ...extraPackages])];

const programs = (image: DatabaseImage): readonly string[] => {
	const {install, installFiles, pinned, addRepository, registerLibraries} = distributions[image.variant];
	const {k2hdkc, baseHas} = image;
	const lacking = neededPackages(image).filter(name => !baseHas.includes(name));
	const common = lacking.length === 0 ? [] : install(lacking);
	switch (k2hdkc.kind) {
		case 'packages': {
			const wanted = Object.entries(k2hdkc.versions).map(([name, version]) => pinned(name, version));
			return [...(k2hdkc.repository === null ? [] : addRepository(k2hdkc.repository)), ...install([...lacking, ...wanted])];
		}

		case 'directory': {
			return [
				...common,
				'COPY --from=k2hdkc /prefix/ /usr/local/',
				...(registerLibraries === null ? [] : [`RUN ${registerLibraries}`]),
			];
		}

		case 'files': {
			return [
				...common,
				`COPY ${k2hdkc.path}/ /packages/`,
				...installFiles(k2hdkc.files.map(({file}) => `/packages/${file}`)),
				'RUN rm -rf /packages',
			];
		}

		case 'image': {
			return common;
		}
	}
};

const packagedVersions = (source: K2hdkcSource): ReadonlyArray<readonly [name: string, version: string]> => {
	if (source.kind === 'files') {
		return source.files.map(({name, version}) => [name, version]);
	}

	return source.kind === 'packages' ? Object.entries(source.versions) : [];
};

const labels = (image: DatabaseImage): readonly string[] => [
	...identityLabels('k2hdkc-trove', 'A K2HDKC server node of a cluster of OpenStack Trove', image),
	...packagedVersions(image.k2hdkc).map(([name, packaged]) => label(`k2hdkc-devstack.package.${name}`, packaged)),
];

/** Directories that the node writes to; they belong to the user it runs as and to nobody else. */
const writable = ['/etc/antpickax', '/run/k2hdkctrove', '/var/lib/antpickax', '/var/lib/antpickax/k2hdkc', '/var/lib/cloud/data'];

const needed = ['awk', 'chmpx', 'chmpxlinetool', 'chmpxstatus', 'curl', 'k2hdkc', 'k2hlinetool', 'timeout'];

/** The Dockerfile of the image k2hdkc-trove. The build context is this project's directory, with what the source names in it. */
export const renderDatabaseDockerfile = (image: DatabaseImage): string => {
	const distribution = distributions[image.variant];
	const stages = [scriptsStage(image.baseImage), ...(image.k2hdkc.kind === 'directory' ? [prefixStage(image.baseImage, image.k2hdkc.path)] : [])];
	return [
		...stages.flatMap(stage => [...stage, '']),
		`FROM ${image.baseImage}`,
		'USER 0',
		...programs(image),
		`RUN ${distribution.addUser} \\`,
		` && mkdir -p ${writable.join(' ')} \\`,
		` && chown 1001:1001 ${writable.join(' ')} \\`,
		` && chmod 750 ${writable.join(' ')}`,
		'COPY --from=scripts /scripts/ /usr/libexec/',
		`RUN for program in ${needed.join(' ')}; do command -v "$program" >/dev/null || { echo "$program is missing" >&2; exit 1; }; done`,
		...image.hooks.map(hook => runHook(hook)),
		withoutSetUserId,
		...labels(image),
		user,
		'EXPOSE 8020 8021 8031',
		// The guest agent reads the state that comes of this: starting is RUNNING, healthy HEALTHY, unhealthy CRASHED.
		`HEALTHCHECK --interval=5s --timeout=5s --start-period=300s --retries=3 CMD test "$(${entrypoint} status)" = HEALTHY`,
		`ENTRYPOINT ["${distribution.init}", "--", "${entrypoint}"]`,
		'',
	].join('\n');
};
