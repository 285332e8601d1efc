import type {Check, CheckResult} from '../../commands/environment.js';
import type {Config} from '../../config/schema.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {CommandError} from '../../machines/commandError.js';
import type {Machine, RunResult} from '../../machines/types.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {askAddress} from '../askAddress.js';
import {fail, pass, warn} from '../checkResult.js';
import type {Fetched, FetchedPart} from './fetched.js';
import {allFetched} from './fetchedState.js';
import {packageIndexes} from './packageMirrors.js';
import {repositorySource} from './repositories.js';
import {cirrosImage, devstackRelease, etcdArchive} from './support.js';

type Sources = {readonly host: Pick<Machine, 'run' | 'script'>; readonly config: Pick<Config, 'release' | 'sources' | 'proxy' | 'timeouts'>; readonly fetched?: Fetched | undefined};

/** The step that fetches what no other has fetched ahead, and the one that does so. With all of it there stack.sh asks nobody. */
const neededFor = ({fetched}: Pick<Sources, 'fetched'>, part: FetchedPart): readonly string[] => [`fetched.${part}`, ...(allFetched(fetched) === undefined ? ['devstack.stack'] : [])];

const elsewhere = (key: string): string => `Check the network and the proxy, or name another: --set ${key}=ADDRESS.`;

type Answer = Pick<RunResult, 'code' | 'stderr'>;

/** The code of a shell, and of env, for a program that is not there. */
const notFound = 127;

/** Runs a program that asks outside; undefined when it is not installed. */
const ask = async ({host, config}: Sources, argv: readonly string[], signal: AbortSignal, env: Readonly<Record<string, string>> = {}): Promise<Answer | undefined> => {
	const timeout = 20 * config.timeouts.scale;
	try {
		const answer = await host.run(argv, {allow: 'any', signal, timeout, env: {...proxyEnvironment(config.proxy), LC_ALL: 'C', ...env}});
		return answer.code === notFound ? undefined : answer;
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'not-started') {
			return undefined;
		}

		if (error instanceof CommandError && error.outcome === 'timeout') {
			return {code: -1, stderr: `nothing came within ${timeout} s`};
		}

		throw error;
	}
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1)!.trim();

/** The code of `git ls-remote` for: the repository answers, and has no such branch. */
const noSuchRef = 2;

const askRepository = async (sources: Sources, url: string, ref: string, key: string, signal: AbortSignal): Promise<CheckResult> => {
	const answer = await ask(sources, ['git', 'ls-remote', '--exit-code', url, ref], signal, {GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: 'ssh -o BatchMode=yes'});
	const shown = hideUrlPasswords(url);
	if (answer === undefined) {
		return warn(`${shown} was not asked: git is not installed yet`, 'Install git to have it asked now.');
	}

	if (answer.code === 0) {
		return pass(`${shown} has ${ref.replace('refs/heads/', '')}`);
	}

	return fail('K2D3011', answer.code === noSuchRef ? `${shown} has no ${ref.replace('refs/heads/', 'branch ')}` : `${shown} does not answer: ${hideUrlPasswords(lastLine(answer.stderr))}`, elsewhere(key));
};

const repository = (sources: Sources, name: string): Check => ({
	id: `git-${name}`, title: `Repository of ${name}`, stage: 'sources', neededBy: [`repository.${name}`], asksOutside: true,
	run: async ({signal}) => askRepository(sources, repositorySource(sources.config, name).url, `refs/heads/${devstackRelease(sources.config.release).branch}`, 'sources.devstack.git', signal),
});

const novnc = (sources: Sources): Check => ({
	id: 'git-novnc', title: 'Repository of noVNC', stage: 'sources', neededBy: ['repository.novnc'], asksOutside: true,
	run: async ({signal}) => askRepository(sources, sources.config.sources.devstack.novnc, 'HEAD', 'sources.devstack.novnc', signal),
});

