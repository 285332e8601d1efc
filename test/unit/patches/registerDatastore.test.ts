import test from 'ava';
import {ToolError} from '../../../scripts/errors/toolError.js';
import {CommandError} from '../../../scripts/machines/commandError.js';
import type {WantedDatastore} from '../../../scripts/stages/datastore/registration.js';
import {registerDatastore} from '../../../scripts/stages/datastore/registrationState.js';
import {packagedTrove} from '../../../scripts/stages/datastore/troveTools.js';

const wanted: WantedDatastore = {
	name: 'k2hdkc', defaultVersion: '1', versions: [{name: '1', active: true, imageTags: ['trove']}],
	rules: [{name: 'cluster-name', type: 'string', restart_required: true}], rulesFile: '/rules.json',
};

const version = {
	kind: 'version', id: 'id-1', name: '1', version: '1', manager: 'k2hdkc', imageTags: 'trove', active: 1,
	registryExt: 'trove_k2hdkc.guestagent.manager.Manager', replStrategy: 'unsupported', isDefault: 0,
};

/** A database that trove-manage changes: rows by the command that makes them appear. */
const createCloud = (effects: Readonly<Record<string, readonly object[]>>, failing?: string) => {
	let rows: readonly object[] = [];
	const calls: string[] = [];
	const run = async (argv: readonly string[]) => {
		if (argv[0] === 'mariadb') {
			return {code: 0, stdout: rows.map(row => `${JSON.stringify(row)}\n`).join(''), stderr: '', seconds: 0};
		}

		const command = argv.slice(5, 7).join(' ');
		calls.push(command);
		if (command === failing) {
			throw new CommandError({outcome: 'code', code: 1, argv, machine: 'test', lastLines: ['No such thing'], seconds: 1});
		}

		rows = effects[argv.slice(5).join(' ')] ?? rows;
		return {code: 0, stdout: '', stderr: '', seconds: 0};
	};

	return {tools: packagedTrove({run}), calls};
};

const rule = {kind: 'rule', of: 'id-1', name: 'cluster-name', type: 'string', restart: 1, min: '', max: ''};
const effects = {
	'datastore_update k2hdkc ': [{kind: 'datastore'}],
	'datastore_version_update k2hdkc 1 k2hdkc   1 --image-tags trove --version 1 --registry-ext trove_k2hdkc.guestagent.manager.Manager --repl-strategy unsupported': [{kind: 'datastore'}, version],
	'db_load_datastore_config_parameters k2hdkc 1 /rules.json --version 1': [{kind: 'datastore'}, version, rule],
	'datastore_update k2hdkc id-1': [{kind: 'datastore'}, {...version, isDefault: 1}, rule],
};

test('versions first, then their parameters and the default; nothing the second time', async t => {
	const {tools, calls} = createCloud(effects);
	const said: string[] = [];
	await registerDatastore(tools, wanted, message => said.push(message));
	t.deepEqual(calls, ['datastore_update k2hdkc', 'datastore_version_update k2hdkc', 'db_load_datastore_config_parameters k2hdkc', 'datastore_update k2hdkc']);
	t.is(said.length, 4);
	await registerDatastore(tools, wanted, message => said.push(message));
	t.is(said.length, 4);
});

test('a fault that trove-manage reports', async t => {
	const {tools} = createCloud(effects, 'db_load_datastore_config_parameters k2hdkc');
	const error = await t.throwsAsync(registerDatastore(tools, wanted, () => undefined), {instanceOf: ToolError, code: 'K2D6005'});
	t.is(error.message, 'trove-manage db_load_datastore_config_parameters failed: the configuration parameters of version 1 differ.');
	t.deepEqual(error.details.lastLines, ['No such thing']);
});

test('a fault that trove-manage does not report', async t => {
	const {tools, calls} = createCloud({...effects, 'datastore_update k2hdkc id-1': [{kind: 'datastore'}, version, rule]});
	await t.throwsAsync(registerDatastore(tools, wanted, () => undefined), {
		instanceOf: ToolError, code: 'K2D6005', message: 'trove-manage reported no fault, and still the default is not 1.',
	});
	t.true(calls.length < 10, 'it does not go on for ever');
});
