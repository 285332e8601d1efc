import {didYouMean} from '../errors/suggest.js';
import {stages, type Stage} from '../pipeline/types.js';
import type {Reading} from './entry.js';
import {configSchema} from './schema.js';

/** Names that --with and --without take beside the stages. */
export const componentNames: readonly string[] = Object.keys(configSchema.shape.components.shape);

const isStage = (name: string): name is Stage => (stages as readonly string[]).includes(name);

/** Of the names given with --with or --without, those that are stages; the engine selects by them. */
export const stagesIn = (names: readonly string[]): readonly Stage[] => names.filter(name => isStage(name));

/** Components switched by --with and --without as values of the configuration; unknown names and contradictions are problems. */
export const componentEntries = (withNames: readonly string[], withoutNames: readonly string[]): Reading => {
	const given = [
		...withNames.map(name => ({name, value: true, place: `--with ${name}`})),
		...withoutNames.map(name => ({name, value: false, place: `--without ${name}`})),
	];
	const known = [...new Set([...componentNames, ...stages])];
	return {
		entries: given.filter(({name}) => componentNames.includes(name))
			.map(({name, value, place}) => ({path: ['components', name], value, origin: {layer: 'flag', place}})),
		problems: [
			...given.filter(({name}) => !known.includes(name)).map(({name, place}) => ({
				code: 'K2D1007' as const, place, message: `unknown stage or component "${name}".${didYouMean(name, known)} There are: ${known.join(', ')}`,
			})),
			...withNames.filter(name => withoutNames.includes(name)).map(name => ({
				code: 'K2D1009' as const, place: `--with ${name}`, message: `"${name}" is also given with --without`,
			})),
		],
	};
};
