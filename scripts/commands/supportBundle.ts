import {open, readdir, rename, stat} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {LoadedConfig} from '../config/load.js';
import {configRows, showConfig} from '../config/show.js';
import {renderFailure} from '../errors/render.js';
import {toFailure} from '../errors/toFailure.js';
import {renderChecks} from '../report/doctor.js';
import {listRuns} from '../report/logFiles.js';
import {renderPlan} from '../report/plan.js';
import {formatTable} from '../report/table.js';
import {packTar, type TarFile} from '../report/tar.js';
import {runChecks} from './checks.js';
import type {Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {noticesOf} from './plan.js';
import {printResult} from './print.js';
import {logRootOf} from './reporting.js';
import {engineFor, withEnvironment} from './session.js';
import {versions} from './version.js';

/** Bytes from the end of each log that go into the bundle, and runs whose logs do. */
const tailSize = 2 ** 20;
const runs = 5;

/** Failed units and their journals, the memory and the disk. */
const machineScript = `
uname -a; cat /etc/os-release; uptime; free -m; df -h / /var; echo
systemctl --failed --no-legend --plain || true; echo
systemctl list-units --type=service --no-legend --plain || true; echo
for unit in $(systemctl --failed --no-legend --plain | cut -d' ' -f1); do
	echo "== $unit"
	journalctl --no-pager --lines=300 --unit="$unit" || true
done
`;

const hostScript = 'uname -a; cat /etc/os-release; uptime; free -m; df -h; ip -brief address || true; ip route || true\n';

/** The end of a file, at most `tailSize` bytes. */
const tailOf = async (file: string): Promise<string> => {
	const handle = await open(file, 'r');
	try {
		const {size} = await handle.stat();
		const buffer = Buffer.alloc(Math.min(size, tailSize));
		await handle.read(buffer, 0, buffer.length, size - buffer.length);
		return buffer.toString('utf8');
	} finally {
		await handle.close();
	}
};

/** The text, or why it could not be had: a bundle is wanted most when things are broken. */
const attempt = async (name: string, make: () => Promise<string>): Promise<TarFile> => {
	try {
		return {name, content: `${(await make()).trimEnd()}\n`};
	} catch (error) {
		return {name, content: `Could not be had.\n${renderFailure(toFailure(error))}\n`};
	}
};

const logFiles = async (context: CommandContext, name: string): Promise<TarFile[]> => {
	const root = logRootOf(context, name);
	const directories = listRuns(root).slice(-runs);
	const names = await Promise.all(directories.map(async run => (await readdir(path.join(root, run))).map(file => path.join(run, file))));
	return Promise.all(names.flat().map(async file => attempt(`logs/${file}`, async () => tailOf(path.join(root, file)))));
};

const recordFiles = async ({host, envDir}: Environment): Promise<TarFile[]> => Promise.all(['state.json', 'journal.jsonl', 'lock'].map(async file =>
	attempt(`record/${file}`, async () => await host.read(`${envDir}/${file}`) ?? 'There is none.')));

const environmentFiles = async (context: CommandContext, loaded: LoadedConfig, environment: Environment): Promise<TarFile[]> => {
	const {signal} = context;
	return Promise.all([
		attempt('versions.txt', async () => JSON.stringify(await versions(), undefined, 2)),
		attempt('config.txt', async () => `${loaded.reason}\n${formatTable(configRows(showConfig(loaded)), '').join('\n')}`),
		attempt('doctor.txt', async () => renderChecks(await runChecks(environment.checks, signal), false).join('\n')),
		attempt('plan.txt', async () => {
			const engine = await engineFor(context, environment, {emit: noticesOf(context)});
			return renderPlan(await engine.status(), {color: false, explain: true}).join('\n');
		}),
		attempt('host.txt', async () => (await environment.host.script(hostScript, {signal, timeout: 60})).stdout),
		attempt('machine.txt', async () => (await environment.machine().script(machineScript, {signal, timeout: 120})).stdout),
	]);
};

const collect = async (context: CommandContext, loaded: LoadedConfig): Promise<TarFile[]> => {
	const logs = await logFiles(context, loaded.config.name);
	try {
		return await withEnvironment(context, loaded, async environment => [
			...await environmentFiles(context, loaded, environment), ...await recordFiles(environment), ...logs,
		]);
	} catch (error) {
		context.signal.throwIfAborted();
		context.stderr.line(renderFailure(toFailure(error, {mask: context.mask.text})));
		return [{name: 'environment.txt', content: `${renderFailure(toFailure(error))}\n`}, ...logs];
	}
};

const writePrivately = async (file: string, content: Buffer): Promise<void> => {
	const temporary = `${file}.new`;
	const handle = await open(temporary, 'w', 0o600);
	try {
		await handle.chmod(0o600);
		await handle.writeFile(content);
	} finally {
		await handle.close();
	}

	await rename(temporary, file);
};

/** Logs, state, plan, checks and versions in one archive, every secret hidden; prints its path. */
export const supportBundle: CommandRun = async (context, options) => {
	const loaded = loadFor(context, options);
	const time = new Date();
	const stamp = time.toISOString().replaceAll(/[-:]|\.\d+/g, '');
	const file = path.resolve(context.cwd, options.output ?? `k2hdkc-devstack-${loaded.config.name}-${stamp}.tar.gz`);
	const files = await collect(context, loaded);
	const folder = `k2hdkc-devstack-${stamp}`;
	const masked = files.map(({name, content}) => ({name: `${folder}/${name}`, content: context.mask.text(content)}));
	await writePrivately(file, gzipSync(packTar(masked, time)));
	const {size} = await stat(file);
	printResult(context, options, {
		document: () => ({file, bytes: size, files: files.map(({name}) => name)}),
		lines: () => [file, `${files.length} files, ${Math.ceil(size / 1024)} KiB. Passwords are hidden; look through it before you send it, addresses and names are in it.`],
	});
	return 0;
};
