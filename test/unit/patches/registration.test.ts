import test from 'ava';
import {registrationChanges, registrationProbe, type FoundVersion, type WantedDatastore} from '../../../scripts/stages/datastore/registration.js';
import {parseRegistration} from '../../../scripts/stages/datastore/registrationState.js';

const wanted: WantedDatastore = {
	name: 'k2hdkc',
	defaultVersion: '1.0.19',
	versions: [
		{name: '1.0.19', active: true, imageTags: ['trove', 'k2hdkc']},
		{name: 'old', version: '1.0.16', active: false, imageTags: ['trove']},
	],
	rules: [
		{name: 'chmpx-server-port', type: 'integer', restart_required: true, min: 1024, max: 65_535},
		{name: 'cluster-name', type: 'string', restart_required: true},
	],
	rulesFile: '/rules.json',
};

const rules = ['chmpx-server-port integer restart 1024 65535', 'cluster-name string restart  '];
const current: FoundVersion = {
	id: 'id-1', name: '1.0.19', version: '1.0.19', manager: 'k2hdkc', imageTags: 'trove,k2hdkc', active: true,
	registryExt: 'trove_k2hdkc.guestagent.manager.Manager', replStrategy: 'unsupported', isDefault: true, rules,
};
const old: FoundVersion = {...current, id: 'id-2', name: 'old', version: '1.0.16', imageTags: 'trove', active: false, isDefault: false};

const commands = (found: readonly FoundVersion[] | undefined): readonly string[] =>
	registrationChanges(wanted, found).map(({args}) => args.join(' '));

const update = (version: string, active: string, tags: string, number: string): string =>
	`datastore_version_update k2hdkc ${version} k2hdkc   ${active} --image-tags ${tags} --version ${number} `
	+ '--registry-ext trove_k2hdkc.guestagent.manager.Manager --repl-strategy unsupported';

const cases: ReadonlyArray<readonly [title: string, found: readonly FoundVersion[] | undefined, expected: readonly string[]]> = [
	['nothing is there', undefined, ['datastore_update k2hdkc ', update('1.0.19', '1', 'trove,k2hdkc', '1.0.19'), update('old', '0', 'trove', '1.0.16')]],
	['versions only', [{...current, isDefault: false, rules: []}, {...old, rules: []}], [
		'db_load_datastore_config_parameters k2hdkc 1.0.19 /rules.json --version 1.0.19',
		'db_load_datastore_config_parameters k2hdkc old /rules.json --version 1.0.16',
		'datastore_update k2hdkc id-1',
	]],
	['all is there', [current, old], []],
	['a version of somebody else', [current, old, {...old, id: 'id-3', name: 'mine', version: '9', active: true, rules: []}], []],
	['other tags', [{...current, imageTags: 'trove'}, old], [update('1.0.19', '1', 'trove,k2hdkc', '1.0.19')]],
	['other class', [current, {...old, registryExt: 'elsewhere.Manager'}], [update('old', '0', 'trove', '1.0.16')]],
	['same name, other number', [current, {...old, version: '1.0.15'}], [update('old', '0', 'trove', '1.0.16')]],
	['changed range', [{...current, rules: [rules[0]!.replace('1024', '1'), rules[1]!]}, old], ['db_load_datastore_config_parameters k2hdkc 1.0.19 /rules.json --version 1.0.19']],
	['parameter that is no more', [{...current, rules: [...rules, 'gone string live  ']}, old], [
		'db_remove_datastore_config_parameters k2hdkc 1.0.19 --version 1.0.19',
		'db_load_datastore_config_parameters k2hdkc 1.0.19 /rules.json --version 1.0.19',
	]],
	['other default', [{...current, isDefault: false}, {...old, isDefault: true}], ['datastore_update k2hdkc id-1']],
];

for (const [title, found, expected] of cases) {
	test(`registration: ${title}`, t => {
		t.deepEqual(commands(found), expected);
	});
}

test('the probe says what differs', t => {
	t.is(registrationProbe(wanted, undefined).state, 'absent');
	t.is(registrationProbe(wanted, []).state, 'absent');
	t.deepEqual(registrationProbe(wanted, [current, old]), {
		state: 'present', evidence: 'Trove has k2hdkc 1.0.19, old with 2 parameters, 1.0.19 is the default.',
	});
	t.deepEqual(registrationProbe(wanted, [{...current, active: false, imageTags: ''}, old]), {
		state: 'broken', evidence: 'Of the datastore k2hdkc, version 1.0.19 differs: image tags, active.',
	});
});

const versionRow = {
	kind: 'version', id: 'id-1', name: '1.0.19', version: '1.0.19', manager: 'k2hdkc', imageTags: 'trove,k2hdkc', active: 1,
	registryExt: 'trove_k2hdkc.guestagent.manager.Manager', replStrategy: 'unsupported', isDefault: 1,
};
const ruleRows = [
	{kind: 'rule', of: 'id-1', name: 'cluster-name', type: 'string', restart: 1, min: '', max: ''},
	{kind: 'rule', of: 'id-1', name: 'chmpx-server-port', type: 'integer', restart: 1, min: '1024', max: '65535'},
	{kind: 'rule', of: 'id-9', name: 'other', type: 'string', restart: 0, min: '', max: ''},
];

test('what the database says is read', t => {
	const output = [{kind: 'datastore'}, versionRow, ...ruleRows].map(row => JSON.stringify(row)).join('\n');
	t.deepEqual(parseRegistration(`${output}\n`), [current]);
});

test('no datastore and a datastore without versions are different', t => {
	t.is(parseRegistration(''), undefined);
	t.deepEqual(parseRegistration('{"kind": "datastore"}\n'), []);
});
