import path from 'node:path';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {packageHash, patchHash} from './content.js';
import {applyHunk, hunkState, revertHunk} from './hunk.js';
import {readPatch} from './patchFile.js';
import {registrationStep} from './registrationStep.js';
import {packagedTrove} from './troveTools.js';
import {installPackage, packageProbe, removePackage} from './trovePackage.js';

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

/** Trove of the sandbox has no version by itself. */
export const datastoreRegistration: SandboxStep = registrationStep<SandboxEnv>({needs: ['trove'], tools: ({machine}) => packagedTrove(machine)});
