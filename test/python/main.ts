import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {loadConfig} from '../../scripts/config/load.js';
import type {Release} from '../../scripts/config/schema.js';
import {parseTroveSource} from '../../scripts/config/troveSource.js';
import {createLocalMachine} from '../../scripts/machines/local.js';
import {proxyEnvironment} from '../../scripts/sources/proxyEnvironment.js';
import {fetchTrove} from '../../scripts/sources/trove.js';
import type {SourceAccess} from '../../scripts/sources/types.js';
import {applyHunk} from '../../scripts/stages/datastore/hunk.js';
import {readPatch} from '../../scripts/stages/datastore/patchFile.js';
import {installPackage} from '../../scripts/stages/datastore/trovePackage.js';
import {startK2hr3StandIn} from '../fixtures/k2hr3StandIn/api.js';
import {startKeystone} from '../fixtures/keystoneStandIn/keystone.js';
import {demoUsers} from '../fixtures/keystoneStandIn/users.js';
import {runCommand} from '../helpers/runCommand.js';
import {add, nothing, render, renderFailure, renderSkip, type Tally} from '../runner/tally.js';
import {chooseBackupTests} from './backupTests.js';
import {judgeCoverage, measuredRelease, measuring, reporting} from './coverage.js';
import {dashboardVersions, prepareDashboard, prepareHorizon} from './dashboard.js';
import {prepareDependencies, pythonEnvironment, troveDependencies} from './dependencies.js';
import {drivers, prepareDriver, type Driver} from './drivers.js';
import {tallyUnittest} from './tallyUnittest.js';
import {compareSuites, type SuiteRun} from './troveSuite.js';

// The tests of patches/trove-k2hdkc and of images/backup against the real source of each release, with the hunk applied and the
// package installed, and Trove's own, which must not fail for that; those of our drivers against the real sources of Nova and Cinder, and those of patches/trove-dashboard-k2hdkc
// against that of trove-dashboard, in Debian's Horizon.
// Trove's dependencies are Debian's, unpacked; master's source is not on the Python package index, so it is used only where
// TEST_TROVE_MASTER says where it is, e.g. git:/path/to/trove#master.

const workDirectory = path.resolve('build/test-python');
const sideBySide = 2;
const testTimeout = 600_000;

const machine = createLocalMachine();
const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
const access: SourceAccess = {machine, debian: config.sources.debian, python: config.sources.python, env: proxyEnvironment(config.proxy)};

/** Releases of the command line; without any, all. */
const chosen: readonly string[] = process.argv.slice(2);
const isChosen = (release: string): boolean => chosen.length === 0 || chosen.includes(release);

const sourcesToTest = (): ReadonlyArray<readonly [Release, string]> => {
	const master = process.env.TEST_TROVE_MASTER;
	const sources = {...config.sources.trove, ...(master && {master})};
	return (Object.entries(sources) as Array<[Release, string]>).filter(([release, source]) => isChosen(release) && (source.startsWith('pypi:') || source === master));
};

/** Master, which nobody says where it is. */
const left: Tally = isChosen('master') && !process.env.TEST_TROVE_MASTER
	? {...nothing, skipped: 1, skips: [{id: 'test/python › master', reason: 'no package index has the source of Trove\'s master; TEST_TROVE_MASTER says where it is'}]}
	: nothing;

const backupTests = chooseBackupTests();

