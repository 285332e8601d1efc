import path from 'node:path';
import {stringify} from 'yaml';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {diskFileFault} from '../config/guestFile.js';
import type {Config} from '../config/schema.js';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {planDocument, renderPlan} from '../report/plan.js';
import {formatBytes} from '../report/bytes.js';
import {createStyle} from '../report/style.js';
import {formatTable} from '../report/table.js';
import type {ImageFacts} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, selectionOf, withEnvironment} from './session.js';
import {up} from './up.js';

/** The steps of images are part of the environment only with their component. Not by --with, which selects the stage of that name as well. */
export const withImages = (options: Options): Options => ({...options, set: [...options.set ?? [], 'components.images=true']});

const renderImages = (images: readonly ImageFacts[], color: boolean): readonly string[] => {
	const style = createStyle(color);
	const header = ['image', 'name', 'file', 'size', 'sha256', 'made', 'state', 'registered'].map(word => style.bold(word));
	return formatTable([header, ...images.flatMap(({image, name, made, state, registered, files}) => files.length === 0
		? [[image, name, '-', '-', '-', '-', state, registered]]
		: files.map(({file, bytes, sha256}) => [image, name, file, formatBytes(bytes), sha256.slice(0, 12), made ?? '-', state, registered]))], '');
};

/** The images of the configuration: whether each is there, and whether it is still what the configuration wants. */
export const imagesList: CommandRun = async (context, options) =>
	withEnvironment(context, loadFor(context, withImages(options)), async environment => {
		const images = await environment.images();
		printResult(context, options, {document: () => ({images}), lines: color => renderImages(images, color)});
		return 0;
	});

/** Steps that make an image, and those that put it where it is used. */
const imageSteps = {
	guest: {build: ['images.store', 'images.tools', 'images.guest.base', 'images.guest.agent', 'images.guest', 'images.guest.check'], register: ['images.guest.glance']},
	database: {build: ['images.store', 'images.tools', 'images.containers.base', 'images.database', 'images.database.check'], register: ['images.database.push']},
} as const;

type ImageName = keyof typeof imageSteps;

const isImage = (name: string): name is ImageName => Object.hasOwn(imageSteps, name);

const fileBuild = ['images.store', 'images.tools', 'images.guest.file', 'images.guest.file.check'];

/** Steps that make the images, and those of other images that are to be in the guest; one from a file is only taken. */
const buildSteps = (images: readonly ImageName[], {file, preload}: Config['images']['guest']): readonly string[] => {
	const inGuest = images.includes('guest') && file === null ? preload : [];
	return [...new Set([
		...[...images, ...inGuest.filter(name => isImage(name))].flatMap<string>(image => image === 'guest' && file !== null ? fileBuild : imageSteps[image].build),
		...(inGuest.length === 0 ? [] : ['images.guest.preload']),
	])];
};

/** What would be done, and the recipe of each image. */
const showRecipes = async (context: CommandContext, options: Options, images: readonly ImageName[]): Promise<number> => withEnvironment(context, loadFor(context, options), async environment => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const plan = await engine.plan({selection: await selectionOf(options), fresh: options.fresh ?? false});
	const recipes = Object.fromEntries(Object.entries(environment.recipes()).filter(([name]) => images.includes(name as ImageName)));
	printResult(context, options, {
		document: () => ({plan: planDocument(plan, false), recipes}),
		lines: color => [...renderPlan(plan, {color}), '', stringify(recipes, {lineWidth: 0}).trimEnd()],
	});
	return 0;
});

/** The images that a command line names, or all that the configuration can have. K2D1018 for an unknown one, K2D6008 for one that it cannot. */
const chosenImages = (context: CommandContext, options: Options, [name]: readonly string[]): readonly ImageName[] => {
	const {config} = loadFor(context, options);
	if (name === undefined) {
		return config.sources.k2hdkc === null ? ['guest'] : ['guest', 'database'];
	}

	if (!isImage(name)) {
		throw new ToolError('K2D1018', `"${name}" is no image of this tool.${didYouMean(name, Object.keys(imageSteps))}`);
	}

	if (name === 'database' && config.sources.k2hdkc === null) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return [name];
};

/** Does the steps that make the images, and what they need of the host; nothing else of the environment. */
export const imagesBuild: CommandRun = async (context, options, positionals) => {
	const images = chosenImages(context, withImages(options), positionals);
	const chosen = {...withImages(options), only: ['host.packages', ...buildSteps(images, loadFor(context, withImages(options)).config.images.guest)]};
	return options.dryRun ? showRecipes(context, chosen, images) : up(context, chosen, []);
};

/** Takes a guest image that was built elsewhere: it is checked like our own before it goes into Glance. */
const registerFile = async (context: CommandContext, options: Options, [image]: readonly string[], file: string): Promise<number> => {
	const found = path.resolve(context.cwd, file);
	const fault = image === 'guest' ? diskFileFault(found) : 'can only be a guest image: images register guest --file FILE';
	if (fault !== undefined) {
		throw new ToolError('K2D1034', `--file: ${found} ${fault}`);
	}

	const chosen = withImages(options);
	return up(context, {...chosen, set: [...chosen.set ?? [], `images.guest.file=${found}`], only: ['host.packages', ...fileBuild, ...imageSteps.guest.register]}, []);
};

/** Puts what is built into Glance and the registry; the control plane must stand. */
export const imagesRegister: CommandRun = async (context, options, positionals) => {
	const {file, ...others} = options;
	if (file !== undefined) {
		return registerFile(context, others, positionals, file);
	}

	const images = chosenImages(context, withImages(options), positionals);
	if (images.includes('guest') && !options.dryRun) {
		await withEnvironment(context, loadFor(context, withImages(options)), async environment => environment.forgetGuestFile());
	}

	return up(context, {...withImages(options), only: images.flatMap(image => imageSteps[image].register)}, []);
};
