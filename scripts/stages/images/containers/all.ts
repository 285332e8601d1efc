import type {Config} from '../../../config/schema.js';
import type {ContainerName} from '../../../config/containerNames.js';
import {imageVersions} from '../../../config/imageVersions.js';
import type {Step} from '../../../pipeline/types.js';
import type {CloudEnv, ImageStep, RegistryEnv} from '../../imageEnv.js';
import {guestSources} from '../guestSources.js';
import {backupOf, type Backup} from './backup.js';
import {baseStep} from './base.js';
import {buildStep} from './build.js';
import {checkStep} from './check.js';
import {databaseOf, type Database} from './definition.js';
import {pushStep} from './push.js';
import {pythonStep} from './pythonLayer.js';
import {fetchStep} from './ready.js';

type Needed = Pick<Config, 'datastore' | 'images' | 'release' | 'sources'>;

/** A step that puts an image where it is used. */
export type PushStep = Step<CloudEnv & RegistryEnv>;

export type ImageSteps = {readonly build: readonly ImageStep[]; readonly push: readonly PushStep[]};

const none: ImageSteps = {build: [], push: []};

const databaseSteps = (database: Database): ImageSteps => ({
	build: [
		...('from' in database
			? [fetchStep(database)]
			: [baseStep(database.layer), buildStep(database, 'Database image: K2HDKC and its entrypoint')]),
		checkStep(database, 'Database image keeps its contract: user, ports, modes, programs, commands'),
	],
	push: [pushStep(database, 'Database image in the registry, with the tag that the datastore version asks for')],
});

const backupSteps = (backup: Backup): ImageSteps => ({
	build: [
		...('from' in backup
			? [fetchStep(backup)]
			: [
				guestSources,
				...(backup.python === undefined ? [] : [pythonStep(backup.python)]),
				buildStep(backup, 'Backup image: Trove\'s program with our driver, over the database image'),
			]),
		checkStep(backup, 'Backup image keeps its contract: user, modes, command lines of all releases'),
	],
	push: [pushStep(backup, 'Backup image in the registry, with the tag that the datastore version asks for')],
});

/** Images of one version. */
type Made = {readonly suffix: string; readonly database: Database | undefined; readonly backup: Backup | undefined};

/** Directories in the store of what an image of the version is made from, by the step that makes it. */
const layersOf = ({database, backup}: Made): ReadonlyMap<string, string> => new Map([
	...(database !== undefined && 'layer' in database ? [['images.containers.base', database.layer.directory] as const] : []),
	...(backup !== undefined && 'python' in backup && backup.python !== undefined ? [['images.backup.python', backup.python.directory] as const] : []),
]);

const ofImage = /^images\.(?:containers|database|backup)\b/;

/** The id that a step of one version has among those of all: layers are made once, by the first version that has them. */
const idAmong = (all: readonly Made[], made: Made, id: string): string => {
	const layer = layersOf(made).get(id);
	const {suffix} = layer === undefined ? made : all.find(other => layersOf(other).get(id) === layer)!;
	return ofImage.test(id) ? `${id}${suffix}` : id;
};

/** Steps of container images, by the name of the image; none for those that the configuration cannot have. */
export const containerSteps = (config: Needed): Readonly<Record<ContainerName, ImageSteps>> => {
	const all: readonly Made[] = imageVersions(config).map(({suffix, config: each}) => ({suffix, database: databaseOf(each), backup: backupOf(each)}));
	const join = <S extends PushStep>(stepsOf: (made: Made) => readonly S[]): readonly S[] => {
		const steps = all.flatMap(made => stepsOf(made).map(step => step.id === guestSources.id
			? step
			: {...step, id: idAmong(all, made, step.id), needs: step.needs.map(id => idAmong(all, made, id)), ...(made.suffix !== '' && {title: `${step.title} (${made.suffix.slice(1)})`})}));
		return steps.filter(({id}, index) => steps.findIndex(other => other.id === id) === index);
	};

	const ofDatabase = ({database}: Made): ImageSteps => database === undefined ? none : databaseSteps(database);
	const ofBackup = ({backup}: Made): ImageSteps => backup === undefined ? none : backupSteps(backup);
	return {
		database: {build: join(made => ofDatabase(made).build), push: join(made => ofDatabase(made).push)},
		backup: {build: join(made => ofBackup(made).build), push: join(made => ofBackup(made).push)},
	};
};
