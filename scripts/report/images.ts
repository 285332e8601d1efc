import type {ImageFacts} from '../commands/environment.js';
import {formatBytes} from './bytes.js';
import {createStyle} from './style.js';
import {formatTable} from './table.js';

/** Time since then in its largest unit, as in "3 h"; `made` and `now` are points in time, neither need be before the other. */
export const formatAge = (made: Date, now: Date): string => {
	const minutes = Math.max(0, Math.floor((now.getTime() - made.getTime()) / 60_000));
	if (minutes < 60) {
		return `${minutes} min`;
	}

	return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`;
};

/** Enough of a digest to tell one from another. */
const shorten = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);

/** A table of the images, a row each. What does not fit is in the document of --json. */
export const renderImages = (images: readonly ImageFacts[], {now, color}: {readonly now: Date; readonly color: boolean}): readonly string[] => {
	const style = createStyle(color);
	const header = ['image', 'name', 'tag', 'digest', 'size', 'age', 'inputs', 'registered', 'state'].map(word => style.bold(word));
	return formatTable([header, ...images.map(({image, name, tag, digest, files, made, inputs, registered, state}) => [
		image, name, tag ?? '-', digest === undefined ? '-' : shorten(digest), files.length === 0 ? '-' : formatBytes(files.reduce((sum, {bytes}) => sum + bytes, 0)),
		made === undefined ? '-' : formatAge(new Date(made), now), inputs ?? '-', registered, state,
	])], '');
};
