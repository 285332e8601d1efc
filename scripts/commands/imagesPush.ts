import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {CommandContext, CommandRun} from '../cli/context.js';
import {containerNames, type ContainerName} from '../config/containerNames.js';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {imageNames} from '../stages/images/imageSteps.js';
import {withImages} from './images.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {withEnvironment} from './session.js';

/** REGISTRY/NAME; the first part is a registry when it has a dot or a port, or is localhost. */
const place = /^(?:localhost|[\w-]+(?:\.[\w-]+)+|[\w.-]+(?=:\d))(?::\d+)?(?:\/[a-z\d]+(?:[._-]+[a-z\d]+)*)+$/;

const checkImage = (image = 'database'): ContainerName => {
	const name = containerNames.find(each => each === image);
	if (name !== undefined) {
		return name;
	}

	throw new ToolError('K2D1019', (imageNames as readonly string[]).includes(image)
		? `The ${image} image is that of a server, no container image that a registry takes: \`images register ${image}\` puts it into Glance`
		: `"${image}" is no image of this tool.${didYouMean(image, containerNames)}`);
};

const checkPlace = (to: string | undefined): string => {
	if (to === undefined || !place.test(to)) {
		throw new ToolError('K2D1019', to === undefined ? '--to is missing' : `"${to}" is not of the form REGISTRY/NAME, without a tag`);
	}

	return to;
};

const readCredentials = async ({cwd}: CommandContext, file: string): Promise<string> => {
	try {
		const text = await readFile(path.resolve(cwd, file), 'utf8');
		JSON.parse(text);
		return text;
	} catch (error) {
		throw new ToolError('K2D1011', `${file}: the credentials cannot be read: ${error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message}`, {cause: error});
	}
};

/** Copies a container image to a registry that is not the environment's own. */
export const imagesPush: CommandRun = async (context, options, [name]) => {
	const image = checkImage(name);
	const to = checkPlace(options.to);
	const credentials = options.credentials === undefined ? undefined : await readCredentials(context, options.credentials);
	const loaded = loadFor(context, withImages(options));
	return withEnvironment(context, loaded, async environment => {
		const pushed = await environment.pushImage({image, to, latest: options.latest ?? false, overwrite: options.overwrite ?? false, ...(credentials !== undefined && {credentials})});
		printResult(context, options, {document: () => ({pushed}), lines: () => pushed.map(({reference, state, id}) => `${reference}: ${state} (${id})`)});
		return 0;
	});
};
