import type {Variant} from '../../config/schema/variants.js';
import {distributions} from './distributions.js';
import {identityLabels, label, runHook, user, withoutSetUserId, type ImageIdentity} from './dockerfileText.js';

/** `baseOrigin` is the k2hdkc-trove image of the same version, as a person would look for it. */
export type BackupImage = ImageIdentity & {
	/** Distribution of the k2hdkc-trove image. */
	readonly variant: Variant;
	/** How the k2hdkc-trove image of the same version is called where this one is built. */
	readonly baseImage: string;
	/** Archive in the build context with what python3 and its libraries add to a base without a mirror; null when packages are installed. */
	readonly python: string | null;
	readonly extraPackages: readonly string[];
	/** Shell scripts that are run as root when all else is in place. */
	readonly hooks: readonly string[];
	/** Trove's directory `backup`, in the build context, and where its source comes from. */
	readonly trove: {readonly path: string; readonly ref: string};
};

/** Trove's program wants its tree in a directory `backup` and is started in the directory of main.py. */
const home = '/opt/trove';

/** Not the directory of a virtual environment: guest agents up to 2025.1 call /usr/bin/python3, which would not look there. */
const libraries = `${home}/libraries`;

/** Packages of the distribution that the image needs besides those of k2hdkc-trove. */
export const neededBackupPackages = ({variant, extraPackages}: Pick<BackupImage, 'variant' | 'extraPackages'>): readonly string[] =>
	[...new Set([...distributions[variant].python.packages, ...extraPackages])];

/** The list of packages in the archive was written over the base of the image below, which may have got packages of its own since. */
const addLayer = (archive: string): readonly string[] => [
	'RUN cp /var/lib/dpkg/status /var/lib/dpkg/status-below',
	`ADD ${archive} /`,
	'RUN awk \'BEGIN { RS = ""; ORS = "\\n\\n" } { split($0, line, "\\n") } !known[line[1]]++\' /var/lib/dpkg/status /var/lib/dpkg/status-below >/var/lib/dpkg/status-both \\',
	' && mv /var/lib/dpkg/status-both /var/lib/dpkg/status && rm /var/lib/dpkg/status-below && ldconfig',
];

const pythonStage = (image: BackupImage): readonly string[] => [
	`FROM ${image.baseImage} AS python`,
	'USER 0',
	...(image.python === null ? distributions[image.variant].install(neededBackupPackages(image)) : addLayer(image.python)),
];

const environment = (variant: Variant): readonly string[] => distributions[variant].python.build === null ? [] : [`ENV PYTHONPATH=${libraries}`];

const installLibraries = (variant: Variant): readonly string[] => {
	const {python: {build}, install} = distributions[variant];
	return build === null
		? []
		: [
			...install(build),
			// For a network with an index of its own; what is given stays in this stage.
			'ARG PIP_INDEX_URL',
			`COPY images/backup/requirements.txt ${home}/`,
			`RUN python3 -m pip install --no-cache-dir --target ${libraries} --requirement ${home}/requirements.txt`,
		];
};

/** Trove's tree as it is, without what is for other datastores' images, and our program beside it. */
const programStage = ({variant, trove}: BackupImage): readonly string[] => [
	'FROM python AS program',
	...installLibraries(variant),
	`COPY ${trove.path}/ ${home}/backup/`,
	`COPY images/backup/main.py ${home}/`,
	`COPY images/backup/k2hdkc_backup/ ${home}/k2hdkc_backup/`,
	...environment(variant),
	`WORKDIR ${home}`,
	'RUN rm -rf backup/Dockerfile backup/install.sh backup/tests requirements.txt \\',
	' && find backup k2hdkc_backup -type d -name __pycache__ -prune -exec rm -rf {} + \\',
	' && chown -R 0:0 . && chmod -R u=rwX,go=rX . \\',
	// The user of the image may not write here. The hash: times of files change on their way.
	' && python3 -m compileall -q --invalidation-mode unchecked-hash backup k2hdkc_backup \\',
	// What the image lacks is to be known now, and not when a backup is wanted.
	' && /usr/bin/python3 -c \'import k2hdkc_backup.program, backup.storage.swift\' \\',
	' && for program in gzip tar; do command -v "$program" >/dev/null || { echo "$program is missing" >&2; exit 1; }; done',
];

/** The Dockerfile of the image k2hdkc-trove-backup. The build context is this project's directory, with Trove's tree in it. */
export const renderBackupDockerfile = (image: BackupImage): string => [
	...pythonStage(image),
	'',
	...programStage(image),
	'',
	'FROM python',
	`COPY --from=program ${home}/ ${home}/`,
	...environment(image.variant),
	...image.hooks.map(hook => runHook(hook)),
	withoutSetUserId,
	...identityLabels('k2hdkc-trove-backup', 'Backup and restore of K2HDKC for the guest agent of OpenStack Trove', image),
	label('k2hdkc-devstack.trove', image.trove.ref),
	user,
	`WORKDIR ${home}`,
	// It runs once and ends; there is no node in it whose health could be asked for.
	'HEALTHCHECK NONE',
	`ENTRYPOINT ["${distributions[image.variant].init}", "--"]`,
	'',
].join('\n');

