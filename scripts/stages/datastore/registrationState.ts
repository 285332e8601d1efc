import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import {registrationChanges, ruleText, type FoundVersion, type WantedDatastore} from './registration.js';
import type {TroveTools} from './troveTools.js';

/** Text in single quotes for SQL of MariaDB. */
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\'\'')}'`;

/** One JSON document a line: the datastore, its versions, their parameters. */
const query = (datastore: string): string => `
SELECT JSON_OBJECT('kind', 'datastore') FROM datastores WHERE name = ${literal(datastore)};
SELECT JSON_OBJECT('kind', 'version', 'id', v.id, 'name', v.name, 'version', v.version, 'manager', v.manager,
	'imageTags', COALESCE(v.image_tags, ''), 'active', v.active, 'registryExt', v.registry_ext, 'replStrategy', v.repl_strategy,
	'isDefault', IF(v.id = d.default_version_id, 1, 0))
	FROM datastores d JOIN datastore_versions v ON v.datastore_id = d.id WHERE d.name = ${literal(datastore)} ORDER BY v.name, v.version;
SELECT JSON_OBJECT('kind', 'rule', 'of', p.datastore_version_id, 'name', p.name, 'type', p.data_type, 'restart', p.restart_required,
	'min', COALESCE(p.min_size, ''), 'max', COALESCE(p.max_size, ''))
	FROM datastores d JOIN datastore_versions v ON v.datastore_id = d.id
	JOIN datastore_configuration_parameters p ON p.datastore_version_id = v.id WHERE d.name = ${literal(datastore)};
`;

type VersionRow = Omit<FoundVersion, 'active' | 'isDefault' | 'rules'> & {readonly active: number; readonly isDefault: number};
type RuleRow = {readonly of: string; readonly name: string; readonly type: string; readonly restart: number; readonly min: string; readonly max: string};
type Row = {readonly kind: 'datastore'} | ({readonly kind: 'version'} & VersionRow) | ({readonly kind: 'rule'} & RuleRow);

/** The versions in the output of the query; undefined when there is no such datastore. */
export const parseRegistration = (output: string): readonly FoundVersion[] | undefined => {
	const rows = output.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Row);
	if (!rows.some(({kind}) => kind === 'datastore')) {
		return undefined;
	}

	const rules = rows.filter(row => row.kind === 'rule');
	return rows.filter(row => row.kind === 'version').map(({kind: _kind, ...row}) => ({
		...row,
		active: row.active === 1,
		isDefault: row.isDefault === 1,
		rules: rules.filter(rule => rule.of === row.id).map(rule => ruleText({...rule, restart: rule.restart === 1})).toSorted(),
	}));
};

/** Asks Trove's database. */
export const readRegistration = async (tools: Pick<TroveTools, 'query'>, datastore: string): Promise<readonly FoundVersion[] | undefined> =>
	parseRegistration(await tools.query(query(datastore)));

// Enough for versions first, then what refers to them, then a look that all is done.
const rounds = 3;

const trove = async ({manage}: TroveTools, args: readonly string[], say: (message: string) => void, why: string): Promise<void> => {
	say(why);
	try {
		await manage(args);
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'code') {
			throw new ToolError('K2D6005', `trove-manage ${args[0]} failed: ${why}.`, {lastLines: error.lastLines, cause: error});
		}

		throw error;
	}
};

/**
 * Makes Trove's database say what is wanted, with as few calls of trove-manage as that takes. Reads the result back,
 * because trove-manage reports some faults only in words. K2D6005 when it refuses or has no effect.
 */
export const registerDatastore = async (tools: TroveTools, wanted: WantedDatastore, say: (message: string) => void): Promise<void> => {
	for (let round = 1; ; round++) {
		const changes = registrationChanges(wanted, await readRegistration(tools, wanted.name));
		if (changes.length === 0) {
			return;
		}

		if (round > rounds) {
			throw new ToolError('K2D6005', `trove-manage reported no fault, and still ${changes[0]!.why}.`);
		}

		for (const {why, args} of changes) {
			await trove(tools, args, say, why);
		}
	}
};
