import {hostname, userInfo} from 'node:os';
import process from 'node:process';
import {matchKnownFailure} from '../errors/knownFailures.js';
import {ToolError} from '../errors/toolError.js';
import {CommandError} from '../machines/commandError.js';
import type {LockResult, Machine} from '../machines/types.js';

/** Path of an environment's lock on its host. */
export const lockPath = (envDir: string): string => `${envDir}/lock`;

/** Who holds it, as the next one reads it. */
const description = (command: string, now: Date): string =>
	`${command} by ${userInfo().username} on ${hostname()}, process ${process.pid}, since ${now.toISOString()}`;

const age = (seconds: number): string => {
	const minutes = Math.floor(seconds / 60);
	return minutes < 1 ? `${Math.floor(seconds)} s` : `${minutes < 120 ? minutes : Math.floor(minutes / 60)} ${minutes < 120 ? 'min' : 'h'}`;
};

export type HeldLock = Pick<Extract<LockResult, {held: true}>, 'tookOver' | 'lost' | 'release'>;

/** The lock is the first thing that is written: where that cannot be done, nothing can. */
const take = async (host: Machine, envDir: string, command: string): Promise<LockResult> => {
	try {
		return await host.hold(lockPath(envDir), description(command, new Date()));
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'code' && matchKnownFailure(error.lastLines) !== 'K2D2201') {
			throw new ToolError('K2D3008', `${envDir} cannot be written on ${host.name}: ${error.lastLines.at(-1) ?? `exit code ${error.code}`}`, {
				cause: error,
				...(matchKnownFailure(error.lastLines) === 'K2D2203' ? {remedy: 'Run the tool as root (sudo -i), or log in as root: --machine ssh://root@HOST. Or set paths.state and paths.cache to directories of your own.'} : {}),
			});
		}

		throw error;
	}
};

/** Takes the lock of an environment. A living holder throws K2D4001 at once, a dead one's lock is taken over. */
export const holdEnvironment = async (host: Machine, envDir: string, command: string): Promise<HeldLock> => {
	const lock = await take(host, envDir, command);
	if (!lock.held) {
		throw new ToolError('K2D4001', `This environment is locked: ${lock.info || 'its holder left no name'}, ${age(lock.ageSeconds)} ago.`);
	}

	return lock;
};
