import {z} from 'zod';
import type {Package} from '../packageList.js';

const configSchema = z.object({
	Docker: z.object({
		config: z.object({
			User: z.string().optional(), ExposedPorts: z.record(z.string(), z.unknown()).optional(), Labels: z.record(z.string(), z.string()).nullish(),
			Entrypoint: z.array(z.string()).nullish(), Env: z.array(z.string()).nullish(), Healthcheck: z.object({Test: z.array(z.string())}).nullish(),
		}),
	}),
});

type Ran = {readonly code: number; readonly output: string};

/** What `inspectScript` found in an image. */
export type ContainerFacts = {
	/** The image's configuration as Docker stores it. */
	readonly config: z.infer<typeof configSchema>['Docker']['config'];
	/** Bytes of the unpacked file system. */
	readonly size: number;
	readonly found: ReadonlyArray<{readonly what: string; readonly path: string}>;
	readonly ran: ReadonlyMap<string, Ran>;
	readonly packages: readonly Package[];
};

export const parseContainerFacts = (output: string): ContainerFacts => {
	const all = (pattern: RegExp): string[][] => [...output.matchAll(pattern)].map(match => match.slice(1));
	const [[config = '{"Docker":{"config":{}}}'] = []] = all(/^config (.*)$/gm);
	return {
		config: configSchema.parse(JSON.parse(config)).Docker.config,
		size: Number(all(/^size (\d+)$/gm)[0]?.[0]),
		found: all(/^found (\S+) (.*)$/gm).map(([what = '', path = '']) => ({what, path})),
		ran: new Map(all(/^ran (\S+) (\d+) (.*)$/gm).map(([name = '', code, text = '']) => [name, {code: Number(code), output: text.trim()}])),
		packages: all(/^package (deb|apk|rpm)\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)$/gm).map(([kind, name = '', version = '', architecture = '']) => ({
			kind: kind as Package['kind'], name, version, architecture,
		})),
	};
};

/** Largest size of the unpacked image in MiB: a node's disk holds it beside its data. */
const sizeBudget = 400;

const words: Readonly<Record<string, string>> = {
	setuid: 'becomes another user', writable: 'may be written by everybody', secret: 'does not belong into an image', proxy: 'names a proxy',
};

/** Runs, their exit code, and what they must say. */
const runs: ReadonlyArray<readonly [name: string, code: number, says: RegExp, what: string]> = [
	['user', 0, /^uid=1001\b.* gid=1001\b/, 'its user is not 1001 with group 1001'],
	['chmpx', 0, /./, 'chmpx does not run'],
	['k2hdkc', 0, /./, 'k2hdkc does not run'],
	['status', 0, /^RUNNING$/, 'the command status does not print RUNNING'],
	['start', 3, /cluster_name/, 'start without an environment does not end with 3 and name what is missing'],
	['backup', 1, /no database/i, 'backup without a database does not end with 1 and say so'],
	['usage', 2, /nothing/, 'a wrong command does not end with 2 and name it'],
	['writable', 0, /^$/, 'its user cannot write to its directories'],
];

/** What of the contract the image does not keep, a phrase each; empty when it keeps all of it. */
export const breaches = ({config, size, found, ran}: ContainerFacts, version: string): readonly string[] => {
	const {User: user, ExposedPorts: ports = {}, Labels: labels, Entrypoint: entrypoint, Env: environment, Healthcheck: health} = config;
	return [
		...(user === '1001:1001' ? [] : [`its user is "${user ?? ''}", not 1001:1001`]),
		...['8020/tcp', '8021/tcp', '8031/tcp'].filter(port => !(port in ports)).map(port => `it does not expose ${port}`),
		...(entrypoint?.at(-1) === '/usr/libexec/k2hdkctrove.sh' ? [] : ['its entrypoint is not /usr/libexec/k2hdkctrove.sh']),
		...(health?.Test.join(' ').includes('k2hdkctrove.sh status') ? [] : ['it has no health check that asks for the status']),
		...(labels?.['org.opencontainers.image.version'] === version ? [] : [`its label org.opencontainers.image.version is not ${version}`]),
		...(environment ?? []).filter(each => /proxy|token|password|secret/i.test(each.split('=')[0]!)).map(each => `its environment has ${each.split('=')[0]!}`),
		...(size > 0 && size <= sizeBudget * 1024 * 1024 ? [] : [`it takes ${Math.round(size / 1024 / 1024)} MiB, more than ${sizeBudget}`]),
		...found.map(({what, path}) => `${path} ${words[what] ?? what}`),
		...runs.flatMap(([name, code, says, what]) => {
			const each = ran.get(name);
			return each?.code === code && says.test(each.output) ? [] : [`${what} (exit code ${each?.code ?? 'unknown'}: ${each?.output ?? ''})`];
		}),
	];
};
