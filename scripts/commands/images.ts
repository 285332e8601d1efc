import path from 'node:path';
import {stringify} from 'yaml';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {diskFileFault} from '../config/guestFile.js';
import type {Config} from '../config/schema.js';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {ancestorsOf} from '../pipeline/graph.js';
import {renderImages} from '../report/images.js';
import {planDocument, renderPlan} from '../report/plan.js';
import {imageNames, imageStepIds, imageSteps, type ImageName} from '../stages/images/imageSteps.js';
import {profileSteps} from '../stages/profileSteps.js';
import {refuseWithoutPrograms} from './k2hr3System.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, planOptionsOf, withEnvironment} from './session.js';
import {up} from './up.js';

/** The steps of images are part of the environment only with their component. Not by --with, which selects the stage of that name as well. */
export const withImages = (options: Options): Options & {readonly set: readonly string[]} => ({...options, set: [...options.set ?? [], 'components.images=true']});

/** The images of the configuration: whether each is there, and whether it is still what the configuration wants. */
export const imagesList: CommandRun = async (context, options) =>
	withEnvironment(context, loadFor(context, withImages(options)), async environment => {
		const images = await environment.images();
		printResult(context, options, {document: () => ({images}), lines: color => renderImages(images, {now: new Date(), color})});
		return 0;
	});

const isImage = (name: string): name is ImageName => (imageNames as readonly string[]).includes(name);

/** What would be done, and the recipe of each image. */
const showRecipes = async (context: CommandContext, options: Options, images: readonly ImageName[]): Promise<number> => withEnvironment(context, loadFor(context, options), async environment => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const plan = await engine.plan(await planOptionsOf(context, options));
	const recipes = Object.fromEntries(Object.entries(await environment.recipes()).filter(([name]) => images.includes(name.split(':')[0] as ImageName)));
	printResult(context, options, {
		document: () => ({plan: planDocument(plan, false), recipes}),
		lines: color => [...renderPlan(plan, {color}), '', stringify(recipes, {lineWidth: 0}).trimEnd()],
	});
	return 0;
});

/** The images that a command line names, or all that the configuration can have. K2D1018 for an unknown one, K2D1020, K2D6008 and K2D7016 for one that it cannot. */
const chosenImages = (config: Config, [name]: readonly string[]): readonly ImageName[] => {
	const there = new Set(profileSteps(config).map(({id}) => id));
	const possible = imageNames.filter(each => imageSteps(config)[each].build.length > 0 && imageSteps(config)[each].build.every(({id}) => there.has(id)));
	if (name === undefined) {
		return possible;
	}

	if (!isImage(name)) {
		throw new ToolError('K2D1018', `"${name}" is no image of this tool.${didYouMean(name, imageNames)}`);
	}

	if (name === 'k2hr3') {
		refuseWithoutPrograms(config);
	}

	if (imageSteps(config)[name].build.some(({id}) => !there.has(id))) {
		throw new ToolError('K2D1020', `Profile ${config.profile} does not build the image ${name} in this version`);
	}

	if (!possible.includes(name)) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return [name];
};

/** Ids of the steps that build images: theirs, and what those need of the host. */
const buildSteps = (config: Config, images: readonly ImageName[]): readonly string[] => {
	const steps = profileSteps(config);
	const own = images.flatMap(name => imageStepIds(config, name).build);
	return [...new Set([...own.flatMap(id => [...ancestorsOf(id, steps)]), ...own])];
};

const registerSteps = (config: Config, images: readonly ImageName[]): readonly string[] => images.flatMap(name => imageStepIds(config, name).register);

/** Does the steps that make the images, and what they need of the host; nothing else of the environment. */
export const imagesBuild: CommandRun = async (context, options, positionals) => {
	const {config} = loadFor(context, withImages(options));
	const images = chosenImages(config, positionals);
	const chosen = {...withImages(options), only: [...buildSteps(config, images)]};
	return options.dryRun ? showRecipes(context, chosen, images) : up(context, chosen, []);
};

/** Takes a guest image that was built elsewhere: it is checked like our own before it goes into Glance. */
const registerFile = async (context: CommandContext, options: Options, [image]: readonly string[], file: string): Promise<number> => {
	const found = path.resolve(context.cwd, file);
	const fault = image === 'guest' ? diskFileFault(found) : 'can only be a guest image: images register guest --file FILE';
	if (fault !== undefined) {
		throw new ToolError('K2D1034', `--file: ${found} ${fault}`);
	}

	const {set, ...others} = withImages(options);
	const chosen = {...others, set: [...set, `images.guest.file=${found}`]};
	const {config} = loadFor(context, chosen);
	return up(context, {...chosen, only: [...buildSteps(config, ['guest']), ...registerSteps(config, ['guest'])]}, []);
};

/** Puts what is built into Glance and the registry; the control plane must stand. */
export const imagesRegister: CommandRun = async (context, options, positionals) => {
	const {file, ...others} = options;
	if (file !== undefined) {
		return registerFile(context, others, positionals, file);
	}

	const loaded = loadFor(context, withImages(options));
	const images = chosenImages(loaded.config, positionals);
	if (images.includes('guest') && !options.dryRun) {
		await withEnvironment(context, loaded, async environment => environment.forgetGuestFile());
	}

	return up(context, {...withImages(options), only: [...registerSteps(loaded.config, images)]}, []);
};
