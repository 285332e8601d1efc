import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {guestSuites} from '../../config/guestSuites.js';
import type {Config} from '../../config/schema.js';
import {quote} from '../../machines/quote.js';
import {packageRoot} from '../../packageRoot.js';
import {hashInputs} from '../../pipeline/hash.js';
import {packageHash, patchHash} from '../datastore/content.js';
import {quietServices} from '../machine/mmdebstrap.js';
import {agentInside} from './agentScript.js';
import {preloadInputs} from './preload.js';
import {sourcesInputs, sourcesName} from './releaseSource.js';
import {settingsFiles, type GuestSettings} from './settings.js';
import {directoryHash} from './directoryHash.js';

/** Directory of the definition in this package. */
export const definition = path.join(packageRoot, 'images/guest');

/** What the boot loader of a disk does. */
export const grubFile = path.join(definition, 'grub.cfg');

/** Files that are laid over the root as they are. */
export const guestFiles = path.join(definition, 'files');

type Lists = Readonly<Record<string, readonly string[]>>;
type PackageLists = {readonly always: Lists; readonly byAgent: Lists; readonly bySuite: Lists};

export const guestPackages = ({images: {guest}}: Pick<Config, 'images'>): string[] => {
	const {always, byAgent, bySuite} = parse(readFileSync(path.join(definition, 'packages.yaml'), 'utf8')) as PackageLists;
	const {agent} = guestSuites[guest.suite];
	return [...new Set([...Object.values(always).flat(), ...byAgent[agent]!, ...bySuite[guest.suite]!, ...guest.extraPackages])].toSorted();
};

/** The account that the agent works as, its directories, and the network as systemd's own service sets it up from cloud-init's data. */
const prepare = [
	'chroot "$1" useradd --system --create-home --home-dir /var/lib/trove --shell /bin/bash --groups docker trove',
	'install -d "$1/etc/trove/conf.d" "$1/etc/trove/certs" "$1/var/log/trove" "$1/opt/trove-guestagent"',
	'chroot "$1" chown -R trove: /etc/trove /var/log/trove /opt/trove-guestagent',
	'systemctl --root="$1" --quiet enable systemd-networkd systemd-resolved ssh docker',
	// In bookworm resolv.conf leads there before the directory is; the last hook writes through it.
	'mkdir -p "$1/run/systemd/resolve"',
	// Each guest makes its own.
	'rm -f "$1"/etc/ssh/ssh_host_*',
];

/** The options of mmdebstrap's apt stay in the root. How the build reached its mirror is no business of guests. */
export const forgetProxy = String.raw`--customize-hook=sed -i -E '/::(proxy|cainfo)\b/Id' "$1/etc/apt/apt.conf.d/99mmdebstrap"`;

/** Hooks of mmdebstrap: ours, then those of the configuration, each as a script inside the root. */
export const guestHooks = ({images: {guest}}: Pick<Config, 'images'>): readonly string[] => [
	quietServices.begin,
	`--customize-hook=${prepare.join(' && ')}`,
	...guest.hooks.map(hook => `--customize-hook=chroot "$1" sh -euc ${quote(hook)}`),
	forgetProxy,
	quietServices.end,
];

/** The name that images have here and in Glance. */
export const guestName = ({release, images: {guest}}: Pick<Config, 'release' | 'images'>): string => `k2hdkc-guest-${release}-${guest.suite}${guest.devMode ? '-dev' : ''}`;

/** What each layer depends on; a layer depends on those below it. */
export type GuestInputs = {readonly base: unknown; readonly agent: unknown; readonly image: unknown};

/** All that a guest image is made from, beside the files of this package. */
export type GuestSource = GuestSettings & {readonly config: Pick<Config, 'release' | 'sources' | 'datastore'>};

export const guestInputs = (env: GuestSource): GuestInputs => {
	const {config} = env;
	const base = {suite: config.images.guest.suite, packages: guestPackages(config), hooks: guestHooks(config)};
	const agent = {base, ...sourcesInputs(config), patch: patchHash(), package: packageHash(), script: agentInside(guestSuites[config.images.guest.suite].agent)};
	const settings = settingsFiles(env).map(({path, text, mode}) => [path, mode, hashInputs(text)]);
	return {base, agent, image: {agent, files: directoryHash(definition), ipv6: config.images.guest.ipv6, preload: preloadInputs(config), settings}};
};

/** Names of the directories that the layers have in the cache. */
export const guestNames = (env: GuestSource): Readonly<Record<keyof GuestInputs | 'sources', string>> => {
	const {base, agent, image} = guestInputs(env);
	const name = (layer: string, inputs: unknown): string => `guest-${layer}-${hashInputs(inputs).slice(0, 16)}`;
	return {base: name('base', base), sources: sourcesName(env.config), agent: name('agent', agent), image: name('image', image)};
};
