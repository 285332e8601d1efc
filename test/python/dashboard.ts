import {mkdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import type {Release} from '../../scripts/config/schema.js';
import {fetchSdist} from '../../scripts/sources/pypi.js';
import type {SourceAccess} from '../../scripts/sources/types.js';
import {isThere, prepareDependencies, pythonEnvironment, type Dependencies} from './dependencies.js';

/** Versions of trove-dashboard: for 2025.1 that of Debian trixie, and the last one; for 2026.1 the first one too, which had the panel Clusters on. */
export const dashboardVersions: ReadonlyArray<{readonly release: Release; readonly version: string}> = [
	{release: '2024.1', version: '22.0.1'},
	{release: '2025.1', version: '24.0.0'},
	{release: '2025.1', version: '24.1.0'},
	{release: '2025.2', version: '25.0.0'},
	{release: '2026.1', version: '26.0.0'},
	{release: '2026.1', version: '26.1.0'},
	{release: '2026.2', version: '27.0.0'},
];

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
