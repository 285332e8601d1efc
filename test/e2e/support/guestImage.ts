import path from 'node:path';
import {document, run} from './tool.js';

const steps = ['images.store', 'images.tools', 'images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest'];

/** Words that have the guest image built. Not by --with images, that is the name of a stage too. Without the check, which boots its disk without KVM. */
export const guestImageUp: readonly string[] = ['up', '--set', 'components.images=true', ...steps.flatMap(step => ['--only', step])];

/** The root of the built image as a tar. */
export const guestImageFile = async (): Promise<string> => {
	const {images} = document<{images: ReadonlyArray<{image: string; directory: string}>}>(await run(['images', 'list', '--json']));
	return path.join(images.find(({image}) => image === 'guest')!.directory, 'root.tar');
};
