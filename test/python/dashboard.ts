import {mkdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {fetchSdist} from '../../scripts/sources/pypi.js';
import type {SourceAccess} from '../../scripts/sources/types.js';
import {isThere, prepareDependencies, pythonEnvironment, type Dependencies} from './dependencies.js';

/**
 * Versions of trove-dashboard: of 2024.1, of 2025.1 as Debian trixie has it and its last one, 2025.2, 2026.1 (of which the first had
 * the panel Clusters on) and 2026.2, which is nearest to master.
 */
export const dashboardVersions = ['22.0.1', '24.0.0', '24.1.0', '25.0.0', '26.0.0', '26.1.0', '27.0.0'] as const;

const dependencies: Dependencies = {program: 'python3-trove-dashboard', others: ['python3-testtools', 'python3-oslotest', 'python3-freezegun', 'python3-testscenarios']};

const rootIn = (workDirectory: string): string => path.join(workDirectory, 'dashboard-dependencies');

/** Unpacks Horizon of the host's Debian. Throws where it cannot be had: whoever has Trove's dependencies has it. */
export const prepareHorizon = async (workDirectory: string): Promise<void> => {
	const reason = await prepareDependencies(rootIn(workDirectory), dependencies);
	if (reason !== undefined) {
		throw new Error(reason);
	}
};

/** The source, kept for the next run. */
const fetchTree = async (version: string, directory: string, access: SourceAccess): Promise<void> => {
	if (await isThere(directory)) {
		return;
	}

	const partial = `${directory}.new`;
	await rm(partial, {recursive: true, force: true});
	await mkdir(partial, {recursive: true});
	const {root} = await fetchSdist('trove-dashboard', version, partial, access);
	await rename(root, directory);
	await rm(partial, {recursive: true, force: true});
};

export type DashboardTests = {readonly name: string; readonly argv: readonly string[]; readonly cwd: string; readonly env: Readonly<Record<string, string>>};

/** How the tests of patches/trove-dashboard-k2hdkc run on one version. `site` has the package trove-k2hdkc installed. */
export const prepareDashboard = async (version: string, workDirectory: string, site: string, access: SourceAccess): Promise<DashboardTests> => {
	const tree = path.join(workDirectory, `trove-dashboard-${version}`);
	await fetchTree(version, tree, access);
	const source = path.resolve('patches/trove-dashboard-k2hdkc');
	return {
		name: `trove-dashboard-k2hdkc (trove-dashboard ${version})`,
		argv: ['django', 'test', '--settings=trove_dashboard_k2hdkc.tests.settings', 'trove_dashboard_k2hdkc.tests'],
		cwd: source,
		env: {...pythonEnvironment(rootIn(workDirectory), [tree, source, site]), PYTHONDONTWRITEBYTECODE: '1'},
	};
};
