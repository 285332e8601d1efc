import {stringify} from 'yaml';
import type {CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
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

/** The steps of images are part of the environment only with their component. */
const withImages = (options: Options): Options => ({...options, with: [...options.with ?? [], 'images']});

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

/** What would be done, and the recipe of each image. */
const showRecipes: CommandRun = async (context, options) => withEnvironment(context, loadFor(context, options), async environment => {
	const engine = await engineFor(context, environment, {emit: noticesOf(context)});
	const plan = await engine.plan({selection: await selectionOf(options), fresh: options.fresh ?? false});
	const recipes = environment.recipes();
	printResult(context, options, {
		document: () => ({plan: planDocument(plan, false), recipes}),
		lines: color => [...renderPlan(plan, {color}), '', stringify(recipes, {lineWidth: 0}).trimEnd()],
	});
	return 0;
});

/** Does the steps of the stage `images`, and what they need of the host; nothing else of the environment. */
export const imagesBuild: CommandRun = async (context, options) => {
	const chosen = {...withImages(options), only: ['host.packages', 'images']};
	return options.dryRun ? showRecipes(context, chosen, []) : up(context, chosen, []);
};

/** Puts what is built into Glance; the control plane must stand. */
export const imagesRegister: CommandRun = async (context, options) => up(context, {...withImages(options), only: ['images.guest.glance']}, []);
