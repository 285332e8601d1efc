import {mkdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {startDockerEngine, type DockerEngine} from './dockerEngine.js';
import {installStandIns} from './standIns.js';
import {document, expect} from './tool.js';

/** Real programs instead of the stand-ins: a prefix built for Debian trixie, see docs/conformance.md. */
export const realPrefix = process.env.TEST_K2HDKC_PREFIX;

type Images = {readonly images: ReadonlyArray<{readonly image: string; readonly name: string; readonly tag: string; readonly directory: string}>};

export type PreparedImage = {
	readonly engine: DockerEngine;
	readonly image: string;
	/** Ends the engine, and removes what was made for the image. */
	readonly remove: () => Promise<void>;
};

/** Always in the same place, so that the next file of tests finds the image built. */
const standInPrefix = async (): Promise<string> => {
	const prefix = path.join(tmpdir(), 'k2hdkc-stand-ins-of-tests');
	await rm(prefix, {recursive: true, force: true});
	await mkdir(prefix);
	await installStandIns(prefix);
	return prefix;
};

/** The database image as the tool builds it, in an engine of the test's own. */
export const prepareDatabaseImage = async (t: ExecutionContext): Promise<PreparedImage> => {
	const prefix = realPrefix ?? await standInPrefix();
	const settings = [`sources.k2hdkc=directory:${prefix}`, 'images.database.variant=debian', ...(realPrefix === undefined ? ['images.database.extraPackages=nodejs'] : [])].flatMap(setting => ['--set', setting]);
	await expect(t, 0, ['images', 'build', 'database', ...settings]);
	const {name, tag, directory} = document<Images>(await expect(t, 0, ['images', 'list', '--json', ...settings])).images.find(({image}) => image === 'database')!;
	// Name servers of this host are not to be reached from there, and real programs at a bridge would wait for them.
	const engine = await startDockerEngine(async file => writeFile(file, '{"dns": ["127.0.0.1"]}'), true);
	await engine.done('load', '--input', path.join(directory, 'image.tar'));
	const remove = async (): Promise<void> => {
		await engine.stop();
		await (realPrefix === undefined ? rm(prefix, {recursive: true, force: true}) : undefined);
	};

	return {engine, image: `localhost/${name}:${tag}`, remove};
};
