import {quote} from '../machines/quote.js';
import type {Machine} from '../machines/types.js';
import {lockPath} from './environmentLock.js';

/**
 * Removes what the engine keeps of an environment that is gone, and its directory where nothing else lies in it.
 * Leaves everything alone when another run has begun meanwhile.
 */
export const removeTraces = async (host: Machine, envDir: string): Promise<void> => {
	const lock = quote(lockPath(envDir));
	await host.script(`
cd ${quote(envDir)} 2>/dev/null || exit 0
exec 9>>${lock}.flock
flock -n 9 || exit 0
rm -rf jobs journal.jsonl state.json state.json.*
rm -f ${lock} ${lock}.flock
cd /
rmdir ${quote(envDir)} 2>/dev/null || exit 0
parent=$(dirname -- ${quote(envDir)})
[ "\${parent##*/}" != k2hdkc-devstack ] || rmdir -- "$parent" 2>/dev/null || true
`);
};
