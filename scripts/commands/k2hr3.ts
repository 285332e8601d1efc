import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import type {Config} from '../config/schema.js';
import {ToolError} from '../errors/toolError.js';
import {runClient} from '../k2hr3/client.js';
import type {Checked, ClusterStatus, Registered, Slave} from '../k2hr3/documents.js';
import {renderChecked, renderClusterStatus, renderRegistered} from '../k2hr3/render.js';
import {slaveFiles, slaveUserData, type SlaveFile} from '../k2hr3/userData.js';
import {packageRoot} from '../packageRoot.js';
import type {Environment} from './environment.js';
import {withCompute} from './k2hr3System.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {withEnvironment} from './session.js';

type Ask = (command: string, ...words: readonly string[]) => Promise<unknown>;
type Work = (ask: Ask, environment: Environment, config: Config) => Promise<number>;

/** Opens the environment and lets `work` ask K2HR3 from inside it. */
const withK2hr3 = async (context: CommandContext, options: Options, work: Work): Promise<number> => {
	// One that is built is a server, of which an environment without a compute host knows nothing.
	const loaded = loadFor(context, withCompute(options));
	return withEnvironment(context, loaded, async environment => {
		const ask: Ask = async (command, ...words) => {
			const argv = environment.k2hr3Command(command, words, options.project);
			if (argv === undefined) {
				throw new ToolError('K2D7001', 'This environment has no K2HR3, and k2hr3.url names none.');
			}

			return runClient(environment.machine(), argv, context.signal);
		};

		return work(ask, environment, loaded.config);
	});
};

/** Registers a cluster with K2HR3, or brings it up to date. */
export const k2hr3Register: CommandRun = async (context, options, [cluster = '']) => withK2hr3(context, options, async ask => {
	const values = (options.value ?? []).flatMap(value => ['--set', value]);
	const registered = await ask('register', cluster, ...values, ...(options.renew ? ['--renew'] : [])) as Registered;
	printResult(context, options, {document: () => registered, lines: () => renderRegistered(registered)});
	return 0;
});

/** Without a cluster: whether K2HR3 itself answers and accepts this cloud's tokens. */
export const k2hr3Status: CommandRun = async (context, options, [cluster]) => withK2hr3(context, options, async (ask, environment) => {
	if (cluster === undefined) {
		const checked = await ask('check') as Checked;
		const ring = await environment.k2hr3Ring();
		const found = {...checked, ...(ring && {ring})};
		printResult(context, options, {document: () => found, lines: () => renderChecked(found)});
	} else {
		const status = await ask('status', cluster) as ClusterStatus;
		printResult(context, options, {document: () => status, lines: color => renderClusterStatus(status, color)});
	}

	return 0;
});

const readSlaveFiles = async (): Promise<Readonly<Record<SlaveFile, string>>> => {
	const files = Object.keys(slaveFiles).map(async name => [name, await readFile(path.join(packageRoot, 'conf/k2hr3/slave', name), 'utf8')] as const);
	return Object.fromEntries(await Promise.all(files)) as Record<SlaveFile, string>;
};

/** The key as text, which is all that user data can hold. */
const readKey = async (host: Environment['host'], file: string): Promise<string> => {
	const key = await host.read(file);
	if (key?.includes('-----BEGIN PGP') !== true) {
		throw new ToolError('K2D7015', `The key of the packages, ${file}, is not there or not in ASCII armour, so it cannot be handed to a slave node.`);
	}

	return key;
};

/** Prints user data for a server that becomes a slave node of a cluster. It holds a token: that is what it is for. */
export const k2hr3Slave: CommandRun = async (context, options, [cluster = '']) => withK2hr3(context, options, async (ask, {host}, {sources, k2hr3}) => {
	const slave = await ask('slave', cluster) as Slave;
	const {keyFile} = sources.k2hdkcRepository;
	const key = keyFile === null ? undefined : await readKey(host, keyFile);
	const authority = k2hr3.caFile === null || !slave.extdata_url.startsWith('https:') ? undefined : await host.read(k2hr3.caFile);
	const userData = slaveUserData({sources, slave, key, authority, files: await readSlaveFiles()});
	printResult(context, options, {document: () => ({cluster: slave.cluster, project: slave.project, userData}), lines: () => [userData.trimEnd()]});
	return 0;
});
