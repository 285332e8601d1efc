import path from 'node:path';
import {z} from 'zod';
import {diskFile, type DiskFile} from '../../config/guestFile.js';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {hashInputs} from '../../pipeline/hash.js';
import {formatBytes} from '../../report/bytes.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {contract} from './bootAnswers.js';
import {bootStep} from './bootCheck.js';
import {emptyPartial} from './partial.js';
import {describe, finishImage, readManifest} from './manifest.js';

/** The guest image of the configuration that was built elsewhere; steps that ask are not there without one. */
export const wantedFile = ({images: {guest}}: Pick<Config, 'images'>): DiskFile => diskFile(guest.file!);

/** Name of its directory in the store. */
export const guestFileName = (config: Pick<Config, 'images'>): string => `guest-file-${hashInputs(wantedFile(config)).slice(0, 16)}`;

export const guestFileDirectory = ({config, paths}: Pick<ImageEnv, 'config' | 'paths'>): string => `${paths.images}/${guestFileName(config)}`;

/** What the image is called, here and in Glance. */
export const nameOfFile = (file: string): string => path.basename(file).replace(/\.(?:qcow2|raw|img)$/, '');

const infoSchema = z.object({
	format: z.string(),
	'backing-filename': z.string().optional(),
	'format-specific': z.object({data: z.object({'data-file': z.string().optional()}).loose().optional()}).loose().optional(),
});

/**
 * What speaks against a disk, by what `qemu-img info` says and the last two bytes of its first sector in hex; undefined when nothing does.
 * qemu calls everything raw that it does not know. A disk that names other files could have those of the host read.
 */
export const diskFault = (info: string, signature: string): string | undefined => {
	const parsed = infoSchema.safeParse(JSON.parse(info));
	const {format, 'backing-filename': backing, 'format-specific': specific} = parsed.data ?? {format: 'unknown'};
	const other = backing ?? specific?.data?.['data-file'];
	if (format !== 'qcow2' && format !== 'raw') {
		return `its format is ${format}, not qcow2 or raw`;
	}

	if (other !== undefined) {
		return `it is not whole: the rest is in ${other}`;
	}

	return format === 'raw' && signature !== '55aa' ? 'it is no disk image: it has neither the head of a qcow2 nor a boot sector' : undefined;
};

const lookScript = `
qemu-img info --output=json "$1"
printf '\\n--\\n'
od -An -tx1 -j510 -N2 "$1" | tr -d ' \\n'
`;

/** Copies the disk into the store as qcow2; a raw one would take many times its place. */
const takeScript = `
mkdir -p "$2"
if [ "$3" = raw ]; then
  qemu-img convert -f raw -c -O qcow2 -o compression_type=zstd "$1" "$2/disk.qcow2"
else
  mv "$1" "$2/disk.qcow2"
fi
rm -f "$1"
`;

const checkRoom = async ({host, paths}: ImageEnv, {file, bytes}: DiskFile): Promise<void> => {
	const {stdout} = await host.run(['df', '--block-size=1', '--output=avail', '--', paths.images]);
	const free = Number(stdout.trim().split('\n').at(-1));
	if (free < bytes * 1.1) {
		throw new ToolError('K2D2201', `${file} has ${formatBytes(bytes)}, and ${paths.images} has room for ${formatBytes(free)}`);
	}
};

const guestFile: ImageStep = {
	id: 'images.guest.file',
	stage: 'images',
	title: 'Guest image that was built elsewhere, in the store',
	needs: ['images.store', 'images.tools'],
	inputs: ({config}) => wantedFile(config),
	async probe({env}) {
		const directory = guestFileDirectory(env);
		const manifest = await readManifest(env.host, directory);
		return manifest === undefined ? {state: 'absent', evidence: `${directory} holds no image`} : {state: 'present', evidence: `${manifest.name} in ${directory}`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const wanted = wantedFile(env.config);
		const directory = guestFileDirectory(env);
		await checkRoom(env, wanted);
		const partial = await emptyPartial(env, directory);
		progress.say('copying it');
		await host.upload(wanted.file, `${partial}/given`);
		const {stdout} = await host.run(['sh', '-euc', lookScript, 'sh', `${partial}/given`]);
		const [info = '', signature = ''] = stdout.split('\n--\n');
		const fault = diskFault(info, signature.trim());
		if (fault !== undefined) {
			await host.run(['rm', '-rf', '--one-file-system', '--', partial]);
			throw new ToolError('K2D6041', `${wanted.file} cannot be a guest image: ${fault}`);
		}

		await job(host, ['sh', '-euc', takeScript, 'sh', `${partial}/given`, `${partial}/image`, infoSchema.parse(JSON.parse(info)).format]);
		await finishImage(host, partial, directory, await describe(host, `${partial}/image`, nameOfFile(wanted.file), ['disk.qcow2']));
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 3600,
	idleTimeout: 900,
	expected: 15,
};

/** The steps that take the place of those that build a guest image, when the configuration names the file of one. */
export const guestFileSteps: readonly ImageStep[] = [guestFile, bootStep({
	id: 'images.guest.file.check',
	title: 'Guest image that was built elsewhere boots: cloud-init, docker, guest agent with k2hdkc',
	needs: [guestFile.id],
	inputs: ({config}) => wantedFile(config),
	directory: guestFileDirectory,
	expectations: () => contract,
})];
