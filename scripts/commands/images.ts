import {stringify} from 'yaml';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import type {Config} from '../config/schema.js';
import {containerNames} from '../config/schema/images.js';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {renderImages} from '../report/images.js';
import {planDocument, renderPlan} from '../report/plan.js';
import {containerSteps} from '../stages/images/containers/all.js';
import {guestSources} from '../stages/images/guestSources.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {engineFor, planOptionsOf, withEnvironment} from './session.js';
import {up} from './up.js';

/** The steps of images are part of the environment only with their component. Not by --with, which selects the stage of that name as well. */
export const withImages = (options: Options): Options => ({...options, set: [...options.set ?? [], 'components.images=true']});

/** The images of the configuration: whether each is there, and whether it is still what the configuration wants. */
export const imagesList: CommandRun = async (context, options) =>
	withEnvironment(context, loadFor(context, withImages(options)), async environment => {
		const images = await environment.images();
		printResult(context, options, {document: () => ({images}), lines: color => renderImages(images, {now: new Date(), color})});
		return 0;
	});

const imageNames = ['guest', ...containerNames] as const;
type ImageName = typeof imageNames[number];

const isImage = (name: string): name is ImageName => (imageNames as readonly string[]).includes(name);

type StepIds = {readonly build: readonly string[]; readonly register: readonly string[]};

const guestSteps: StepIds = {build: ['images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest', 'images.guest.check'], register: ['images.guest.glance']};

type Node = {readonly id: string; readonly needs: readonly string[]};

/** The steps and those among all that they need: one image may be built over another. */
const withNeeded = (wanted: readonly Node[], all: readonly Node[]): readonly string[] => {
	const needed = all.filter(({id}) => wanted.some(({needs}) => needs.includes(id)) && !wanted.some(step => step.id === id));
	return needed.length === 0 ? wanted.map(({id}) => id) : withNeeded([...needed, ...wanted], all);
};

/** Steps that make each image that the configuration can have, and those that put it where it is used. */
const stepIds = (config: Config): ReadonlyMap<ImageName, StepIds> => {
	const containers = containerSteps(config);
	const all = [guestSources, ...containerNames.flatMap(name => containers[name].build)];
	return new Map<ImageName, StepIds>([
		['guest', guestSteps],
		...containerNames.filter(name => containers[name].build.length > 0)
			.map(name => [name, {build: withNeeded(containers[name].build, all), register: containers[name].push.map(({id}) => id)}] as const),
	]);
};

/** What would be done, and the recipe of each image. */
const showRecipes = async (context: CommandContext, options: Options, images: readonly ImageName[]): Promise<number> => withEnvironment(context, loadFor(context, options), async environment => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const plan = await engine.plan(await planOptionsOf(context, options));
	const recipes = Object.fromEntries(Object.entries(await environment.recipes()).filter(([name]) => images.includes(name as ImageName)));
	printResult(context, options, {
		document: () => ({plan: planDocument(plan, false), recipes}),
		lines: color => [...renderPlan(plan, {color}), '', stringify(recipes, {lineWidth: 0}).trimEnd()],
	});
	return 0;
});

type Chosen = ReadonlyArray<readonly [ImageName, StepIds]>;

/** The images that a command line names, or all that the configuration can have. K2D1018 for an unknown one, K2D6008 for one that it cannot. */
const chosenImages = (context: CommandContext, options: Options, [name]: readonly string[]): Chosen => {
	const steps = stepIds(loadFor(context, options).config);
	if (name === undefined) {
		return [...steps];
	}

	if (!isImage(name)) {
		throw new ToolError('K2D1018', `"${name}" is no image of this tool.${didYouMean(name, imageNames)}`);
	}

	const wanted = steps.get(name);
	if (wanted === undefined) {
		throw new ToolError('K2D6008', 'sources.k2hdkc does not say where the programs of K2HDKC come from');
	}

	return [[name, wanted]];
};

/** Does the steps that make the images, and what they need of the host; nothing else of the environment. */
export const imagesBuild: CommandRun = async (context, options, positionals) => {
	const images = chosenImages(context, withImages(options), positionals);
	const chosen = {...withImages(options), only: ['host.packages', 'images.store', 'images.tools', ...new Set(images.flatMap(([, {build}]) => build))]};
	return options.dryRun ? showRecipes(context, chosen, images.map(([name]) => name)) : up(context, chosen, []);
};

/** Puts what is built into Glance and the registry; the control plane must stand. */
export const imagesRegister: CommandRun = async (context, options, positionals) => {
	const images = chosenImages(context, withImages(options), positionals);
	return up(context, {...withImages(options), only: images.flatMap(([, {register}]) => register)}, []);
};
