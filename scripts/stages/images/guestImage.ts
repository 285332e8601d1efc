import {readFileSync} from 'node:fs';
import {guestSuites} from '../../config/guestSuites.js';
import {ToolError} from '../../errors/toolError.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {grubFile, guestFiles, guestInputs, guestName, guestNames} from './definition.js';
import {layControllerKey} from './devMode.js';
import {diskScript} from './diskScript.js';
import {guestLayer} from './guest.js';
import {emptyPartial} from './partial.js';
import {describe, finishImage, readManifest} from './manifest.js';
import {listPackages, renderPackageList} from './packageList.js';
import {changedPreloads, layPreloads, preloadedDigests} from './preload.js';
import {authorityFault, settingsFiles} from './settings.js';

/**
 * `sh -eu` with this, under `unshare --mount`, lets the guest's own program take the authorities among the files into its trust store. Arguments:
 * the layers, topmost first; the topmost is written to.
 */
const trustScript = `
files=$1
shift
mkdir "$files.work" "$files.tree"
LIBMOUNT_FORCE_MOUNT2=always mount -t overlay overlay -o "lowerdir=$(IFS=:; echo "$*"),upperdir=$files,workdir=$files.work" "$files.tree"
chroot "$files.tree" update-ca-certificates
umount "$files.tree"
rm -rf "$files.work" "$files.tree"
`;

/** Our files and those that the configuration adds, in a directory on the host, with the rights that they have in the guest. */
const layFiles = async (env: ImageEnv, directory: string): Promise<void> => {
	const {host, config} = env;
	const fault = authorityFault(env);
	if (fault !== undefined) {
		throw new ToolError('K2D3012', fault);
	}

	await host.upload(guestFiles, directory);
	for (const {path: file, text, mode} of settingsFiles(env)) {
		await host.write(`${directory}/${file}`, text, {mode});
	}

	const wants = `${directory}/etc/systemd/system/cloud-init.target.wants`;
	await host.script(`
chown -R root: '${directory}'
chmod 440 '${directory}/etc/sudoers.d/'*
mkdir -p '${wants}'
ln -s ../guest-agent.service '${wants}/guest-agent.service'
find '${directory}' -type d -exec chmod 755 {} +
${config.images.guest.ipv6 ? `rm '${directory}/etc/sysctl.d/60-k2hdkc-ipv6.conf'\n` : ''}`);
	if (config.images.guest.devMode) {
		await layControllerKey(env, directory, guestLayer(env, 'base'));
	}

	await layPreloads(env, directory);
};

export const guestImage: ImageStep = {
	id: 'images.guest',
	stage: 'images',
	title: 'Guest image: a disk for Nova and the same root as a tar',
	needs: ['images.guest.agent', 'images.tools'],
	inputs: env => guestInputs(env).image,
	async probe({env}) {
		const directory = guestLayer(env, 'image');
		const manifest = await readManifest(env.host, directory);
		if (manifest === undefined) {
			return {state: 'absent', evidence: `${directory} holds no finished image`};
		}

		const why = await changedPreloads(env, manifest);
		return why === undefined
			? {state: 'present', evidence: `${manifest.name}, made ${manifest.made}, in ${directory}`}
			: {state: 'broken', evidence: `${manifest.name}: ${why}`};
	},
	async apply({env, job, progress}) {
		const {host, config} = env;
		const directory = guestLayer(env, 'image');
		const partial = await emptyPartial(env, directory);
		progress.say('laying our files and those of the configuration over the root');
		await layFiles(env, `${partial}/files`);
		await host.write(`${partial}/grub.cfg`, readFileSync(grubFile, 'utf8'));
		const preloaded = await preloadedDigests(env);
		const layers = [`${partial}/files`, guestLayer(env, 'agent'), guestLayer(env, 'base')];
		if (env.proxyAuthority !== undefined) {
			await job(host, ['unshare', '--mount', 'sh', '-euc', trustScript, 'sh', ...layers]);
		}

		await job(host, ['unshare', '--mount', 'sh', '-euc', diskScript, 'sh', `${partial}/grub.cfg`, `${partial}/image`, ...layers]);
		const {suite} = config.images.guest;
		const manifest = {...await describe(host, `${partial}/image`, guestName(config), ['disk.qcow2', 'root.tar']), preloaded};
		const packages = await listPackages(host, guestLayer(env, 'base'), guestLayer(env, 'agent'));
		await host.write(`${partial}/image/packages.cdx.json`, renderPackageList(packages, {...manifest, vendor: guestSuites[suite].distribution, suite}));
		await finishImage(host, partial, directory, {...manifest, layers: (['base', 'sources', 'agent'] as const).map(layer => guestNames(env)[layer])});
	},
	undo: {nothingLeft: 'It lies in the store of images and goes with it.'},
	timeout: 900,
	idleTimeout: 300,
	expected: 25,
	retry: {attempts: 2, delay: 5},
};
