import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Step} from '../../pipeline/types.js';
import type {CloudEnv} from '../imageEnv.js';
import {packageSource} from './patchList.js';
import {registrationProbe, type Rule, type WantedDatastore} from './registration.js';
import {readRegistration, registerDatastore} from './registrationState.js';
import {troveTemplates} from './trovePackage.js';
import type {TroveTools} from './troveTools.js';

const rules = (): readonly Rule[] =>
	(JSON.parse(readFileSync(path.join(packageSource, 'trove_k2hdkc/templates/k2hdkc/validation-rules.json'), 'utf8')) as {'configuration-parameters': readonly Rule[]})['configuration-parameters'];

const wantedDatastore = ({config: {datastore}}: Pick<CloudEnv, 'config'>): WantedDatastore => ({...datastore, rules: rules(), rulesFile: `${troveTemplates}/validation-rules.json`});

type ListedVersion = {readonly name: string};

type Registering<E> = {readonly needs: readonly string[]; readonly tools: (env: E) => TroveTools};

/** Makes Trove know the datastore, its versions and their parameters. */
export const registrationStep = <E extends CloudEnv>({needs, tools}: Registering<E>): Step<E> => ({
	id: 'datastore.registration',
	stage: 'registration',
	title: 'Datastore and its versions in Trove',
	needs,
	inputs: env => wantedDatastore(env),
	async probe({env}) {
		const {api, config: {datastore}} = env;
		const probe = registrationProbe(wantedDatastore(env), await readRegistration(tools(env), datastore.name));
		if (probe.state !== 'present') {
			return probe;
		}

		const {body} = await api.request({url: `${api.url.database}/${await api.projectId()}/datastores/${datastore.name}/versions`});
		const listed = (body as {versions: ListedVersion[]}).versions.map(({name}) => name);
		const hidden = datastore.versions.filter(version => version.active && !listed.includes(version.name));
		return hidden.length === 0
			? {state: 'present', evidence: `${probe.evidence} Its API lists ${listed.join(', ')}.`}
			: {state: 'broken', evidence: `Trove's API does not list ${hidden.map(({name}) => name).join(', ')}.`};
	},
	async apply({env, progress}) {
		await registerDatastore(tools(env), wantedDatastore(env), progress.say);
	},
	undo: {nothingLeft: 'It lies in the database of Trove and goes with that.'},
	timeout: 600,
	idleTimeout: 600,
	expected: 15,
	retry: {attempts: 2, delay: 3},
});
