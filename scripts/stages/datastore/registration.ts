import type {Probe} from '../../pipeline/types.js';

/** A parameter of configuration groups, as validation-rules.json has it. */
export type Rule = {
	readonly name: string;
	readonly type: string;
	readonly restart_required: boolean;
	readonly min?: number;
	readonly max?: number;
};

/** What Trove should offer. */
export type WantedDatastore = {
	readonly name: string;
	/** Name of a version; it must be active. */
	readonly defaultVersion: string;
	readonly versions: ReadonlyArray<{
		readonly name: string;
		/** Number, and tag of the container images; the name where there is none. */
		readonly version?: string | undefined;
		readonly active: boolean;
		readonly imageTags: readonly string[];
	}>;
	readonly rules: readonly Rule[];
	/** Path of validation-rules.json on the machine, readable for the user trove. */
	readonly rulesFile: string;
};

export type FoundVersion = {
	readonly id: string;
	readonly name: string;
	readonly version: string;
	readonly manager: string;
	readonly imageTags: string;
	readonly active: boolean;
	readonly registryExt: string;
	readonly replStrategy: string;
	readonly isDefault: boolean;
	/** Text form of each parameter, sorted; see `ruleText`. */
	readonly rules: readonly string[];
};

/** What trove-manage is to be run with, and why. */
export type RegistrationChange = {readonly why: string; readonly args: readonly string[]};

/** Name of the option group and of the parser: fixed by the Python package. */
const manager = 'k2hdkc';
/** Reaches the guest through the database; see docs/datastore.md. */
const registryExt = 'trove_k2hdkc.guestagent.manager.Manager';
/** Trove wants some text here. The guest reads it only for replicas, which are refused before. */
const replStrategy = 'unsupported';

/** One text for the same parameter in validation-rules.json and in the database. */
export const ruleText = ({name, type, restart, min, max}: {readonly name: string; readonly type: string; readonly restart: boolean; readonly min: string; readonly max: string}): string =>
	[name, type, restart ? 'restart' : 'live', min, max].join(' ');

const wantedRules = (rules: readonly Rule[]): readonly string[] => rules
	.map(rule => ruleText({
		name: rule.name, type: rule.type, restart: rule.restart_required, min: String(rule.min ?? ''), max: String(rule.max ?? ''),
	}))
	.toSorted();

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, index) => text === b[index]);

const nameOf = (text: string): string => text.split(' ', 1)[0]!;

const versionChange = (datastore: string, wanted: WantedDatastore['versions'][number], found: FoundVersion | undefined): RegistrationChange | undefined => {
	const {name, active} = wanted;
	const number = wanted.version ?? name;
	const tags = wanted.imageTags.join(',');
	const differing = found && [
		...(found.manager === manager ? [] : ['manager']),
		...(found.imageTags === tags ? [] : ['image tags']),
		...(found.active === active ? [] : ['active']),
		...(found.registryExt === registryExt ? [] : ['manager class']),
		...(found.replStrategy === replStrategy ? [] : ['replication strategy']),
	];
	if (differing?.length === 0) {
		return undefined;
	}

	return {
		why: differing ? `version ${name} differs: ${differing.join(', ')}` : `version ${name} is not registered`,
		args: [
			'datastore_version_update', datastore, name, manager, '', '', active ? '1' : '0',
			'--image-tags', tags, '--version', number, '--registry-ext', registryExt, '--repl-strategy', replStrategy,
		],
	};
};

const rulesChanges = (wanted: WantedDatastore, version: FoundVersion): readonly RegistrationChange[] => {
	const rules = wantedRules(wanted.rules);
	if (same(rules, version.rules)) {
		return [];
	}

	const names = new Set(wanted.rules.map(({name}) => name));
	const why = `the configuration parameters of version ${version.name} differ`;
	const which = [wanted.name, version.name];
	const number = ['--version', version.version];
	return [
		// Loading updates and adds; it takes nothing away.
		...(version.rules.some(text => !names.has(nameOf(text))) ? [{why, args: ['db_remove_datastore_config_parameters', ...which, ...number]}] : []),
		{why, args: ['db_load_datastore_config_parameters', ...which, wanted.rulesFile, ...number]},
	];
};

/**
 * What is to be done next, as far as it can be told from what is there: parameters and the default follow once the
 * versions are registered. Empty when everything is as wanted. Versions that the configuration does not name stay as they are.
 */
export const registrationChanges = (wanted: WantedDatastore, found: readonly FoundVersion[] | undefined): readonly RegistrationChange[] => {
	if (!found) {
		return [{why: `datastore ${wanted.name} is not registered`, args: ['datastore_update', wanted.name, '']}, ...registrationChanges(wanted, [])];
	}

	const matching = wanted.versions.map(version => ({
		version, there: found.find(({name, version: number}) => name === version.name && number === (version.version ?? version.name)),
	}));
	const updates = matching.flatMap(({version, there}) => versionChange(wanted.name, version, there) ?? []);
	const known = matching.flatMap(({there}) => there ?? []);
	const standard = known.find(({name}) => name === wanted.defaultVersion);
	return [
		...updates,
		...known.flatMap(version => rulesChanges(wanted, version)),
		// By id: two versions may have the same name and different numbers.
		...(standard && !standard.isDefault ? [{why: `the default is not ${standard.name}`, args: ['datastore_update', wanted.name, standard.id]}] : []),
	];
};

/** The registration as a step's probe sees it. */
export const registrationProbe = (wanted: WantedDatastore, found: readonly FoundVersion[] | undefined): Probe => {
	const changes = registrationChanges(wanted, found);
	if (!found || found.length === 0) {
		return {state: 'absent', evidence: `Trove has no version of the datastore ${wanted.name}.`};
	}

	return changes.length > 0
		? {state: 'broken', evidence: `Of the datastore ${wanted.name}, ${[...new Set(changes.map(({why}) => why))].join('; ')}.`}
		: {state: 'present', evidence: `Trove has ${wanted.name} ${wanted.versions.map(({name}) => name).join(', ')} with ${wanted.rules.length} parameters, ${wanted.defaultVersion} is the default.`};
};
