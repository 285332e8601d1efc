import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {k2hr3OriginOf} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {packageRoot} from '../../packageRoot.js';
import {hashInputs} from '../../pipeline/hash.js';
import {forgetProxy, grubFile, guestFiles} from '../images/definition.js';
import {directoryHash} from '../images/directoryHash.js';
import {quietServices} from '../machine/mmdebstrap.js';
import type {SandboxPaths} from '../sandboxEnv.js';
import {buildInside} from './buildScript.js';

/** Directory of the definition in this package. */
export const definition = path.join(packageRoot, 'images/k2hr3');

/** As in the image of the guests: how cloud-init is set up, and which disk the root is. */
export const fromGuest = ['etc/cloud/cloud.cfg.d/90-k2hdkc.cfg', 'etc/fstab'] as const;

export const readGuestFile = (name: (typeof fromGuest)[number]): string => readFileSync(path.join(guestFiles, name), 'utf8');

export const suite = 'trixie';

export const packages = (): readonly string[] =>
	Object.values(parse(readFileSync(path.join(definition, 'packages.yaml'), 'utf8')) as Record<string, readonly string[]>).flat().toSorted();

const prepare = [
	'chroot "$1" useradd --system --home-dir /var/lib/k2hr3 --shell /usr/sbin/nologin k2hr3',
	'systemctl --root="$1" --quiet enable systemd-networkd systemd-resolved ssh',
	'mkdir -p "$1/run/systemd/resolve"',
	// Each server makes its own.
	'rm -f "$1"/etc/ssh/ssh_host_*',
];

export const hooks = [quietServices.begin, `--customize-hook=${prepare.join(' && ')}`, forgetProxy, quietServices.end] as const;

/** Units of the image that run something of K2HR3, in the order of their starts. */
export const k2hr3Units = ['k2hr3-chmpx', 'k2hr3-k2hdkc', 'k2hr3-slave', 'k2hr3-api', 'k2hr3-watcher', 'k2hr3-app'] as const;

export const baseInputs = (): unknown => ({suite, packages: packages(), hooks});

/** What the image depends on beside the content of the prefix, which only a look at the host tells. */
export const imageInputs = (config: Pick<Config, 'k2hr3' | 'sources'>): unknown =>
	({base: baseInputs(), files: directoryHash(definition), ofGuest: fromGuest.map(name => hashInputs(readGuestFile(name))), loader: hashInputs(readFileSync(grubFile, 'utf8')), script: buildInside, origin: k2hr3OriginOf(config)});

/** Directories of the root and of the image in the store. */
export const k2hr3Directories = ({config, paths}: {readonly config: Pick<Config, 'k2hr3' | 'sources'>; readonly paths: Pick<SandboxPaths, 'images'>}): {readonly base: string; readonly image: string} => ({
	base: `${paths.images}/k2hr3-base-${hashInputs(baseInputs()).slice(0, 16)}`,
	image: `${paths.images}/k2hr3-image-${hashInputs(imageInputs(config)).slice(0, 16)}`,
});
