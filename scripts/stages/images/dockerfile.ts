import type {Variant} from '../../config/schema/variants.js';
import {quote} from '../../machines/quote.js';

/** Where the programs of K2HDKC come from. */
export type K2hdkcSource =
	/** They are in the base image already. */
	| {readonly kind: 'image'}
	/** Packages with the version of each, from the repositories of the base image and one more. */
	| {readonly kind: 'packages'; readonly versions: Readonly<Record<string, string>>; readonly repository: PackageRepository | null}
	/** A directory of the build context with `bin` and `lib`, put to /usr/local; `libraries` are the packages that they are linked with. */
	| {readonly kind: 'directory'; readonly path: string; readonly libraries: readonly string[]};

/** `entry` is what the package manager's own file says: a line of sources.list or of /etc/apk/repositories, or a whole .repo file. */
export type PackageRepository = {
	readonly entry: string;
	/** The key that signs it, a file of the build context; its name matters to apk. */
	readonly keyFile: string;
};

export type DatabaseImage = {
	readonly variant: Variant;
	readonly baseImage: string;
	/** Where that comes from, as a person would look for it. */
	readonly baseOrigin: string;
	/** Packages that the base image has already. */
	readonly baseHas: readonly string[];
	readonly extraPackages: readonly string[];
	/** Shell scripts that are run as root when all else is in place. */
	readonly hooks: readonly string[];
	readonly k2hdkc: K2hdkcSource;
	/** Version of K2HDKC, which is the tag of the image. */
	readonly version: string;
	/** Where the definition of the image comes from. */
	readonly source: {readonly url: string; readonly revision: string};
};

type Distribution = {
	readonly packages: readonly string[];
	/** The init of the distribution: it passes signals on and reaps what is orphaned. */
	readonly init: string;
	readonly install: (packages: readonly string[]) => readonly string[];
	readonly pinned: (name: string, version: string) => string;
	readonly addRepository: (repository: PackageRepository) => readonly string[];
	readonly addUser: string;
	/** Makes /usr/local/lib known to the loader. */
	readonly registerLibraries: string | null;
};

const fileName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** A shell command that prints the text: an instruction of a Dockerfile has no line ends of its own. */
const printing = (text: string): string => `printf '%s\\n' ${text.trim().split('\n').map(line => quote(line)).join(' ')}`;

const writeEntry = (entry: string, operator: '>' | '>>', target: string): string => `RUN ${printing(entry)} ${operator}${target}`;

const shadowUser = 'groupadd --gid 1001 database && useradd --uid 1001 --gid 1001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin database';

/** /usr/local/lib is no default of the loader in Rocky, and a rebuilt cache is needed elsewhere. */
const registerLibraries = 'printf \'%s\\n\' /usr/local/lib >/etc/ld.so.conf.d/k2hdkc.conf && ldconfig';

const debian: Distribution = {
	packages: ['ca-certificates', 'curl', 'iproute2', 'procps', 'tini'],
	init: '/usr/bin/tini',
	install: packages => [
		'RUN apt-get update \\',
		` && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages.join(' ')} \\`,
		' && apt-get clean \\',
		' && rm -rf /var/lib/apt/lists/*',
	],
	pinned: (name, version) => `${name}=${version}`,
	addRepository: ({entry, keyFile}) => [
		`COPY --chmod=644 ${keyFile} /usr/share/keyrings/${fileName(keyFile)}`,
		writeEntry(entry, '>', '/etc/apt/sources.list.d/k2hdkc.list'),
	],
	addUser: shadowUser,
	registerLibraries,
};

const distributions: Readonly<Record<Variant, Distribution>> = {
	alpine: {
		packages: ['ca-certificates', 'curl', 'iproute2', 'procps', 'tini'],
		init: '/sbin/tini',
		install: packages => [`RUN apk add --no-cache ${packages.join(' ')}`],
		pinned: (name, version) => `${name}=${version}`,
		addRepository: ({entry, keyFile}) => [
			`COPY --chmod=644 ${keyFile} /etc/apk/keys/${fileName(keyFile)}`,
			writeEntry(entry, '>>', '/etc/apk/repositories'),
		],
		addUser: 'addgroup -g 1001 database && adduser -D -H -h /nonexistent -s /sbin/nologin -u 1001 -G database database',
		registerLibraries: null,
	},
	debian,
	ubuntu: debian,
	rocky: {
		// Its base images have curl-minimal, which excludes curl. The init comes from EPEL, whose package is in Rocky's own repositories.
		packages: ['ca-certificates', 'curl-minimal', 'iproute', 'procps-ng', 'tini'],
		init: '/usr/bin/tini',
		install: packages => [
			'RUN dnf install --assumeyes --nodocs epel-release \\',
			` && dnf install --assumeyes --nodocs --setopt=install_weak_deps=False ${packages.join(' ')} \\`,
			' && dnf clean all',
		],
		pinned: (name, version) => `${name}-${version}`,
		addRepository: ({entry, keyFile}) => [
			`COPY --chmod=644 ${keyFile} /etc/pki/rpm-gpg/${fileName(keyFile)}`,
			writeEntry(entry, '>', '/etc/yum.repos.d/k2hdkc.repo'),
		],
		addUser: shadowUser,
		registerLibraries,
	},
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
	[...new Set([...distributions[variant].packages, ...(k2hdkc.kind === 'directory' ? k2hdkc.libraries : []), ...extraPackages])];

const programs = (image: DatabaseImage): readonly string[] => {
	const {install, pinned, addRepository, registerLibraries} = distributions[image.variant];
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

		case 'image': {
			return common;
		}
	}
};

const label = (name: string, value: string): string => `LABEL ${name}="${value.replaceAll(/["\\$]/g, String.raw`\$&`)}"`;

const labels = ({baseOrigin, k2hdkc, version, source}: DatabaseImage): readonly string[] => [
	label('org.opencontainers.image.title', 'k2hdkc-trove'),
	label('org.opencontainers.image.description', 'A K2HDKC server node of a cluster of OpenStack Trove'),
	label('org.opencontainers.image.licenses', 'Apache-2.0'),
	label('org.opencontainers.image.version', version),
	label('org.opencontainers.image.source', source.url),
	label('org.opencontainers.image.revision', source.revision),
	label('org.opencontainers.image.base.name', baseOrigin),
	...(k2hdkc.kind === 'packages' ? Object.entries(k2hdkc.versions).map(([name, packaged]) => label(`k2hdkc-devstack.package.${name}`, packaged)) : []),
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
		...image.hooks.map(hook => `RUN sh -euc "$(${printing(hook)})"`),
		// Nothing in it becomes another user.
		'RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +',
		...labels(image),
		'USER 1001:1001',
		'EXPOSE 8020 8021 8031',
		// The guest agent reads the state that comes of this: starting is RUNNING, healthy HEALTHY, unhealthy CRASHED.
		`HEALTHCHECK --interval=5s --timeout=5s --start-period=300s --retries=3 CMD test "$(${entrypoint} status)" = HEALTHY`,
		`ENTRYPOINT ["${distribution.init}", "--", "${entrypoint}"]`,
		'',
	].join('\n');
};