/** `python3 -m ARGV`, whose output is that of unittest. */
const runModule = async (name: string, argv: readonly string[], options: Parameters<typeof runCommand>[2]): Promise<Tally> => {
	const start = performance.now();
	const {code, stderr} = await runCommand('python3', ['-s', '-m', ...argv], options);
	const tally = tallyUnittest(stderr, code);
	console.log(`${name}: ${render(tally)} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
	if (tally.failed > 0) {
		console.log(stderr);
	}

	return tally;
};

const runTests = async (name: string, tests: readonly string[], options: Parameters<typeof runCommand>[2]): Promise<Tally> =>
	runModule(name, ['unittest', 'discover', '-b', ...tests], options);

/** Where the tests of the client of K2HR3 find what they talk to. */
const startStandIns = async (): Promise<{readonly env: Readonly<Record<string, string>>; readonly stop: () => Promise<void>}> => {
	const keystone = await startKeystone(demoUsers);
	const k2hr3 = await startK2hr3StandIn({keystone: keystone.url});
	return {
		env: {TEST_KEYSTONE_URL: keystone.url, TEST_K2HR3_URL: k2hr3.url},
		async stop() {
			await k2hr3.stop();
			await keystone.stop();
		},
	};
};

type Place = {readonly root: string; readonly site: string; readonly standIns: Readonly<Record<string, string>>};

/** Trove's own unit tests, in its source `tree`, with the packages of `options`. */
const runTroveSuite = async (tree: string, options: Parameters<typeof runCommand>[2]): Promise<SuiteRun> => {
	const run = await runCommand('python3', ['-s', '-m', 'unittest', 'discover', '-b', '-s', 'trove/tests/unittests', '-t', '.'], {...options, cwd: tree});
	// Whoever finds this database believes that the tables are mapped; Trove's tox.ini removes it too.
	await rm(path.join(tree, 'trove_test.sqlite'), {force: true});
	return run;
};

const sayComparison = (name: string, without: SuiteRun, withThem: SuiteRun): Tally => {
	const {tally, newFailures, known} = compareSuites(without, withThem);
	console.log(`${name}, Trove's own tests: ${render(tally)}, and ${known} fail without the patch and the package too`);
	if (tally.failed > 0) {
		console.log(newFailures.length > 0 ? `They fail only with the patch and the package: ${newFailures.join(', ')}\n${withThem.stderr}` : `Without:\n${without.stderr}\nWith:\n${withThem.stderr}`);
	}

	return tally;
};

const datastorePackage = 'trove_k2hdkc';

/** The package's own tests; on one of the releases it is also measured how much of the package they reach. */
const testDatastore = async (release: Release, ref: string, site: string, options: NonNullable<Parameters<typeof runCommand>[2]>): Promise<Tally> => {
	const [name, tests] = [`${release} (${ref})`, ['-s', path.join(site, datastorePackage, 'tests'), '-t', site]];
	if (release !== measuredRelease) {
		return runTests(name, tests, options);
	}

	const tally = await runModule(name, measuring(datastorePackage, ['unittest', 'discover', '-b', ...tests]), options);
	const {stdout} = await runCommand('python3', ['-s', '-m', ...reporting], options);
	const {line, failure} = judgeCoverage(datastorePackage, stdout);
	console.log(`${line}, on ${name}`);
	return failure === undefined ? tally : add(tally, {...nothing, failed: 1, failures: [failure]});
};

const testRelease = async (release: Release, source: string, {root, site, standIns}: Place): Promise<Tally> => {
	const directory = await mkdtemp(path.join(workDirectory, `${release}-`));
	const tree = await fetchTrove(parseTroveSource(source)!, directory, access);
	const options = {cwd: tree.root, timeout: testTimeout, env: {...pythonEnvironment(root, [tree.root, site]), ...standIns, HOME: directory}};
	const without = await runTroveSuite(tree.root, {...options, env: {...options.env, ...pythonEnvironment(root, [tree.root])}});
	await applyHunk(machine, tree.root, await readPatch());
	const datastore = await testDatastore(release, tree.ref, site, options);
	const backup = await runTests(`${release}, backup image`, await backupTests(tree.root), options);
	const troves = sayComparison(`${release} (${tree.ref})`, without, await runTroveSuite(tree.root, options));
	await rm(directory, {recursive: true, force: true});
	return add(add(datastore, backup), troves);
};

/** Any failure to get the program is a failure of the tests: whoever has Trove's dependencies has its. */
const testDriver = async (driver: Driver): Promise<Tally> => {
	const {name, tests, cwd, env} = await prepareDriver(driver, workDirectory, access);
	return runTests(name, ['-s', tests, '-t', '.'], {cwd, timeout: testTimeout, env: {...env, HOME: workDirectory}});
};

const testDashboard = async (version: string, site: string): Promise<Tally> => {
	const {name, argv, cwd, env} = await prepareDashboard(version, workDirectory, site, access);
	return runModule(name, argv, {cwd, timeout: testTimeout, env: {...env, HOME: workDirectory}});
};

/** Does all of it, `sideBySide` at a time. */
const addUp = async (tasks: ReadonlyArray<() => Promise<Tally>>): Promise<Tally> => {
	const waiting = [...tasks];
	let total = nothing;
	await Promise.all(Array.from({length: sideBySide}, async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const tally = await next();
			total = add(total, tally);
		}
	}));
	return total;
};

const runAll = async (): Promise<Tally> => {
	await mkdir(workDirectory, {recursive: true});
	const root = path.join(workDirectory, 'dependencies');
	const reason = await prepareDependencies(root, troveDependencies);
	if (reason !== undefined) {
		return {...nothing, skipped: 1, skips: [{id: 'test/python', reason}]};
	}

	const installation = await mkdtemp(path.join(workDirectory, 'site-'));
	const site = path.join(installation, 'python');
	const env = {...pythonEnvironment(root, [site]), PIP_TARGET: site};
	await installPackage({run: async (argv, options) => machine.run(argv, {...options, env: {...env, ...options?.env}}), upload: machine.upload}, path.join(installation, 'templates'));
	const standIns = await startStandIns();
	await prepareHorizon(workDirectory);
	const total = await addUp([
		...sourcesToTest().map(source => async () => testRelease(...source, {root, site, standIns: standIns.env})),
		...dashboardVersions.filter(({release}) => isChosen(release)).map(({version}) => async () => testDashboard(version, site)),
		...drivers.map(driver => async () => testDriver(driver)),
	]);
	await standIns.stop();
	await rm(installation, {recursive: true, force: true});
	return total;
};

const total = add(left, await runAll());
for (const skip of total.skips) {
	console.log(renderSkip(skip));
}

for (const failure of total.failures) {
	console.log(renderFailure(failure));
}

console.log(render(total));
process.exitCode = total.failed > 0 ? 1 : 0;
