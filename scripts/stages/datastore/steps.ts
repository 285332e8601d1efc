import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {packageHash, patchHash} from './content.js';
import {applyHunk, hunkState, revertHunk} from './hunk.js';
import {readPatch} from './patchFile.js';
import {packageSource} from './patchList.js';
import {readRegistration, registerDatastore} from './registrationState.js';
import {registrationProbe, type Rule, type WantedDatastore} from './registration.js';
import {installPackage, packageProbe, removePackage, troveTemplates} from './trovePackage.js';

/** Where Debian's packages put Trove. */
const sitePackages = '/usr/lib/python3/dist-packages';

export const datastoreHunk: SandboxStep = {
	id: 'datastore.hunk',
	stage: 'datastore',
	title: 'Trove loads option groups of packages beside it',
	needs: ['sandbox.machine'],
	inputs: () => ({patch: patchHash()}),
	async probe({env: {machine}}) {
		const {state, evidence} = await hunkState(machine, sitePackages, await readPatch());
		return {state: ({applied: 'present', applicable: 'absent', conflicting: 'broken', missing: 'broken'} as const)[state], evidence};
	},
	async apply({env: {machine}}) {
		await applyHunk(machine, sitePackages, await readPatch());
	},
	undo: {
		depth: 'sources',
		async undo({env: {machine}}) {
			await revertHunk(machine, sitePackages, await readPatch());
		},
	},
	timeout: 120,
	idleTimeout: 120,
	expected: 2,
};

/** Says which content was installed, since the version stays the same while somebody works on the package. */
const installedMark = '/var/lib/k2hdkc-devstack/trove-k2hdkc.sha256';

export const datastorePackage: SandboxStep = {
	id: 'datastore.package',
	stage: 'datastore',
	title: 'Python package trove-k2hdkc and its templates',
	needs: ['datastore.hunk'],
	inputs: () => ({package: packageHash()}),
	async probe({env: {machine}}) {
		const [probe, mark] = await Promise.all([packageProbe(machine), machine.read(installedMark)]);
		if (probe.state !== 'present') {
			return probe;
		}

		return mark?.trim() === packageHash() ? probe : {state: 'broken', evidence: 'trove-k2hdkc was installed from other files than those at hand'};
	},
	async apply({env: {machine}, progress}) {
		progress.say('installing with pip');
		await installPackage(machine);
		await machine.run(['mkdir', '-p', path.dirname(installedMark)]);
		await machine.write(installedMark, `${packageHash()}\n`);
	},
	undo: {
		depth: 'sources',
		async undo({env: {machine}}) {
			await removePackage(machine);
			await machine.run(['rm', '-f', '--', installedMark]);
		},
	},
	timeout: 300,
	idleTimeout: 300,
	expected: 8,
	retry: {attempts: 2, delay: 3},
};

const rules = (): readonly Rule[] =>
	(JSON.parse(readFileSync(path.join(packageSource, 'trove_k2hdkc/templates/k2hdkc/validation-rules.json'), 'utf8')) as {'configuration-parameters': readonly Rule[]})['configuration-parameters'];

const wantedDatastore = ({config: {datastore}}: SandboxEnv): WantedDatastore => ({...datastore, rules: rules(), rulesFile: `${troveTemplates}/validation-rules.json`});

type ListedVersion = {readonly name: string};

export const datastoreRegistration: SandboxStep = {
	id: 'datastore.registration',
	stage: 'registration',
	title: 'Datastore and its versions in Trove',
	needs: ['trove'],
	inputs: env => wantedDatastore(env),
	async probe({env}) {
		const {api, machine, config: {datastore}} = env;
		const probe = registrationProbe(wantedDatastore(env), await readRegistration(machine, datastore.name));
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
		await registerDatastore(env.machine, wantedDatastore(env), progress.say);
	},
	undo: {nothingLeft: 'It lies in the database of the sandbox machine and goes with its disk.'},
	timeout: 600,
	idleTimeout: 600,
	expected: 15,
	retry: {attempts: 2, delay: 3},
};
