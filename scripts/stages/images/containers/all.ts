import type {Config} from '../../../config/schema.js';
import type {ContainerName} from '../../../config/containerNames.js';
import type {SandboxStep} from '../../sandboxEnv.js';
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

export type ImageSteps = {readonly build: readonly SandboxStep[]; readonly push: readonly SandboxStep[]};

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

/** Steps of container images, by the name of the image; none for those that the configuration cannot have. */
export const containerSteps = (config: Needed): Readonly<Record<ContainerName, ImageSteps>> => {
	const [database, backup] = [databaseOf(config), backupOf(config)];
	return {
		database: database === undefined ? none : databaseSteps(database),
		backup: backup === undefined ? none : backupSteps(backup),
	};
};
