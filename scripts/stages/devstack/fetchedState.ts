import type {Config} from '../../config/schema.js';
import type {Machine} from '../../machines/types.js';
import {hashInputs} from '../../pipeline/hash.js';
import type {Probe} from '../../pipeline/types.js';
import {stackUser} from './devstackEnv.js';
import {fetchedParts, type Fetched, type FetchedPart, type PartState} from './fetched.js';
import type {MachineFacts} from './facts.js';
import {repositorySource} from './repositories.js';
import {stackPackages, type Wanted} from './stackPackages.js';
import {devstackRelease, devstackRepositories, knownSystems, systemName} from './support.js';

/** ID of /etc/os-release, of systems whose packages can be brought ahead. */
const fetchable = new Set(['debian', 'ubuntu']);

/** DevStack's name for a machine on which stack.sh can do with what was fetched; undefined for any other. */
export const fetchableSystem = ({system}: Pick<MachineFacts, 'system'>): string | undefined => {
	const name = systemName(system);
	return name !== undefined && fetchable.has(knownSystems()[name]!.id) ? name : undefined;
};

type Needed = Pick<Config, 'components' | 'release' | 'sources' | 'paths'>;

/** What decides what is to be fetched. */
export const wantedOf = ({components, release}: Pick<Config, 'components' | 'release'>, system: string): Wanted => ({components, release, system});

/** Everything that what is fetched depends on, but for the commits of the checkouts. */
export const fetchedInputs = (config: Needed, system: string): unknown => ({
	system, release: config.release, packages: stackPackages(), downloads: devstackRelease(config.release),
	refs: Object.fromEntries(devstackRepositories(config.components).map(name => [name, repositorySource(config, name).ref])),
});

/** Bears the name of what it depends on. */
export const fetchedDirectory = (config: Needed, system: string): string => `${config.paths.cache}/devstack/${hashInputs(fetchedInputs(config, system)).slice(0, 16)}`;

/** Functions for scripts: `listing` prints one SHA-256 of names and sizes in the directory, `commits DIRECTORY NAME...` what the checkouts are at. */
export const markFunctions = String.raw`
listing() { find . -type f ! -name .complete ! -name .commits -printf '%s %P\n' | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1; }
commits() {
	place=$1
	shift
	for name; do echo "$name $(runuser --user ${stackUser} -- git --no-optional-locks -C "$place/$name" rev-parse HEAD 2>/dev/null || echo none)"; done
}
`;

/** $1: what was fetched; $2: the directory of the checkouts; then their names. Prints of each part its name, its state, and how many files it has. */
export const lookScript = `
${markFunctions}
base=$1
shift
now=
for part in ${Object.keys(fetchedParts).join(' ')}; do
	if ! cd "$base/$part" 2>/dev/null; then echo "$part absent 0"; continue; fi
	files=$(find . -type f ! -name .complete ! -name .commits | wc -l)
	if [ ! -e .complete ]; then echo "$part unfinished $files"; continue; fi
	if [ "$(cat .complete)" != "$(listing)" ]; then echo "$part changed $files"; continue; fi
	if [ -e .commits ]; then
		[ -n "$now" ] || now=$(commits "$@")
		if [ "$now" != "$(cat .commits)" ]; then echo "$part others $files"; continue; fi
	fi
	echo "$part complete $files"
done
`;

export const parseFetched = (directory: string, output: string): Fetched => {
	const lines = new Map(output.trim().split('\n').map(line => line.split(' ')).map(([part = '', state = '', files = '0']) => [part, {state, files: Number(files)}]));
	const parts = Object.keys(fetchedParts).map(part => [part, lines.get(part) ?? {state: 'absent', files: 0}]);
	return {directory, parts: Object.fromEntries(parts) as Fetched['parts']};
};

/** Looks at what was fetched, and only looks; undefined on a system for which nothing can be. */
export const lookAtFetched = async (host: Pick<Machine, 'run'>, config: Needed & Pick<Config, 'devstack'>, facts: Pick<MachineFacts, 'system'>): Promise<Fetched | undefined> => {
	const system = fetchableSystem(facts);
	if (system === undefined) {
		return undefined;
	}

	const directory = fetchedDirectory(config, system);
	const {stdout} = await host.run(['sh', '-euc', lookScript, 'sh', directory, config.devstack.directory, ...devstackRepositories(config.components)], {timeout: 50});
	return parseFetched(directory, stdout);
};

const found: Readonly<Record<PartState['state'], (place: string, files: number) => Probe>> = {
	absent: place => ({state: 'absent', evidence: `${place} is not there`}),
	unfinished: place => ({state: 'broken', evidence: `${place} is not finished`}),
	changed: (place, files) => ({state: 'broken', evidence: `${place} holds ${files} files, and not those that were fetched`}),
	others: place => ({state: 'broken', evidence: `${place} is of other commits than those that are checked out`}),
	complete: (place, files) => ({state: 'present', evidence: `${place} holds ${files} files`}),
};

export const partProbe = ({directory, parts}: Fetched, part: FetchedPart): Probe => found[parts[part].state](`${directory}/${part}`, parts[part].files);

/** What is not there, in words for people. */
export const missingParts = ({parts}: Fetched): readonly string[] =>
	Object.entries(fetchedParts).flatMap(([part, words]) => parts[part as FetchedPart].state === 'complete' ? [] : [words]);

/** The directory with all that stack.sh needs, or undefined: then it asks outside. */
export const allFetched = (fetched: Fetched | undefined): string | undefined => fetched !== undefined && missingParts(fetched).length === 0 ? fetched.directory : undefined;