const askDownload = async (sources: Sources, url: string, key: string, signal: AbortSignal): Promise<CheckResult> => {
	const asked = await askAddress(sources, url, signal);
	const shown = hideUrlPasswords(url);
	if (asked.state === 'no curl') {
		return warn(`${shown} was not asked: curl is not installed yet`, 'Install curl to have it asked now.');
	}

	return asked.state === 'answers' ? pass(`${shown} answers`) : fail('K2D3011', `${shown} ${asked.why}`, elsewhere(key));
};

const etcd = (sources: Sources): Check => ({
	id: 'etcd', title: 'Archive of etcd', stage: 'sources', neededBy: neededFor(sources, 'downloads'), asksOutside: true,
	async run({signal}) {
		const {release, sources: {devstack}} = sources.config;
		return askDownload(sources, etcdArchive(devstack.etcd, devstackRelease(release)), 'sources.devstack.etcd', signal);
	},
});

const cirros = (sources: Sources): Check => ({
	id: 'cirros', title: 'Image of CirrOS', stage: 'sources', neededBy: neededFor(sources, 'downloads'), asksOutside: true,
	async run({signal}) {
		const {release, sources: {devstack}} = sources.config;
		return askDownload(sources, cirrosImage(devstack.cirros, devstackRelease(release)), 'sources.devstack.cirros', signal);
	},
});

/** The machine's own apt or dnf says which; all are asked at the same time. */
const packages = (sources: Sources): Check => ({
	id: 'packages', title: 'Mirrors of the distribution', stage: 'sources', neededBy: neededFor(sources, 'packages'), asksOutside: true,
	async run({signal}) {
		const indexes = await packageIndexes(sources.host);
		if (indexes === undefined) {
			return fail('K2D3005', 'there is neither apt nor dnf', 'Use a machine of a supported distribution.');
		}

		if (indexes.length === 0) {
			return warn('the package manager of the machine names none that is asked by HTTP', 'Packages must come from somewhere: name a mirror in its configuration.');
		}

		const asked = await Promise.all(indexes.map(async ({url}) => ({url: hideUrlPasswords(url), ...await askAddress(sources, url, signal)})));
		if (asked.some(({state}) => state === 'no curl')) {
			return warn('they were not asked: curl is not installed yet', 'Install curl to have them asked now.');
		}

		const silent = asked.flatMap(each => each.state === 'silent' ? [`${each.url} ${each.why}`] : []);
		return silent.length === 0
			? pass(`${indexes.map(({name}) => name).join(', ')} answer`)
			: fail('K2D3011', silent.join('; '), 'Check the network and the proxy of the machine\'s package manager, or name other mirrors in its configuration.');
	},
});

/** Where to look is for pip itself to know; any package that there surely is tells whether it answers. */
const python = (sources: Sources): Check => ({
	id: 'python', title: 'Python package index', stage: 'sources', neededBy: neededFor(sources, 'python'), asksOutside: true,
	async run({signal}) {
		const {index} = sources.config.sources.python;
		const answer = await ask(sources, ['python3', '-m', 'pip', '--disable-pip-version-check', '--retries', '0', '--timeout', '10', 'index', 'versions', ...index === 'host' ? [] : ['--index-url', index], 'pip'], signal);
		const shown = index === 'host' ? 'that of the machine\'s own pip' : hideUrlPasswords(index);
		if (answer === undefined || answer.stderr.includes('No module named pip')) {
			return warn(`${shown} was not asked: pip is not installed yet`, 'Install python3-pip to have it asked now.');
		}

		return answer.code === 0 ? pass(`${shown} answers`) : fail('K2D3011', `${shown} does not answer: ${hideUrlPasswords(lastLine(answer.stderr))}`, elsewhere('sources.python.index'));
	},
});

/** Whether everything answers that stack.sh fetches. */
export const sourceChecks = (sources: Sources): readonly Check[] => [
	packages(sources), python(sources), repository(sources, 'devstack'), repository(sources, 'trove'), novnc(sources), etcd(sources), cirros(sources),
];
