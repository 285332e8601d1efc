import {isUbuntu} from '../../config/guestSuites.js';
import {ToolError} from '../../errors/toolError.js';
import type {ImageEnv} from '../imageEnv.js';

/** How the mirror of Debian is called in what people read. */
export const debianMirror = 'the Debian mirror';

/** The same for the mirror that a suite comes from. */
export const suiteMirror = (suite: string): string => isUbuntu(suite) ? 'the Ubuntu mirror' : debianMirror;

/** One binary index that apt of the host knows, as `apt-get indextargets` tells it. */
export type IndexTarget = {readonly uri: string; readonly suite: string};

export const parseTargets = (output: string): IndexTarget[] => output.split('\n')
	.map(line => line.trim().split(' '))
	.filter(fields => fields.length === 2)
	.map(([uri = '', suite = '']) => ({uri: uri.replace(/\/$/, ''), suite}));

/** The mirrors of Debian itself that the host uses: by the suites that only Debian's archive has. */
export const mirrorsOf = (targets: readonly IndexTarget[], codename: string): {readonly main?: string; readonly security?: string} => {
	const main = targets.find(({suite}) => suite === codename)?.uri;
	const security = targets.find(({suite}) => suite === `${codename}-security`)?.uri;
	return {...(main === undefined ? {} : {main}), ...(security === undefined ? {} : {security})};
};

/** Lines of sources.list for the sandbox. */
export const sourceLines = (suite: string, main: string, security: string | undefined): string[] => [
	`deb ${main} ${suite} main`,
	`deb ${main} ${suite}-updates main`,
	...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
];

/** The same of Ubuntu: its docker engine lies in universe. */
export const ubuntuLines = (suite: string, mirror: string): string[] =>
	[suite, `${suite}-updates`, `${suite}-security`].map(pocket => `deb ${mirror.replace(/\/$/, '')} ${pocket} main universe`);

const hostTargets = async ({host}: Pick<ImageEnv, 'host'>): Promise<{targets: IndexTarget[]; codename: string}> => {
	const fields = ['REPO_URI', 'RELEASE'].map(field => `$(${field})`).join(' ');
	const {stdout} = await host.run(['apt-get', 'indextargets', '--format', fields, 'Created-By: Packages', 'Component: main'], {allow: 'any'});
	const release = await host.script('. /etc/os-release; printf "%s %s" "$ID" "${VERSION_CODENAME:-}"');
	const [id, codename = ''] = release.stdout.split(' ');
	return {targets: id === 'debian' ? parseTargets(stdout) : [], codename};
};

/** Proxy settings of the host's apt, which mmdebstrap's own apt would not see. */
const aptProxies = async ({host}: Pick<ImageEnv, 'host'>): Promise<string[]> => {
	const {stdout} = await host.run(['apt-config', 'dump', '--format', '%f "%v"%n', 'Acquire::http', 'Acquire::https'], {allow: 'any'});
	return stdout.split('\n').filter(line => /::(?:proxy|cainfo)\b/i.test(line) && !line.endsWith('""'));
};

/** What apt is told of a suite, and the keyring that verifies it; null where apt's own does. */
export type SuiteSources = {readonly lines: string[]; readonly keyring: string | null; readonly aptOptions: string[]};

const proxyOptions = async (env: Pick<ImageEnv, 'host' | 'config'>): Promise<string[]> => {
	const {http, https} = env.config.proxy;
	return [...await aptProxies(env), ...(http === null ? [] : [`Acquire::http::Proxy "${http}"`]), ...(https === null ? [] : [`Acquire::https::Proxy "${https}"`])];
};

/**
 * Where the sandbox's packages come from: the configured mirror, or with `host` what the host's apt uses, suite changed.
 * @throws ToolError K2D6001 when the host names no mirror of Debian.
 */
export const debianSources = async (env: Pick<ImageEnv, 'host' | 'config'>, suite = env.config.sandbox.suite): Promise<SuiteSources> => {
	const {mirror, securityMirror, keyring} = env.config.sources.debian;
	const {targets, codename} = await hostTargets(env);
	const found = mirrorsOf(targets, codename);
	const main = mirror === 'host' ? found.main : mirror;
	if (main === undefined) {
		throw new ToolError('K2D6001', 'The apt configuration of the host names no mirror of Debian', {
			remedy: 'Name one: --set sources.debian.mirror=URL (and sources.debian.securityMirror=URL), then resume.',
		});
	}

	const security = securityMirror === 'host' ? found.security : securityMirror;
	return {lines: sourceLines(suite, main, security), keyring, aptOptions: await proxyOptions(env)};
};

/** The same for any suite: guests may be of Ubuntu. @throws ToolError K2D6001 when the configuration names no mirror of it. */
export const suiteSources = async (env: Pick<ImageEnv, 'host' | 'config'>, suite: string): Promise<SuiteSources> => {
	if (!isUbuntu(suite)) {
		return debianSources(env, suite);
	}

	const {mirror, keyring} = env.config.sources.ubuntu;
	if (mirror === null) {
		throw new ToolError('K2D6001', `sources.ubuntu names no mirror, from which a guest of ${suite} could be made`, {
			remedy: 'Name one: --set sources.ubuntu.mirror=URL, then resume.',
		});
	}

	return {lines: ubuntuLines(suite, mirror), keyring, aptOptions: await proxyOptions(env)};
};
