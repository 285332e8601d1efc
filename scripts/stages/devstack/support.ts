import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import type {Release} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {packageRoot} from '../../packageRoot.js';

/** What DevStack says of itself for one release. */
export type DevstackRelease = {
	/** Of its repository and those of OpenStack. */
	readonly branch: string;
	/** Systems that its stack.sh takes, by its own names for them. */
	readonly systems: readonly string[];
	/** Versions that it downloads. */
	readonly etcd: string;
	readonly cirros: string;
	/** Branch or tag of noVNC. */
	readonly novnc: string;
	/** Port or path of Neutron's API on the machine, or both. */
	readonly network: string;
};

/** A system that this tool knows: `id` and `version` as in /etc/os-release. */
export type KnownSystem = {readonly title: string; readonly id: string; readonly version: string};

/** `port` is of TCP. */
export type DevstackPort = {readonly port: number; readonly service: string; readonly component?: string};

const readConf = (name: string): unknown => parse(readFileSync(path.join(packageRoot, 'conf/devstack', `${name}.yaml`), 'utf8'));

/** @throws ToolError K2D1005 for a release whose DevStack nobody has looked at. */
export const devstackRelease = (release: Release): DevstackRelease => {
	const all = readConf('releases') as Partial<Record<Release, DevstackRelease>>;
	const found = all[release];
	if (found === undefined) {
		throw new ToolError('K2D1005', `It is not known what DevStack of release ${release} needs. Known are: ${Object.keys(all).join(', ')}.`);
	}

	return found;
};

/** By DevStack's names for them. */
export const knownSystems = (): Readonly<Record<string, KnownSystem>> => readConf('systems') as Record<string, KnownSystem>;

type Components = Readonly<Record<string, boolean>>;

/** Those for which there is no component, or one that is on. */
const wanted = <T extends {readonly component?: string}>(all: readonly T[], components: Components): readonly T[] =>
	all.filter(({component}) => component === undefined || components[component]);

export const devstackPorts = (components: Components): readonly DevstackPort[] => wanted(readConf('ports') as DevstackPort[], components);

/** Names of the repositories that stack.sh takes from its directory. */
export const devstackRepositories = (components: Components): readonly string[] =>
	wanted(readConf('repositories') as ReadonlyArray<{readonly name: string; readonly component?: string}>, components).map(({name}) => name);

/** DevStack's name for a system; undefined for one that this tool does not know. */
export const systemName = ({id, version}: {readonly id: string; readonly version: string}, systems = knownSystems()): string | undefined =>
	Object.entries(systems).find(([, known]) => known.id === id && (known.version === version || known.version === version.split('.')[0]))?.[0];

/** Address of the archive of etcd that a release downloads. `base`: where all of them are. */
export const etcdArchive = (base: string, {etcd}: Pick<DevstackRelease, 'etcd'>): string => `${base}/v${etcd}/etcd-v${etcd}-linux-amd64.tar.gz`;

/** Address of the disk of CirrOS that a release downloads. `base`: where all of them are. */
export const cirrosImage = (base: string, {cirros}: Pick<DevstackRelease, 'cirros'>): string => `${base}/${cirros}/cirros-${cirros}-x86_64-disk.img`;
