import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {packageRoot} from '../../packageRoot.js';
import {hashInputs} from '../../pipeline/hash.js';
import {leftForOthers} from '../shared.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {aptWaiting} from './aptDownload.js';
import {debianMirror} from './debianSources.js';
import {makeRoot, quietServices, rootMade} from './mmdebstrap.js';

const packageLists = (): Record<string, string[]> =>
	parse(readFileSync(path.join(packageRoot, 'conf/sandbox/packages.yaml'), 'utf8')) as Record<string, string[]>;

/** All packages of the root, sorted. */
export const rootPackages = (): string[] => [...new Set(Object.values(packageLists()).flat())].toSorted();

/** No unit of a package starts by itself: each step enables what it has configured. */
const hooks = [
	quietServices.begin,
	'--customize-hook=cd "$1/etc/systemd/system" && for unit in $(ls multi-user.target.wants sockets.target.wants timers.target.wants | grep -E "\\.(service|socket|timer)$"); do SYSTEMCTL_SKIP_SYSV=1 chroot "$1" systemctl --quiet disable "$unit" 2>/dev/null || true; done; SYSTEMCTL_SKIP_SYSV=1 chroot "$1" systemctl --quiet enable logrotate.timer',
	quietServices.end,
];

/** What a root depends on. The mirror is not part of it: the same suite is the same from every mirror. */
export const rootInputs = ({config}: Pick<SandboxEnv, 'config'>): unknown => ({suite: config.sandbox.suite, packages: rootPackages(), hooks});

/** Directory of the finished root of these inputs. */
export const rootDirectory = (env: Pick<SandboxEnv, 'config' | 'paths'>): string => `${env.paths.roots}/${hashInputs(rootInputs(env)).slice(0, 16)}`;

/** The root file system with all packages, before anything is configured: the cache that a second `up` starts from. */
export const sandboxRoot: SandboxStep = {
	id: 'sandbox.root',
	stage: 'sources',
	title: 'Root file system of the sandbox, with the packages of OpenStack',
	needs: ['host.packages'],
	inputs: rootInputs,
	reaches: () => [debianMirror],
	namedByInputs: true,
	async probe({env}) {
		const root = rootDirectory(env);
		const made = await rootMade(env, root);
		return made === undefined
			? {state: 'absent', evidence: `${root} is not there`}
			: {state: 'present', evidence: `${root}, made ${made}`};
	},
	async apply(context) {
		const {env} = context;
		await makeRoot(context, {root: rootDirectory(env), suite: env.config.sandbox.suite, packages: rootPackages(), hooks});
	},
	undo: {
		depth: 'everything',
		left: leftForOthers,
		async undo({env, job}) {
			await job(env.host, ['rm', '-rf', '--one-file-system', '--', env.paths.roots]);
			await env.host.run(['rmdir', '--ignore-fail-on-non-empty', '--', env.config.paths.cache], {allow: 'any'});
		},
	},
	timeout: 3600,
	idleTimeout: 300,
	waiting: aptWaiting,
	expected: 150,
	retry: {attempts: 2, delay: 10},
};
