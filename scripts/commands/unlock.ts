import {hostname, userInfo} from 'node:os';
import process from 'node:process';
import type {CommandRun} from '../cli/context.js';
import {ToolError} from '../errors/toolError.js';
import type {Machine} from '../machines/types.js';
import {lockPath} from '../pipeline/environmentLock.js';
import {formatDuration} from '../report/duration.js';
import type {Environment} from './environment.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';
import {withEnvironment} from './session.js';

/** How the lock was found and what was done about it. */
type Finding = {
	readonly state: 'free' | 'stale' | 'held';
	/** What the holder left about itself. */
	readonly holder?: string;
	readonly ageSeconds?: number;
	/** It is free now. */
	readonly removed: boolean;
};

const look = async (host: Machine, path: string): Promise<Finding> => {
	if (await host.read(path) === undefined) {
		return {state: 'free', removed: false};
	}

	const lock = await host.hold(path, `unlock by ${userInfo().username} on ${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`);
	if (!lock.held) {
		return {state: 'held', holder: lock.info, ageSeconds: lock.ageSeconds, removed: false};
	}

	await lock.release();
	return lock.tookOver === undefined ? {state: 'free', removed: false} : {state: 'stale', holder: lock.tookOver, removed: true};
};

/**
 * Ends the processes on the host that keep the lock. The text goes first: by its absence the run that loses the lock sees
 * that it was taken away, and stops cleanly.
 */
const breakScript = (path: string): string => `
path='${path}'
rm -f -- "$path"
for process in /proc/[0-9]*; do
	for descriptor in "$process"/fd/*; do
		if [ "$(readlink -- "$descriptor" 2>/dev/null)" = "$path.flock" ]; then
			kill -TERM "\${process#/proc/}" 2>/dev/null || true
		fi
	done
done
`;

const sentence = ({state, holder, ageSeconds, removed}: Finding, name: string): string => {
	switch (state) {
		case 'free': {
			return `Nobody holds the lock of environment ${name}.`;
		}

		case 'stale': {
			return `Removed the lock of environment ${name} that a run left which is gone: ${holder ?? ''}.`;
		}

		case 'held': {
			return `${removed ? 'Took the lock away from' : 'The lock is held by'}: ${holder ?? ''} (${formatDuration(ageSeconds ?? 0)} ago).`;
		}
	}
};

const unlockEnvironment = async ({host, envDir, name}: Environment, force: boolean): Promise<Finding> => {
	const path = lockPath(envDir);
	const finding = await look(host, path);
	if (finding.state !== 'held') {
		return finding;
	}

	if (!force) {
		throw new ToolError('K2D4001', `${sentence(finding, name)} It is alive.`, {
			remedy: 'Wait for it, or end that run. With --yes the lock is taken away from it: it then stops after what it is doing.',
		});
	}

	await host.script(breakScript(path));
	return {...finding, removed: true};
};

/** Says who holds the lock. A dead holder's is removed, a living one's only with --yes. */
export const unlock: CommandRun = async (context, options) =>
	withEnvironment(context, loadFor(context, options), async environment => {
		const finding = await unlockEnvironment(environment, options.yes ?? false);
		printResult(context, options, {document: () => finding, lines: () => [sentence(finding, environment.name)]});
		return 0;
	});
