import type {Config} from '../../config/schema.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {CommandError} from '../../machines/commandError.js';
import type {JobOptions, Progress} from '../../pipeline/types.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {aptWaiting} from '../machine/aptDownload.js';
import {hostPackagesStep} from '../machine/hostPackages.js';
import {leftForOthers} from '../shared.js';
import {asStack, stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {sourceVariables} from './fetchedSources.js';
import {fetchedParts, type FetchedPart} from './fetched.js';
import {fetchableSystem, fetchedInputs, lookAtFetched, partProbe, wantedOf} from './fetchedState.js';
import {debsScript, downloadsScript, pythonScript, wheelsScript} from './fetchScripts.js';
import type {ChangedMachine} from './hostChange.js';
import {parseLists, stackPackages, wantedDebs, wantedPython} from './stackPackages.js';
import {cirrosImage, devstackRelease, devstackRepositories, etcdArchive} from './support.js';

/** Of a machine for which these steps are there. */
const placeOf = ({fetched}: Pick<DevstackEnv, 'fetched'>, part: FetchedPart): string => `${fetched!.directory}/${part}`;

const wantedHere = ({config, facts}: DevstackEnv): Parameters<typeof wantedPython>[0] => wantedOf(config, fetchableSystem(facts)!);

/** The job of a step: its words and what they are given. `shown`: what a failure names in place of the script. */
type Job = JobOptions & {readonly argv: readonly string[]; readonly shown: readonly string[]};

type Action = Pick<DevstackStep, 'needs' | 'reaches' | 'timeout' | 'idleTimeout' | 'expected'> & Partial<Pick<DevstackStep, 'waiting'>> & {
	readonly work: (env: DevstackEnv, progress: Progress) => Promise<Job>;
};

/** $1: the cache; $2: the part, which goes whatever it was fetched for. Directories go with the last of what is in them, several parts at the same time. */
const removeScript = `
for place in "$1"/devstack/*; do rm -rf --one-file-system -- "$place/$2" "$place/$2.partial"; done
for place in "$1"/devstack/* "$1/devstack" "$1"; do rmdir -- "$place" 2>/dev/null || true; done
`;

const fetchStep = (part: FetchedPart, {work, ...action}: Action): DevstackStep => ({
	id: `fetched.${part}`,
	stage: 'sources',
	title: `For stack.sh without a network: ${fetchedParts[part]}`,
	inputs: env => fetchedInputs(env.config, fetchableSystem(env.facts)!),
	namedByInputs: true,
	probe: async ({env}) => partProbe((await lookAtFetched(env.host, env.config, env.facts))!, part),
	async apply({env, job, progress}) {
		const {argv, shown, ...options} = await work(env, progress);
		await env.host.run(['mkdir', '-p', '--', env.fetched!.directory]);
		try {
			await job(env.host, argv, options);
		} catch (error) {
			throw error instanceof CommandError ? new CommandError({...error, argv: shown}) : error;
		}
	},
	undo: {
		depth: 'everything',
		left: leftForOthers,
		async undo({env: {host, config}}) {
			await host.run(['sh', '-euc', removeScript, 'sh', config.paths.cache, part], {timeout: 300});
		},
	},
	own: true,
	retry: {attempts: 2, delay: 10},
	...action,
});

const listsScript = `
stack=$1
shift
cd "$stack/devstack/files/debs"
for file in *; do echo "== $file"; cat "$file"; done
for name; do
	file=$stack/$name/devstack/files/debs/$name
	if [ -e "$file" ]; then echo "== plugin:$name"; cat "$file"; fi
done
`;

/** Names of the packages that DevStack's own lists and its programs have, of the checkouts that are there. */
const debsOf = async (env: DevstackEnv): Promise<readonly string[]> => {
	const {stdout} = await env.host.run(['sh', '-euc', listsScript, 'sh', env.paths.directory, ...stackPackages().plugins], {timeout: 30});
	return wantedDebs(parseLists(stdout), wantedHere(env));
};

const names = ({components}: Pick<Config, 'components'>): string => devstackRepositories(components).join(' ');

const packages = (needs: readonly string[]): DevstackStep => fetchStep('packages', {
	needs,
	reaches: () => ['the mirrors of the distribution'],
	async work(env, progress) {
		const debs = await debsOf(env);
		progress.say(`${debs.length} packages and what they need`);
		return {
			argv: ['sh', '-euc', debsScript, 'sh', placeOf(env, 'packages'), env.paths.directory, names(env.config), ...debs], shown: ['apt-get', '--download-only', 'install', ...debs],
			env: proxyEnvironment(env.config.proxy),
		};
	},
	timeout: 3600,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 180,
});

const python = (needs: readonly string[]): DevstackStep => fetchStep('python', {
	needs,
	reaches: () => ['the Python package index'],
	async work(env, progress) {
		const {config, paths} = env;
		const [place, wanted] = [placeOf(env, 'python'), wantedPython(wantedHere(env))];
		progress.say('what the checkouts ask for, at the versions of the constraints');
		const words = asStack(paths, ['sh', '-euc', wheelsScript, 'sh', `${place}.partial`, paths.directory, names(config), ...wanted]);
		return {
			argv: ['sh', '-euc', pythonScript, 'sh', place, paths.directory, names(config), stackUser, ...words], shown: ['pip', 'wheel', ...wanted],
			env: {...proxyEnvironment(config.proxy), ...sourceVariables(undefined, config.sources)},
		};
	},
	timeout: 3600,
	idleTimeout: 600,
	expected: 300,
});

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

const downloads: DevstackStep = fetchStep('downloads', {
	needs: ['fetched.tools'],
	reaches: ({config: {sources: {devstack}}}) => [...new Set([devstack.etcd, devstack.cirros])].filter(url => !url.startsWith('file:')).map(url => hideUrlPasswords(url)),
	async work(env) {
		const {config, config: {sources: {devstack}}} = env;
		const release = devstackRelease(config.release);
		const urls = [etcdArchive(devstack.etcd, release), cirrosImage(devstack.cirros, release)];
		return {
			argv: ['sh', '-euc', downloadsScript, 'sh', placeOf(env, 'downloads')], shown: ['curl', ...urls.map(url => hideUrlPasswords(url))],
			input: urls.map(url => `${nameOf(url)} ${url}\n`).join(''), env: proxyEnvironment(config.proxy),
		};
	},
	timeout: 1800,
	idleTimeout: 600,
	expected: 20,
});

/** What fetches for Python, and downloads. After the record of the machine, so that they are not taken back beside it: one apt after the other. */
const tools: DevstackStep = hostPackagesStep<DevstackEnv>({
	id: 'fetched.tools',
	stage: 'sources',
	title: 'Programs of the machine that fetch for stack.sh',
	needs: ['devstack.host'],
	packages: ['python3-venv', 'curl'],
	record: 'added-fetch-tools',
});

/**
 * Steps that bring ahead what stack.sh would ask outside for, where that is known: on Debian and Ubuntu. `checkouts`: the steps that make these;
 * `otherTools`: those that install programs, since packages are looked for on a machine that is at rest.
 */
export const fetchSteps = (machine: ChangedMachine | undefined, checkouts: readonly string[], otherTools: readonly string[]): readonly DevstackStep[] =>
	machine === undefined || fetchableSystem(machine) === undefined ? [] : [tools, packages(['fetched.tools', ...otherTools, ...checkouts]), python(['fetched.tools', ...checkouts]), downloads];
