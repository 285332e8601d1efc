import {containerNames, type ContainerName} from './containerNames.js';

/** Container images that this tool builds can be named by a word. */
export const isPreloadWord = (value: string): value is ContainerName => (containerNames as readonly string[]).includes(value);

/** A container image that guests have from the start: one that the tool builds, an archive on the host, or one of a registry. */
export type Preload = {readonly built: ContainerName} | {readonly file: string} | {readonly reference: string};

export const preloadForms = 'database, backup, the path of an archive that docker or skopeo wrote (/…/NAME.tar), or REGISTRY/NAME:TAG';

/** Reads a value of `images.guest.preload`; undefined when it is none of the forms. */
export const parsePreload = (value: string): Preload | undefined => {
	if (isPreloadWord(value)) {
		return {built: value};
	}

	if (/^\/[\w./+@-]+\.tar$/.test(value)) {
		return {file: value};
	}

	return /^[\w.-]+(?::\d+)?\/[\w./-]+:[\w.-]+$/.test(value) ? {reference: value} : undefined;
};
