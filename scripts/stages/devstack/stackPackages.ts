import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import type {Release} from '../../config/schema.js';
import {packageRoot} from '../../packageRoot.js';

/** Names, and where they count: with a component, on some systems, for some releases; without these everywhere. */
type Names = {
	readonly names: readonly string[];
	readonly component?: string;
	readonly systems?: readonly string[];
	readonly releases?: readonly Release[];
};

/** What stack.sh installs, as conf/devstack/packages.yaml has it. */
export type StackPackages = {
	readonly services: readonly Names[];
	/** Lists that count besides those of services. */
	readonly lists: readonly string[];
	/** Plugins with a list of their own. */
	readonly plugins: readonly string[];
	readonly debs: readonly Names[];
	readonly python: readonly Names[];
};

/** What decides which of them are wanted. `system`: DevStack's name. */
export type Wanted = {
	readonly components: Readonly<Record<string, boolean>>;
	readonly system: string;
	readonly release: Release;
};

export const stackPackages = (): StackPackages => parse(readFileSync(path.join(packageRoot, 'conf/devstack/packages.yaml'), 'utf8')) as StackPackages;

const namesOf = (all: readonly Names[], {components, system, release}: Wanted): readonly string[] => all
	.filter(({component, systems, releases}) => (component === undefined || components[component] === true) && (systems?.includes(system) ?? true) && (releases?.includes(release) ?? true))
	.flatMap(({names}) => names);

/** Further lists that a service counts for, as get_packages of DevStack has it. The first that fits decides. */
const families: ReadonlyArray<readonly [service: RegExp, lists: readonly string[]]> = [
	[/^n-api$/, ['nova', 'glance', 'os-brick']],
	[/^c-/, ['cinder', 'os-brick']],
	[/^s-/, ['swift']],
	[/^n-/, ['nova', 'os-brick']],
	[/^g-/, ['glance']],
	[/^key/, ['keystone']],
	[/^(?:q|neutron)-/, ['neutron-common']],
];

/** Names of the lists that count for services. */
export const listsOf = (services: readonly string[]): readonly string[] =>
	[...new Set(services.flatMap(service => [service, ...families.find(([family]) => family.test(service))?.[1] ?? []]))];

const isMeant = (line: string, mark: string, system: string): boolean | undefined => {
	const named = new RegExp(`#.*${mark}:(\\S*)`, 'i').exec(line)?.[1];
	return named?.toLowerCase().includes(system.toLowerCase());
};

/** Packages of one list. Those that are marked NOPRIME come later, when a program of DevStack names them itself; `dist` and `not` say for which systems. */
export const parseList = (text: string, system: string): readonly string[] => text.split('\n').flatMap(line => {
	const name = line.replace(/#.*/, '').trim();
	return name === '' || line.includes('NOPRIME') || isMeant(line, 'dist', system) === false || isMeant(line, 'not', system) === true ? [] : [name];
});

/** Lists as a script prints them: a line `== NAME` before each. */
export const parseLists = (output: string): ReadonlyMap<string, string> => new Map(`\n${output}`.split('\n== ').slice(1).map(part => {
	const end = part.indexOf('\n');
	return [part.slice(0, end), part.slice(end + 1)];
}));

/** Packages of Debian that stack.sh installs. `lists`: DevStack's own, and those of plugins as `plugin:NAME`. */
export const wantedDebs = (lists: ReadonlyMap<string, string>, wanted: Wanted, all = stackPackages()): readonly string[] => {
	const names = [...listsOf(namesOf(all.services, wanted)), ...all.lists, ...all.plugins.map(name => `plugin:${name}`)];
	return [...new Set([...names.flatMap(name => parseList(lists.get(name) ?? '', wanted.system)), ...namesOf(all.debs, wanted)])];
};

/** Packages of Python that stack.sh installs besides what the checkouts ask for. */
export const wantedPython = (wanted: Wanted, all = stackPackages()): readonly string[] => [...new Set(namesOf(all.python, wanted))];
