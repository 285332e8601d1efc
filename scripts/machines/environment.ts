type Environment = Readonly<Record<string, string | undefined>>;

const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** Messages of programs are read by patterns and by people who ask for help: the same everywhere. */
export const locale = {LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'} as const;

/** What npx and npm put before everything else. Programs there have names of the system's: one package brings an `nft`. */
const isOfNpm = (directory: string): boolean => /\/node_modules\/(?:\.bin|.*\/node-gyp-bin)\/?$/.test(directory);

/** A login without administrator rights often lacks the directories of the administrator's programs. */
export const completePath = (path: string | undefined): string =>
	[...new Set([...(path ?? '').split(':').filter(part => part !== '' && !isOfNpm(part)), ...systemPath])].join(':');

/** The environment of a command here: the tool's own, the fixed locale, and what was asked for. */
export const baseEnvironment = (own: Environment, asked: Environment = {}): Record<string, string> => {
	const merged = {...own, ...locale, PATH: completePath(own.PATH), ...asked};
	return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** The environment inside a sandbox: nothing of the host's. */
export const sandboxEnvironment = {PATH: systemPath.join(':'), HOME: '/root', USER: 'root', LOGNAME: 'root', SHELL: '/bin/sh', ...locale} as const;
