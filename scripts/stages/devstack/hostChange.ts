import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import type {Config, Release} from '../../config/schema.js';
import {packageRoot} from '../../packageRoot.js';
import type {MachineFacts} from './facts.js';
import {k2hr3Ports} from './place.js';
import {systemName} from './support.js';

/** One change of a machine, as conf/devstack/changes.yaml has it. Scripts are for sh. */
export type HostChange = {
	readonly id: string;
	/** DevStack's names. */
	readonly systems: readonly string[];
	readonly releases?: readonly Release[];
	/** Only where the processor has this flag. */
	readonly processor?: 'vmx' | 'svm';
	/** It is of what stack.sh brings along. */
	readonly after?: 'stack.sh';
	/** Whom it asks outside. */
	readonly reaches?: string;
	readonly title: string;
	readonly reason: string;
	/** What the three scripts share. */
	readonly functions?: string;
	/** Exit code 0: as wanted, 1: not so. */
	readonly probe: string;
	readonly change: string;
	readonly undo: string;
};

/** What of a machine decides which changes it takes. */
export type ChangedMachine = Pick<MachineFacts, 'system' | 'virtualisation'>;

export const hostChanges = (): readonly HostChange[] => parse(readFileSync(path.join(packageRoot, 'conf/devstack/changes.yaml'), 'utf8')) as HostChange[];

/** A container has the kernel of its host: what is a matter of the processor is not its own. */
const fits = ({systems, releases, processor}: HostChange, name: string, release: Release, {flag, container}: MachineFacts['virtualisation']): boolean =>
	systems.includes(name) && (releases?.includes(release) ?? true) && (processor === undefined || (processor === flag && container === undefined));

/** Those for a machine and a release; none for a system that is not known. */
export const changesFor = ({system, virtualisation}: ChangedMachine, release: Release, all = hostChanges()): readonly HostChange[] => {
	const name = systemName(system);
	return name === undefined ? [] : all.filter(change => fits(change, name, release, virtualisation));
};

/** Ports of the machine that people use: the dashboard, consoles of servers, K2HR3. */
const openPorts = (config: Pick<Config, 'components' | 'k2hr3' | 'sources'>): readonly number[] =>
	[...(config.components.dashboard ? [80, 443] : []), 6080, ...k2hr3Ports(config).map(({port}) => port)];

/** What the scripts of a change are told. `directory`: of the environment. */
export const changeVariables = (
	{id}: Pick<HostChange, 'id'>,
	config: Pick<Config, 'components' | 'devstack' | 'k2hr3' | 'release' | 'sources'>,
	{system}: Pick<MachineFacts, 'system'>,
	directory: string,
): Readonly<Record<string, string>> => ({
	RELEASE: config.release, VERSION: system.version.split('.')[0]!, RDO: config.sources.devstack.rdo, RECORD: `${directory}/changed.${id}`,
	SOURCES: config.devstack.allow.join(' '), PORTS: openPorts(config).join(' '), GUESTS: Object.values(config.devstack.ranges).join(' '),
});
