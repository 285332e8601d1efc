import type {CommandRun} from '../cli/context.js';
import {createStyle} from '../report/style.js';
import {formatTable} from '../report/table.js';
import type {DatastoreVersion} from './environment.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {withEnvironment} from './session.js';
import {up} from './up.js';

const renderVersions = (versions: readonly DatastoreVersion[], color: boolean): readonly string[] => {
	if (versions.length === 0) {
		return ['Trove offers no datastore yet. `k2hdkc-devstack datastore register` registers those of the configuration.'];
	}

	const header = ['datastore', 'version', 'active', 'default'].map(word => createStyle(color).bold(word));
	return formatTable([header, ...versions.map(version => [version.datastore, version.name, version.active ? 'yes' : 'no', version.default ? 'yes' : 'no'])], '');
};

/** The datastore versions that Trove offers, asked of its API. */
export const datastoreList: CommandRun = async (context, options) =>
	withEnvironment(context, loadFor(context, options), async environment => {
		const versions = await environment.datastoreVersions();
		printResult(context, options, {document: () => ({datastoreVersions: versions}), lines: color => renderVersions(versions, color)});
		return 0;
	});

/** Does the steps of the stage `registration`; everything below must be in place. */
export const datastoreRegister: CommandRun = async (context, options) => up(context, {...options, only: ['registration']}, []);
