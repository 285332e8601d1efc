import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Probe} from '../../pipeline/types.js';
import {diskScript} from '../images/diskScript.js';
import {grubFile} from '../images/definition.js';
import {deleteImage, ownImages, sortImages, type Wanted} from '../images/glance.js';
import {describe, finishImage, readManifest, type Manifest} from '../images/manifest.js';
import {emptyPartial} from '../images/partial.js';
import {pruneImages} from '../images/prune.js';
import {putIntoGlance} from '../images/putIntoGlance.js';
import {aptWaiting} from '../machine/aptDownload.js';
import {suiteMirror} from '../machine/debianSources.js';
import {makeRoot, rootMade} from '../machine/mmdebstrap.js';
import {ToolError} from '../../errors/toolError.js';
import type {CloudEnv, CloudStep, ImageEnv, ImageStep} from '../imageEnv.js';
import {buildInside, buildScript} from './buildScript.js';
import {baseInputs, definition, fromGuest, hooks, imageInputs, k2hr3Directories, packages, readGuestFile, suite} from './definition.js';
import {serverName} from './facts.js';
import {copyPrefix, prefixChecksum, prefixOf} from './prefix.js';

const inStore = {nothingLeft: 'It lies in the store of images and goes with it.'} as const;

export const k2hr3Base: ImageStep = {
	id: 'images.k2hr3.base',
	stage: 'images',
	title: 'Root file system of the K2HR3 server',
	needs: ['images.store'],
	inputs: baseInputs,
	reaches: () => [suiteMirror(suite)],
	namedByInputs: true,
	async probe({env}) {
		const {base} = k2hr3Directories(env);
		const made = await rootMade(env, base);
		return made === undefined ? {state: 'absent', evidence: `${base} is not there`} : {state: 'present', evidence: `${base}, made ${made}`};
	},
	async apply(context) {
		await makeRoot(context, {root: k2hr3Directories(context.env).base, suite, packages: packages(), hooks});
	},
	undo: inStore,
	timeout: 3600,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 50,
	retry: {attempts: 2, delay: 10},
};

/** Says so when an image that is there was made from other programs than there are now. */
export const changedPrograms = async (env: ImageEnv, manifest: Manifest): Promise<string | undefined> => {
	try {
		return manifest.surroundings === await prefixChecksum(env) ? undefined : `the programs in ${prefixOf(env)} are others now`;
	} catch (error) {
		// Making the image brings them again, or says what is wrong as an error with its remedy.
		if (error instanceof ToolError) {
			return error.message;
		}

		throw error;
	}
};

const imageProbe = async (env: ImageEnv): Promise<Probe> => {
	const {image} = k2hr3Directories(env);
	const manifest = await readManifest(env.host, image);
	if (manifest === undefined) {
		return {state: 'absent', evidence: `${image} holds no finished image`};
	}

	const why = await changedPrograms(env, manifest);
	return why === undefined
		? {state: 'present', evidence: `${manifest.name}, made ${manifest.made}, in ${image}`}
		: {state: 'broken', evidence: `${manifest.name}: ${why}`};
};

/** Directories of the store that the image is made from, by their names. */
const layersOf = (env: ImageEnv): readonly string[] => [k2hr3Directories(env).base, prefixOf(env)].map(directory => path.relative(env.paths.images, directory)).filter(name => !name.startsWith('..'));

export const k2hr3ImageFile: ImageStep = {
	id: 'images.k2hr3',
	stage: 'images',
	title: 'Image of the K2HR3 server: its programs, units and cloud-init in a root, as a disk and as a tar',
	needs: ['images.k2hr3.base', 'images.tools'],
	inputs: ({config}) => imageInputs(config),
	probe: async ({env}) => imageProbe(env),
	async apply({env, job, progress}) {
		const {host} = env;
		const {base, image} = k2hr3Directories(env);
		const surroundings = await prefixChecksum(env);
		const partial = await emptyPartial(env, image);
		progress.say(`copying ${prefixOf(env)}`);
		await host.upload(`${definition}/files`, `${partial}/files`);
		for (const name of fromGuest) {
			await host.write(`${partial}/files/${name}`, readGuestFile(name), {mode: 0o644});
		}

		await host.write(`${partial}/grub.cfg`, readFileSync(grubFile, 'utf8'));
		await host.script(`find '${partial}/files' -type d -exec chmod 755 {} +\nchmod 755 '${partial}/files/usr/local/libexec/'*\nchown -R root: '${partial}/files'\n`);
		await copyPrefix(env, `${partial}/files/usr/local`);
		await job(host, ['unshare', '--mount', 'sh', '-euc', buildScript, 'sh', base, `${partial}/files`, partial], {env: {INSIDE: buildInside}});
		await job(host, ['unshare', '--mount', 'sh', '-euc', diskScript, 'sh', `${partial}/grub.cfg`, `${partial}/image`, `${partial}/files`, base]);
		const manifest = {...await describe(host, `${partial}/image`, serverName, ['disk.qcow2', 'root.tar']), surroundings, layers: layersOf(env)};
		await finishImage(host, partial, image, manifest);
		await pruneImages(env);
	},
	undo: inStore,
	timeout: 900,
	idleTimeout: 300,
	expected: 50,
	retry: {attempts: 2, delay: 5},
};

/** What Glance is to have: named for the inputs and the programs, since those may change while the inputs stay. */
const wantedOf = async (env: CloudEnv): Promise<{readonly wanted: Wanted; readonly file: string} | undefined> => {
	const {image} = k2hr3Directories(env);
	const manifest = await readManifest(env.host, image);
	const {file: name, format} = env.serverDisk;
	const file = manifest?.files.find(each => each.file === name);
	return file && {file: `${image}/${file.file}`, wanted: {origin: `${image.slice(image.lastIndexOf('/') + 1)}-${file.sha256.slice(0, 16)}`, bytes: file.bytes, tags: ['k2hr3'], format, distribution: 'debian'}};
};

/** Id of the image in Glance; undefined when it has none of these inputs. */
export const registeredImage = async (env: CloudEnv, timeout?: number): Promise<string | undefined> => {
	const found = await wantedOf(env);
	return found && sortImages(await ownImages(env.api, 'k2hr3', timeout), found.wanted).current?.id;
};

export const k2hr3Image: CloudStep = {
	id: 'k2hr3.image',
	stage: 'k2hr3',
	title: 'Image of the K2HR3 server in Glance',
	needs: ['images.k2hr3', 'glance'],
	inputs: ({config}) => imageInputs(config),
	async probe({env}) {
		const id = await registeredImage(env);
		return id === undefined ? {state: 'absent', evidence: 'Glance has no image of these inputs'} : {state: 'present', evidence: `Glance has image ${id}`};
	},
	async apply({env, job, progress}) {
		const found = await wantedOf(env);
		if (!found) {
			throw new ToolError('K2D6042', `${k2hr3Directories(env).image} holds no finished image`);
		}

		await putIntoGlance(env, {kind: 'k2hr3', name: serverName, ...found}, {progress, job: async (argv, input) => job(env.host, argv, {input})});
	},
	undo: {
		nothingLeft: 'It lies among the data of Glance and goes with them.',
		async release({env: {api}}) {
			for (const {id} of await ownImages(api, 'k2hr3')) {
				await deleteImage(api, id);
			}
		},
	},
	timeout: 900,
	idleTimeout: 600,
	expected: 10,
	retry: {attempts: 2, delay: 5},
};
