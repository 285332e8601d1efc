import {z} from 'zod';
import type {Package} from '../packageList.js';

const configSchema = z.object({
	Docker: z.object({
		config: z.object({
			User: z.string().optional(), ExposedPorts: z.record(z.string(), z.unknown()).optional(), Labels: z.record(z.string(), z.string()).nullish(),
			Entrypoint: z.array(z.string()).nullish(), Env: z.array(z.string()).nullish(), Healthcheck: z.object({Test: z.array(z.string())}).nullish(),
			WorkingDir: z.string().optional(),
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

const words: Readonly<Record<string, string>> = {
	setuid: 'becomes another user', writable: 'may be written by everybody', secret: 'does not belong into an image', proxy: 'names a proxy',
};

/** A command that is run in the image as its user, its exit code, and what it must say. */
export type Run = {
	readonly name: string;
	/** Words of a shell. */
	readonly command: string;
	readonly code: number;
	readonly says: RegExp;
	/** What is wrong when it ends otherwise. */
	readonly what: string;
};

/** What Trove and its users rely on, beside what holds for every image. */
export type Contract = {
	/** The version that its label must tell. */
	readonly version: string;
	readonly ports: readonly string[];
	/** Last word of its entrypoint. */
	readonly entrypoint: string;
	readonly workingDirectory?: string;
	readonly health: {readonly test: RegExp; readonly what: string};
	/** Largest size of the unpacked image in MiB: the disk of a node holds it beside its data. */
	readonly sizeBudget: number;
	readonly runs: readonly Run[];
};

/** Holds for every image. */
export const userRun: Run = {name: 'user', command: 'id', code: 0, says: /^uid=1001\b.* gid=1001\b/, what: 'its user is not 1001 with group 1001'};

/** What of the contract the image does not keep, a phrase each; empty when it keeps all of it. */
export const breaches = ({config, size, found, ran}: ContainerFacts, contract: Contract): readonly string[] => {
	const {User: user, ExposedPorts: exposed = {}, Labels: labels, Entrypoint: entrypoint, Env: environment, Healthcheck: health, WorkingDir: directory} = config;
	const {version, ports, workingDirectory = directory, sizeBudget} = contract;
	return [
		...(user === '1001:1001' ? [] : [`its user is "${user ?? ''}", not 1001:1001`]),
		...ports.filter(port => !(port in exposed)).map(port => `it does not expose ${port}`),
		...(entrypoint?.at(-1) === contract.entrypoint ? [] : [`its entrypoint does not end with ${contract.entrypoint}`]),
		...(directory === workingDirectory ? [] : [`its working directory is "${directory ?? ''}", not ${workingDirectory}`]),
		...(contract.health.test.test(health?.Test.join(' ') ?? '') ? [] : [contract.health.what]),
		...(labels?.['org.opencontainers.image.version'] === version ? [] : [`its label org.opencontainers.image.version is not ${version}`]),
		...(environment ?? []).filter(each => /proxy|token|password|secret/i.test(each.split('=')[0]!)).map(each => `its environment has ${each.split('=')[0]!}`),
		...(size > 0 && size <= sizeBudget * 1024 * 1024 ? [] : [`it takes ${Math.round(size / 1024 / 1024)} MiB, more than ${sizeBudget}`]),
		...found.map(({what, path}) => `${path} ${words[what] ?? what}`),
		...contract.runs.flatMap(({name, code, says, what}) => {
			const each = ran.get(name);
			return each?.code === code && says.test(each.output) ? [] : [`${what} (exit code ${each?.code ?? 'unknown'}: ${each?.output ?? ''})`];
		}),
	];
};
