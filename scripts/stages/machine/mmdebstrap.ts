import {isUbuntu} from '../../config/guestSuites.js';
import type {StepContext} from '../../pipeline/types.js';
import type {ImageEnv} from '../imageEnv.js';
import {suiteSources} from './debianSources.js';

/** A root file system of Debian packages. */
export type DebianRoot = {
	/** Directory it has when it is finished; see `finishedMark`. */
	readonly root: string;
	readonly suite: string;
	readonly packages: readonly string[];
	/** Hooks of mmdebstrap, as its options. */
	readonly hooks: readonly string[];
};

/** No package starts its service while it is installed. The second goes at the end of the hooks. */
export const quietServices = {
	begin: String.raw`--setup-hook=mkdir -p "$1/usr/sbin" && printf "#!/bin/sh\nexit 101\n" > "$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"`,
	end: '--customize-hook=rm -f "$1/usr/sbin/policy-rc.d" "$1/etc/hostname"; : > "$1/etc/machine-id"; : > "$1/etc/resolv.conf"',
} as const;

/** File in a finished root with the time it was made. */
export const finishedMark = (root: string): string => `${root}/.k2hdkc-devstack-root`;

/** When a root was made; undefined when it is not there or not finished. */
export const rootMade = async ({host}: Pick<ImageEnv, 'host'>, root: string): Promise<string | undefined> => {
	const made = await host.read(finishedMark(root));
	return made?.trim();
};

type Packages = Omit<DebianRoot, 'root'>;

const command = ({suite, packages, hooks}: Packages, target: string, keyring: string | null, aptOptions: readonly string[]): string[] => [
	// With the output of apt and dpkg: on a slow link minutes pass before mmdebstrap itself says the next thing.
	'mmdebstrap', '--verbose', '--mode=root', '--format=directory',
	'--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Retries "3"',
	...aptOptions.map(option => `--aptopt=${option}`),
	...['doc', 'man', 'locale', 'info', 'lintian'].map(name => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
	'--dpkgopt=path-include=/usr/share/locale/locale.alias', '--dpkgopt=force-unsafe-io',
	...(keyring === null ? [] : [`--keyring=${keyring}`]),
	// Debian's own packages see to it that /bin is a link to /usr/bin; those of jammy leave it to who installs them.
	...(isUbuntu(suite) ? ['--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr'] : []),
	...hooks,
	`--include=${packages.join(',')}`,
	suite, target, '-',
];

/** Seconds after which apt gives up on a server that says nothing. It then tries again, three times. */
const silence = 30;

const finishScript = (partial: string, root: string): string => `
date -u +%Y-%m-%dT%H:%M:%SZ > '${finishedMark(partial)}'
sync -f '${partial}'
if [ -e '${finishedMark(root)}' ]; then
  rm -rf --one-file-system '${partial}'
else
  rm -rf --one-file-system '${root}'
  mv -T '${partial}' '${root}'
fi
`;

/** Words of mmdebstrap and its standard input. `options` say what `target`, a directory, is to get beside the packages. */
export const mmdebstrapCommand = async (env: ImageEnv, wanted: Packages, target: string, options: readonly string[]): Promise<{readonly argv: readonly string[]; readonly input: string}> => {
	const {lines, keyring, aptOptions} = await suiteSources(env, wanted.suite);
	const patience = ['http', 'https'].map(scheme => `Acquire::${scheme}::Timeout "${Math.ceil(silence * env.config.timeouts.scale)}"`);
	const [program = '', ...words] = command(wanted, target, keyring, [...patience, ...aptOptions]);
	return {argv: [program, ...options, ...words], input: lines.join('\n')};
};

/** Makes the root unless it is there: the same root is the same however often it is made, and machines may run on it. */
export const makeRoot = async ({env, job, progress}: StepContext<ImageEnv>, wanted: DebianRoot): Promise<void> => {
	const {host, config} = env;
	const {root, suite, packages} = wanted;
	if (await rootMade(env, root) !== undefined) {
		progress.say(`${root} is kept`);
		return;
	}

	// Two environments may want the same root at the same time: each makes its own, and the first one done is kept.
	const partial = `${root}.partial-${config.name}`;
	const {argv, input} = await mmdebstrapCommand(env, wanted, partial, ['--variant=minbase']);
	await job(host, ['rm', '-rf', '--one-file-system', '--', partial]);
	await host.run(['mkdir', '-p', '--', root.replace(/\/[^/]*$/, '')]);
	progress.say(`mmdebstrap of ${suite} with ${packages.length} packages and what they need`);
	// What was made gets its name in the same job, so that nothing is lost when the tool ends before the job does.
	await job(host, ['sh', '-euc', '"$@"; eval "$FINISH"', 'sh', ...argv], {input, env: {FINISH: finishScript(partial, root)}});
};
