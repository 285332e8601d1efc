import {hashInputs} from '../../../pipeline/hash.js';
import {quote} from '../../../machines/quote.js';
import {aptWaiting} from '../../machine/aptDownload.js';
import {debianMirror} from '../../machine/debianSources.js';
import {mmdebstrapCommand, quietServices} from '../../machine/mmdebstrap.js';
import type {ImageStep} from '../../imageEnv.js';
import {neededBackupPackages} from '../backupDockerfile.js';
import {emptyPartial} from '../partial.js';
import {forgetMirror, type BuiltDatabase} from './definition.js';
import {imageDirectory} from './image.js';

/** What python3 and its libraries add to a base that mmdebstrap made: such a base has no mirror to install them from. */
export type PythonLayer = {
	readonly suite: string;
	readonly packages: readonly string[];
	/** Root that it lies over, in the store of images. */
	readonly root: string;
	readonly inputs: unknown;
	/** In the store of images; the layer is python.tar there. */
	readonly directory: string;
};

/** The layer of the backup image, with what the configuration adds to its packages; undefined when the database image can install packages itself. */
export const pythonLayerOf = ({layer: {origin, inputs: base, root}, variant}: BuiltDatabase, extraPackages: readonly string[]): PythonLayer | undefined => {
	if (!('suite' in origin)) {
		return undefined;
	}

	const packages = neededBackupPackages({variant, extraPackages});
	const inputs = {base, packages, script: layerScript};
	return {suite: origin.suite, packages, root, inputs, directory: `container-python-${hashInputs(inputs).slice(0, 16)}`};
};

/**
 * \`sh -eu\` with this, under \`unshare --mount\`: ROOT WORK MMDEBSTRAP…, whose target is WORK/tree; packs into WORK/python.tar what the
 * packages add to ROOT. Devices are the container's own, and what a machine is called or has looked up belongs into no image.
 */
const layerScript = `
root=$1 work=$2
shift 2
mkdir -p "$work/layer" "$work/work" "$work/tree"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/layer,workdir=$work/work" "$work/tree"
rm -rf "$work/tree/dev"
mkdir "$work/tree/dev"
"$@"
umount "$work/tree"
cd "$work/layer"
rm -rf dev run tmp var/cache/apt var/lib/apt etc/apt etc/hostname etc/hosts etc/machine-id etc/resolv.conf etc/ld.so.cache
rm -rf var/lib/dpkg/*-old var/lib/dpkg/lock*
find . -type c -delete
tar --create --numeric-owner --file="$work/python.tar" .
`;

export const pythonStep = (layer: PythonLayer): ImageStep => ({
	id: 'images.backup.python',
	stage: 'images',
	title: 'python3 and its libraries for the backup image',
	needs: ['images.containers.base'],
	inputs: () => layer.inputs,
	reaches: () => [debianMirror],
	namedByInputs: true,
	async probe({env}) {
		const file = `${imageDirectory(env, layer)}/python.tar`;
		const {code} = await env.host.run(['test', '-s', file], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `${file} is there`} : {state: 'absent', evidence: `${file} is not there`};
	},
	async apply({env, job, progress}) {
		const {suite, packages, root} = layer;
		const directory = imageDirectory(env, layer);
		const partial = await emptyPartial(env, directory);
		progress.say(`mmdebstrap of ${packages.length} packages and what they need, over the base`);
		const {argv, input} = await mmdebstrapCommand(env, {suite, packages, hooks: [quietServices.begin, forgetMirror, quietServices.end]}, `${partial}/tree`, ['--variant=custom', '--skip=check/empty']);
		await job(env.host, ['unshare', '--mount', 'sh', '-euc', layerScript, 'sh', `${env.paths.images}/${root}`, partial, ...argv], {input});
		await env.host.script(`rm -rf ${quote(directory)}\nmkdir -p ${quote(directory)}\nmv '${partial}/python.tar' ${quote(directory)}/\nrm -rf --one-file-system '${partial}'\n`);
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 1800,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 30,
	retry: {attempts: 2, delay: 10},
});
