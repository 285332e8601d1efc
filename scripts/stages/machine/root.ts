import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {packageRoot} from '../../packageRoot.js';
import {hashInputs} from '../../pipeline/hash.js';
import {refuseWhileShared} from '../shared.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {aptWaiting} from './aptDownload.js';
import {debianSources} from './debianSources.js';

const packageLists = (): Record<string, string[]> =>
	parse(readFileSync(path.join(packageRoot, 'conf/sandbox/packages.yaml'), 'utf8')) as Record<string, string[]>;

/** All packages of the root, sorted. */
export const rootPackages = (): string[] => [...new Set(Object.values(packageLists()).flat())].toSorted();

/** No unit of a package starts by itself: each step enables what it has configured. */
const hooks = [
	'--setup-hook=mkdir -p "$1/usr/sbin" && printf "#!/bin/sh\\nexit 101\\n" > "$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"',
	'--customize-hook=cd "$1/etc/systemd/system" && for unit in $(ls multi-user.target.wants sockets.target.wants timers.target.wants | grep -E "\\.(service|socket|timer)$"); do SYSTEMCTL_SKIP_SYSV=1 chroot "$1" systemctl --quiet disable "$unit" 2>/dev/null || true; done; SYSTEMCTL_SKIP_SYSV=1 chroot "$1" systemctl --quiet enable logrotate.timer',
	'--customize-hook=rm -f "$1/usr/sbin/policy-rc.d" "$1/etc/hostname"; : > "$1/etc/machine-id"; : > "$1/etc/resolv.conf"',
];

/** What a root depends on. The mirror is not part of it: the same suite is the same from every mirror. */
export const rootInputs = ({config}: Pick<SandboxEnv, 'config'>): unknown => ({suite: config.sandbox.suite, packages: rootPackages(), hooks});

/** Directory of the finished root of these inputs. */
export const rootDirectory = (env: Pick<SandboxEnv, 'config' | 'paths'>): string => `${env.paths.roots}/${hashInputs(rootInputs(env)).slice(0, 16)}`;

const mmdebstrap = (suite: string, target: string, keyring: string | null, aptOptions: readonly string[]): string[] => [
	// With the output of apt and dpkg: on a slow link minutes pass before mmdebstrap itself says the next thing.
	'mmdebstrap', '--verbose', '--variant=minbase', '--mode=root', '--format=directory',
	'--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Retries "3"',
	...aptOptions.map(option => `--aptopt=${option}`),
	...['doc', 'man', 'locale', 'info', 'lintian'].map(name => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
	'--dpkgopt=path-include=/usr/share/locale/locale.alias', '--dpkgopt=force-unsafe-io',
	...(keyring === null ? [] : [`--keyring=${keyring}`]),
	...hooks,
	`--include=${rootPackages().join(',')}`,
	suite, target, '-',
];

/** Seconds after which apt gives up on a server that says nothing. It then tries again, three times. */
const silence = 30;

const finished = (root: string): string => `${root}/.k2hdkc-devstack-root`;

const finishScript = (partial: string, root: string): string => `
date -u +%Y-%m-%dT%H:%M:%SZ > '${finished(partial)}'
sync -f '${partial}'
if [ -e '${finished(root)}' ]; then
  rm -rf --one-file-system '${partial}'
else
  rm -rf --one-file-system '${root}'
  mv -T '${partial}' '${root}'
fi
`;

/** The root file system with all packages, before anything is configured: the cache that a second `up` starts from. */
export const sandboxRoot: SandboxStep = {
	id: 'sandbox.root',
	stage: 'sources',
	title: 'Root file system of the sandbox, with the packages of OpenStack',
	needs: ['host.packages'],
	inputs: rootInputs,
	async probe({env}) {
		const root = rootDirectory(env);
		const made = await env.host.read(finished(root));
		return made === undefined
			? {state: 'absent', evidence: `${root} is not there`}
			: {state: 'present', evidence: `${root}, made ${made.trim()}`};
	},
	async apply({env, job, progress}) {
		const {host, config} = env;
		const root = rootDirectory(env);
		if (await host.read(finished(root)) !== undefined) {
			progress.say(`${root} is kept: it is the same however often it is made, and machines may run on it`);
			return;
		}

		// Two environments may want the same root at the same time: each makes its own, and the first one done is kept.
		const partial = `${root}.partial-${config.name}`;
		const {lines, aptOptions} = await debianSources(env);
		await job(host, ['rm', '-rf', '--one-file-system', '--', partial]);
		await host.run(['mkdir', '-p', '--', env.paths.roots]);
		progress.say(`mmdebstrap of ${config.sandbox.suite} with ${rootPackages().length} packages and what they need`);
		const patience = ['http', 'https'].map(scheme => `Acquire::${scheme}::Timeout "${Math.ceil(silence * config.timeouts.scale)}"`);
		const build = mmdebstrap(config.sandbox.suite, partial, config.sources.debian.keyring, [...patience, ...aptOptions]);
		// What was made gets its name in the same job, so that nothing is lost when the tool ends before the job does.
		await job(host, ['sh', '-euc', '"$@"; eval "$FINISH"', 'sh', ...build], {input: lines.join('\n'), env: {FINISH: finishScript(partial, root)}});
	},
	undo: {
		depth: 'everything',
		async undo({env, job}) {
			await refuseWhileShared(env, 'the cached root file system');
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
