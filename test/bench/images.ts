import {randomUUID} from 'node:crypto';
import {cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {backupContract} from '../../scripts/stages/images/containers/backupContract.js';
import {databaseContract} from '../../scripts/stages/images/containers/databaseContract.js';
import {askTool, reasonAgainstBuilding, removeBuilt, timeMmdebstrap, timeUp} from './build.js';
import {timeDiskImageBuilder} from './diskImageBuilder.js';
import type {Bench, Figure, Gap, Result} from './figure.js';
import {timeOk, tool} from './measure.js';

/** Packages of the root that an image begins with. */
type Root = {readonly packages: readonly string[]; readonly suite: string};

type Row = {
	/** As `images build` names it. */
	readonly image: string;
	/** Words of the command line that it is configured by. */
	readonly settings: readonly string[];
	/** Steps that make it, without those that look whether it works: the question here is another one. */
	readonly steps: readonly string[];
	/** Makes one file of it another one. Words of the command line that bring this about; none when the file lies outside the configuration. */
	readonly change: () => Promise<readonly string[]>;
	/** What other builders take for this root. */
	readonly others: ReadonlyArray<{readonly what: string; readonly time: (root: Root) => Promise<number | {readonly skip: string}>}>;
	/** The largest that it may be, by its contract. */
	readonly sizeBudget?: number;
};

const set = (...settings: readonly string[]): readonly string[] => settings.flatMap(setting => ['--set', setting]);

/** Not by --with: that is the name of a stage too, whose steps it adds to the others. */
const only = (...steps: readonly string[]): readonly string[] => [...set('components.images=true'), ...['host.packages', 'images.store', 'images.tools', ...steps].flatMap(step => ['--only', step])];

const guest: Row = {
	image: 'guest',
	settings: [],
	steps: ['images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest'],
	change: async () => set('images.guest.ipv6=true'),
	others: [{what: 'diskimage-builder, a tar of them', time: timeDiskImageBuilder}],
};

/** STAND-INS for K2HDKC as an installed prefix in `directory`. They need Node, so the image gets it too. */
const database = (directory: string): Row => ({
	image: 'database',
	settings: set(`sources.k2hdkc=directory:${directory}`, 'images.database.variant=debian', 'images.database.extraPackages=nodejs'),
	steps: ['images.containers.base', 'images.database'],
	async change() {
		await writeFile(path.join(directory, 'bin/k2hdkclinetool'), `#!/bin/sh\n# ${randomUUID()}\n`, {mode: 0o755});
		return [];
	},
	others: [],
	sizeBudget: databaseContract('').sizeBudget,
});

/** The backup image over that database image, which is made already. */
const backup = (database: Row): Row => ({...database, image: 'backup', steps: [...database.steps, 'images.guest.sources', 'images.backup.python', 'images.backup'], sizeBudget: backupContract('').sizeBudget});

const installStandIns = async (): Promise<string> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-bench-stand-ins-'));
	await cp('test/fixtures/k2hdkcStandIn', directory, {recursive: true});
	await mkdir(path.join(directory, 'lib'));
	return directory;
};

const share = 0.15;
const mebibyte = 1024 * 1024;

/** What others are measured by; undefined when the image begins with one that exists. */
const rootOf = async ({image, settings}: Row): Promise<Root | undefined> => {
	const {recipes} = await askTool<{recipes: Record<string, {base?: Partial<Root>}>}>('images', 'build', image, '--dry-run', '--json', ...settings);
	const {packages, suite} = recipes[image]?.base ?? {};
	return packages && suite !== undefined ? {packages, suite} : undefined;
};

const sizesOf = async ({image, settings, sizeBudget}: Row): Promise<readonly Figure[]> => {
	const {images} = await askTool<{images: ReadonlyArray<{image: string; files: ReadonlyArray<{file: string; bytes: number}>}>}>('images', 'list', '--json', ...settings);
	return images.filter(each => each.image === image).flatMap(({files}) => files).map(({file, bytes}) => ({
		what: `${image}: size of ${file}`, value: bytes / mebibyte, unit: 'MiB',
		...(sizeBudget !== undefined && {budget: {value: sizeBudget, words: 'its contract'}}),
	}));
};

/** The same root by other builders. */
const measureOthers = async (row: Row): Promise<ReadonlyArray<Figure | Gap>> => {
	const root = await rootOf(row);
	if (!root) {
		return [];
	}

	const figures: Array<Figure | Gap> = [];
	for (const {what, time} of [{what: 'mmdebstrap of the same packages', time: async () => timeMmdebstrap(root.packages, root.suite)}, ...row.others]) {
		const value = await time(root);
		figures.push(typeof value === 'number' ? {what, value, unit: 's'} : {what, ...value});
	}

	return figures;
};

const measure = async (row: Row): Promise<ReadonlyArray<Figure | Gap>> => {
	const {image, settings, steps, change} = row;
	const others = await measureOthers(row);
	const build = async (...words: readonly string[]): Promise<number> => timeUp(...only(...steps), ...settings, ...words);
	const cold = await build();
	const sizes = await sizesOf(row);
	const again = await build();
	const changed = await build(...await change());
	const start = await timeOk(tool('--version'));
	return [
		...others.map(other => ({...other, what: `${image}: ${other.what}`})),
		{what: `${image}: from nothing`, value: cold, unit: 's', of: others.flatMap(each => 'skip' in each ? [] : [{value: each.value, words: each.what}])},
		{what: `${image}: again, nothing changed`, value: again, unit: 's', budget: {value: start + 1, words: '1 s beyond the start of the tool'}},
		{what: `${image}: again, one file of it changed`, value: changed, unit: 's', budget: {value: cold * share, words: `${share * 100} % of from nothing`}, of: [{value: cold, words: 'from nothing'}]},
		...sizes,
	];
};

export const images: Bench = {
	title: 'each image from nothing and again, against other builders of the same packages, once each',
	async run(): Promise<Result> {
		const reason = reasonAgainstBuilding();
		if (reason !== undefined) {
			return {skip: reason};
		}

		const standIns = await installStandIns();
		try {
			// The programs that make images are no part of a build.
			await timeUp(...only());
			const figures: Array<Figure | Gap> = [];
			const ofDatabase = database(standIns);
			for (const row of [guest, ofDatabase, backup(ofDatabase)]) {
				figures.push(...await measure(row));
			}

			return figures;
		} finally {
			await rm(standIns, {recursive: true, force: true});
		}
	},
	cleanUp: removeBuilt,
};
