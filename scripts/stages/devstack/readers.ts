import type {DevstackEnv} from './devstackEnv.js';
import {answers, waitUntil} from './stack.js';

/** Services that read something, as a pattern of systemctl, and the command that has them read it again. */
export type Reader = {readonly pattern: string; readonly again: 'restart' | 'reload'};

/** Horizon is among Apache's, and so is Trove's API, or it is a service of its own, as DevStack is told. */
export const apache: readonly Reader[] = [{pattern: 'apache2*', again: 'reload'}, {pattern: 'httpd*', again: 'reload'}];

export const troveReaders: readonly Reader[] = [{pattern: 'devstack@tr*', again: 'restart'}, ...apache];

/** Those that do not run read it when they start. */
export const haveRead = async ({host}: Pick<DevstackEnv, 'host'>, readers: readonly Reader[]): Promise<void> => {
	for (const {pattern, again} of readers) {
		await host.script(`systemctl list-units --plain --no-legend --type=service --state=active '${pattern}' | cut -d ' ' -f 1 | xargs --no-run-if-empty systemctl ${again}\n`, {timeout: 120});
	}
};

/** Until its API answers that was just started. What it answers is for others to judge, and so is that it does not. */
export const waitForTrove = async ({host, api, config}: Pick<DevstackEnv, 'api' | 'config' | 'host'>, signal: AbortSignal): Promise<void> => {
	const url = `${new URL(api.url.database).origin}/`;
	await waitUntil({config}, async () => answers({host}, url), signal);
};
