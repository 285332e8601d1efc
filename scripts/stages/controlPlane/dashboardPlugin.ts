import path from 'node:path';
import {dashboardSource} from '../datastore/patchList.js';
import {installSource, sourceHash, uninstall} from '../pythonPackage.js';
import type {SandboxStep} from '../sandboxEnv.js';

const name = 'trove-dashboard-k2hdkc';

/** Horizon reads every file in it; it is Debian's place for those of plugins. */
const enabledDirectory = '/usr/lib/python3/dist-packages/openstack_dashboard/local/enabled';
const enabledFile = `${enabledDirectory}/_1741_project_database_k2hdkc.py`;

/** Says which content was installed, since the version stays the same while somebody works on the package. */
const installedMark = `/var/lib/k2hdkc-devstack/${name}.sha256`;

const copyEnabled = `
enabled=$1
from=$(python3 -c 'import os, trove_dashboard_k2hdkc; print(os.path.dirname(trove_dashboard_k2hdkc.__file__))')
install -m 644 "$from/enabled/$(basename "$enabled")" "$enabled"
`;

/** Whether the package is there and its file is the one that Horizon reads. */
const lookScript = `
from=$(python3 -c 'import os, trove_dashboard_k2hdkc; print(os.path.dirname(trove_dashboard_k2hdkc.__file__))' 2>/dev/null) || { echo none; exit; }
cmp -s "$from/enabled/$(basename "$1")" "$1" && echo same || echo differs
`;

/** What of this project is inside Horizon: a change means that Apache starts anew. */
export const dashboardAdditions = (): unknown => ({package: sourceHash(dashboardSource)});

export const dashboardPlugin: SandboxStep = {
	id: 'dashboard.k2hdkc',
	stage: 'datastore',
	title: 'Python package trove-dashboard-k2hdkc, and its file for Horizon',
	needs: ['dashboard.packages', 'datastore.package'],
	inputs: dashboardAdditions,
	async probe({env: {machine}}) {
		const [{stdout}, mark] = await Promise.all([machine.run(['sh', '-c', lookScript, 'sh', enabledFile], {cwd: '/', timeout: 60}), machine.read(installedMark)]);
		const look = stdout.trim();
		if (look === 'none') {
			return {state: 'absent', evidence: `python3 finds no package ${name}.`};
		}

		if (look === 'differs') {
			return {state: 'broken', evidence: `${enabledFile} is not that of ${name}.`};
		}

		return mark?.trim() === sourceHash(dashboardSource)
			? {state: 'present', evidence: `${name} is installed, and Horizon reads ${path.basename(enabledFile)}.`}
			: {state: 'broken', evidence: `${name} was installed from other files than those at hand`};
	},
	async apply({env: {machine}, progress}) {
		progress.say('installing with pip');
		await installSource(machine, dashboardSource);
		await machine.run(['sh', '-euc', copyEnabled, 'sh', enabledFile], {cwd: '/', timeout: 60});
		await machine.run(['mkdir', '-p', path.dirname(installedMark)]);
		await machine.write(installedMark, `${sourceHash(dashboardSource)}\n`);
	},
	undo: {
		depth: 'sources',
		async undo({env: {machine}}) {
			await machine.run(['rm', '-f', '--', enabledFile, installedMark]);
			const {code} = await machine.run(['python3', '-c', 'import trove_dashboard_k2hdkc'], {cwd: '/', allow: [0, 1]});
			if (code === 0) {
				await uninstall(machine, name);
			}
		},
	},
	timeout: 300,
	idleTimeout: 300,
	expected: 8,
	retry: {attempts: 2, delay: 3},
};
