import path from 'node:path';
import process from 'node:process';
import {borrowRoot} from './borrowRoot.js';
import type {Servers} from './servers.js';
import {installStandIns} from './standIns.js';
import {document, run} from './tool.js';

const real = process.env.TEST_K2HDKC_PREFIX;

/** Programs of K2HDKC that every `up` names: those that TEST_K2HDKC_PREFIX names, otherwise STAND-INS, which stay in the working copy. */
const prefix = real ?? path.resolve('build/k2hdkc-stand-ins');

/** An environment with a compute host, and what its servers start from and pull: one configuration for all that looks at it. */
export const settings: readonly string[] = [
	'components.compute=true', 'components.images=true',
	`sources.k2hdkc=directory:${prefix}`, 'images.database.variant=debian', 'images.database.extraPackages=nodejs',
].flatMap(setting => ['--set', setting]);

/** Neither the boot of the disk, which takes minutes without KVM, nor what puts it into Glance after that, nor the backup image. */
const steps = [
	'machine', 'sources', 'control-plane', 'datastore', 'datastore.registration',
	'registry.download', 'registry.packages', 'registry', 'registry.trust',
	'images.store', 'images.tools', 'images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest',
	'images.containers.base', 'images.database', 'images.database.check', 'images.database.push',
];

/** Words that build all of it, or look whether it stands. */
export const up: readonly string[] = ['up', ...settings, ...steps.flatMap(step => ['--only', step])];

/** Further steps, for those who back up. */
export const backupSteps = ['images.backup.python', 'images.backup', 'images.backup.check', 'images.backup.push'] as const;

const second = '1.0.20';

/** Words for a second version, to upgrade to. Its images are made of the same programs. */
export const twoVersions: readonly string[] = ['--set', `datastore.versions=${JSON.stringify([
	{name: '1.0.19', active: true, imageTags: ['trove', 'k2hdkc']},
	{name: second, variant: 'debian', active: true, imageTags: ['trove', 'k2hdkc']},
])}`];

/** Further steps, for those who back up instances of both. */
export const stepsOfTwoVersions = [
	...backupSteps,
	...['database', 'database.check', 'database.push', 'backup', 'backup.check', 'backup.push'].map(step => `images.${step}.${second}`),
];

/** What is to be there before the first of them. */
export const prepare = async (): Promise<void> => {
	await borrowRoot();
	await (real === undefined && installStandIns(prefix));
};

type GuestImage = {
	/** Its name in Glance. */
	readonly name?: string;
	/** Words for how it is built otherwise. */
	readonly more?: readonly string[];
};

/** Puts the root of the built guest image, a tar, into Glance. Returns its id. */
export const addGuestImage = async (servers: Servers, {name = 'guest', more = []}: GuestImage = {}): Promise<string> => {
	const {images} = document<{images: ReadonlyArray<{image: string; directory: string}>}>(await run(['images', 'list', '--json', ...settings, ...more]));
	return servers.addImage(path.join(images.find(({image}) => image === 'guest')!.directory, 'root.tar'), {name, tags: ['trove', 'k2hdkc']});
};
