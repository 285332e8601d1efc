import type {Variant} from '../../config/schema/variants.js';
import {printing} from './dockerfileText.js';

/** `entry` is what the package manager's own file says: a line of sources.list or of /etc/apk/repositories, or a whole .repo file. */
export type PackageRepository = {
	readonly entry: string;
	/** The key that signs it, a file of the build context; its name matters to apk. */
	readonly keyFile: string;
};

/** Where python3 and the libraries of the backup program come from. */
export type PythonPackages = {
	/** Packages of the image. */
	readonly packages: readonly string[];
	/** Packages with which the libraries are installed from the Python package index; null when `packages` has them. */
	readonly build: readonly string[] | null;
};

export type Distribution = {
	readonly packages: readonly string[];
	/** The init of the distribution: it passes signals on and reaps what is orphaned. */
	readonly init: string;
	readonly install: (packages: readonly string[]) => readonly string[];
	/** Installs files of packages, and from its repositories what they need and the image lacks. */
	readonly installFiles: (files: readonly string[]) => readonly string[];
	readonly pinned: (name: string, version: string) => string;
	readonly addRepository: (repository: PackageRepository) => readonly string[];
	readonly addUser: string;
	/** Makes /usr/local/lib known to the loader. */
	readonly registerLibraries: string | null;
	readonly python: PythonPackages;
};

const fileName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

const writeEntry = (entry: string, operator: '>' | '>>', target: string): string => `RUN ${printing(entry)} ${operator}${target}`;

/** No `COPY --chmod`: docker without BuildKit refuses it. */
const copyKey = (keyFile: string, directory: string): readonly string[] => {
	const target = `${directory}/${fileName(keyFile)}`;
	return [`COPY ${keyFile} ${target}`, `RUN chmod 644 ${target}`];
};

const shadowUser = 'groupadd --gid 1001 database && useradd --uid 1001 --gid 1001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin database';

/** /usr/local/lib is no default of the loader in Rocky, and a rebuilt cache is needed elsewhere. */
const registerLibraries = 'printf \'%s\\n\' /usr/local/lib >/etc/ld.so.conf.d/k2hdkc.conf && ldconfig';

/** Names, or paths of files; without a mirror of its own the image installs what needs nothing more. */
const aptInstall = (packages: readonly string[]): readonly string[] => [
	'RUN apt-get update \\',
	` && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${packages.join(' ')} \\`,
	' && apt-get clean \\',
	' && rm -rf /var/lib/apt/lists/*',
];

/** Names, or paths of files. The init comes from EPEL, whose package is in Rocky's own repositories. */
const dnfInstall = (packages: readonly string[]): readonly string[] => [
	'RUN dnf install --assumeyes --nodocs epel-release \\',
	` && dnf install --assumeyes --nodocs --setopt=install_weak_deps=False ${packages.join(' ')} \\`,
	' && dnf clean all',
];

const debian: Distribution = {
	packages: ['ca-certificates', 'curl', 'iproute2', 'procps', 'tini'],
	init: '/usr/bin/tini',
	install: aptInstall,
	installFiles: aptInstall,
	pinned: (name, version) => `${name}=${version}`,
	addRepository: ({entry, keyFile}) => [
		...copyKey(keyFile, '/usr/share/keyrings'),
		writeEntry(entry, '>', '/etc/apt/sources.list.d/k2hdkc.list'),
	],
	addUser: shadowUser,
	registerLibraries,
	python: {
		packages: ['python3', 'python3-keystoneauth1', 'python3-oslo.config', 'python3-oslo.log', 'python3-oslo.utils', 'python3-swiftclient'],
		build: null,
	},
};

export const distributions: Readonly<Record<Variant, Distribution>> = {
	alpine: {
		packages: ['ca-certificates', 'curl', 'iproute2', 'procps', 'tini'],
		init: '/sbin/tini',
		install: packages => [`RUN apk add --no-cache ${packages.join(' ')}`],
		// Whoever puts files on the host vouches for them; their key is not in the image.
		installFiles: files => [`RUN apk add --no-cache --allow-untrusted ${files.join(' ')}`],
		pinned: (name, version) => `${name}=${version}`,
		addRepository: ({entry, keyFile}) => [
			...copyKey(keyFile, '/etc/apk/keys'),
			writeEntry(entry, '>>', '/etc/apk/repositories'),
		],
		addUser: 'addgroup -g 1001 database && adduser -D -H -h /nonexistent -s /sbin/nologin -u 1001 -G database database',
		registerLibraries: null,
		python: {packages: ['python3'], build: ['build-base', 'linux-headers', 'py3-pip', 'python3-dev']},
	},
	debian,
	ubuntu: debian,
	rocky: {
		// Its base images have curl-minimal, which excludes curl.
		packages: ['ca-certificates', 'curl-minimal', 'iproute', 'procps-ng', 'tini'],
		init: '/usr/bin/tini',
		install: dnfInstall,
		installFiles: dnfInstall,
		pinned: (name, version) => `${name}-${version}`,
		addRepository: ({entry, keyFile}) => [
			...copyKey(keyFile, '/etc/pki/rpm-gpg'),
			writeEntry(entry, '>', '/etc/yum.repos.d/k2hdkc.repo'),
		],
		addUser: shadowUser,
		registerLibraries,
		// Small base images have no tar.
		python: {packages: ['gzip', 'python3', 'tar'], build: ['gcc', 'python3-devel', 'python3-pip']},
	},
};
