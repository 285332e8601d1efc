import type {Machine} from '../../machines/types.js';

export type ImageFile = {readonly file: string; readonly bytes: number; readonly sha256: string};

/** What a finished image is; lies beside its files as manifest.json. */
export type Manifest = {
	readonly name: string;
	/** When it was made, UTC. */
	readonly made: string;
	readonly files: readonly ImageFile[];
	/** Checksum of what it was made from beside its inputs, e.g. an installed prefix on the host. */
	readonly surroundings?: string;
	/** Layers it was made from, by the names of their directories in the store; they stay as long as it does. */
	readonly layers?: readonly string[];
	/** Digests of the container images that a guest image has in it. */
	readonly preloaded?: readonly string[];
};

export const readManifest = async (host: Pick<Machine, 'read'>, directory: string): Promise<Manifest | undefined> => {
	const text = await host.read(`${directory}/manifest.json`);
	return text === undefined ? undefined : JSON.parse(text) as Manifest;
};

/** Measures the files of an image. */
export const describe = async (host: Pick<Machine, 'run'>, directory: string, name: string, files: readonly string[]): Promise<Manifest> => {
	// Four times as fast as sha256sum where that was built without it.
	const {stdout: sums} = await host.run(['openssl', 'dgst', '-sha256', '-r', ...files], {cwd: directory, timeout: 300});
	const {stdout: sizes} = await host.run(['stat', '--format=%s', ...files], {cwd: directory});
	return {
		name, made: `${new Date().toISOString().slice(0, 19)}Z`,
		files: files.map((file, index) => ({file, bytes: Number(sizes.split('\n')[index]), sha256: sums.split('\n')[index]!.split(' ')[0]!})),
	};
};

/** Gives the image in `partial`/image its manifest and its name, in place of one that is there; the rest of `partial` goes. */
export const finishImage = async (host: Pick<Machine, 'write' | 'script'>, partial: string, directory: string, manifest: Manifest): Promise<void> => {
	await host.write(`${partial}/image/manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
	await host.script(`rm -rf '${directory}'\nmv -T '${partial}/image' '${directory}'\nrm -rf --one-file-system '${partial}'\n`);
};
