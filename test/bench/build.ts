import {mkdir, rm} from 'node:fs/promises';
import process from 'node:process';
import {loadConfig} from '../../scripts/config/load.js';
import {createLocalMachine} from '../../scripts/machines/local.js';
import {debianSources} from '../../scripts/stages/machine/debianSources.js';
import {runCommand} from '../helpers/runCommand.js';
import {timeOk, tool} from './measure.js';

const place = '/var/lib/k2hdkc-devstack-bench';
const flags = ['--name', 'bench', '--set', `paths.state=${place}/state`, '--set', `paths.cache=${place}/cache`];

/** Why no environment can be built here, or undefined. */
export const reasonAgainstBuilding = (): string | undefined => process.getuid?.() === 0 ? undefined : 'needs root';

/** One plain mmdebstrap of packages, from the same mirror: the floor of every build. */
export const timeMmdebstrap = async (packages: readonly string[], suite: string): Promise<number> => {
	const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
	const host = createLocalMachine();
	const {lines, aptOptions} = await debianSources({host, config}, suite);
	await host.close();
	await mkdir(place, {recursive: true});
	const target = `${place}/floor`;
	try {
		return await timeOk([
			'mmdebstrap', '--variant=minbase', '--mode=root', '--format=directory',
			'--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"', '--dpkgopt=force-unsafe-io',
			...aptOptions.map(option => `--aptopt=${option}`),
			...['doc', 'man', 'locale', 'info', 'lintian'].map(name => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
			String.raw`--setup-hook=mkdir -p "$1/usr/sbin" && printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"`,
			`--include=${packages.join(',')}`, suite, target, '-',
		], lines.join('\n'));
	} finally {
		await rm(target, {recursive: true, force: true});
	}
};

export const removeBuilt = async (): Promise<void> => {
	await timeOk(tool('down', '--depth', 'everything', '--yes', ...flags));
	await rm(place, {recursive: true, force: true});
};

/** Seconds of `up` with these words in the benches' own place. */
export const timeUp = async (...words: readonly string[]): Promise<number> => timeOk(tool('up', ...words, ...flags));

/** What the tool answers with --json, asked in the benches' own place. */
export const askTool = async <Document>(...words: readonly string[]): Promise<Document> => {
	const [program = '', ...args] = tool(...words, ...flags);
	const {code, stdout, stderr} = await runCommand(program, args);
	if (code !== 0) {
		throw new Error(`${words.join(' ')} ended with ${code}:\n${stderr}`);
	}

	return JSON.parse(stdout) as Document;
};

let cold: Promise<number> | undefined;

/** Seconds of `up` from nothing; measured once for all who ask. */
export const timeColdUp = async (): Promise<number> => {
	cold ??= timeUp();
	return cold;
};

/** Seconds of `up` once the machine and its data were removed and the caches kept. */
export const timeCachedUp = async (): Promise<number> => {
	await timeOk(tool('down', '--depth', 'sources', '--yes', ...flags));
	return timeUp();
};
