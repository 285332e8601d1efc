import {quote} from '../../machines/quote.js';

/** A shell command that prints the text: an instruction of a Dockerfile has no line ends of its own. */
export const printing = (text: string): string => `printf '%s\\n' ${text.trim().split('\n').map(line => quote(line)).join(' ')}`;

/** A shell script of the configuration, run when all else is in place; one that fails ends the build. */
export const runHook = (hook: string): string => `RUN sh -euc "$(${printing(hook)})"`;

export const label = (name: string, value: string): string => `LABEL ${name}="${value.replaceAll(/["\\$]/g, String.raw`\$&`)}"`;

/** What every image of this project tells of itself. */
export type ImageIdentity = {
	/** Version of K2HDKC, which is the tag of the image. */
	readonly version: string;
	/** Where its base image comes from, as a person would look for it. */
	readonly baseOrigin: string;
	/** Where the definition of the image comes from. */
	readonly source: {readonly url: string; readonly revision: string};
};

export const identityLabels = (title: string, description: string, {version, baseOrigin, source}: ImageIdentity): readonly string[] => [
	label('org.opencontainers.image.title', title),
	label('org.opencontainers.image.description', description),
	label('org.opencontainers.image.licenses', 'Apache-2.0'),
	label('org.opencontainers.image.version', version),
	label('org.opencontainers.image.source', source.url),
	label('org.opencontainers.image.revision', source.revision),
	label('org.opencontainers.image.base.name', baseOrigin),
];

/** The user and group that all images of this project run as, and the one that owns the data. */
export const user = 'USER 1001:1001';

/** Nothing in an image becomes another user. */
export const withoutSetUserId = 'RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +';
