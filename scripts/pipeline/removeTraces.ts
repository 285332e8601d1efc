import {quote} from '../machines/quote.js';
import type {Machine} from '../machines/types.js';
import {lockPath} from './environmentLock.js';

/** Under the lock, unless another run has begun meanwhile: does it, then removes the lock and the directory where nothing else lies in it. */
const closing = (envDir: string, commands: string): string => {
	const lock = quote(lockPath(envDir));
	return `
cd ${quote(envDir)} 2>/dev/null || exit 0
exec 9>>${lock}.flock
flock -n 9 || exit 0
${commands}
rm -f ${lock} ${lock}.flock
cd /
rmdir ${quote(envDir)} 2>/dev/null || exit 0
parent=$(dirname -- ${quote(envDir)})
[ "\${parent##*/}" != k2hdkc-devstack ] || rmdir -- "$parent" 2>/dev/null || true
`;
};

/** Removes what the engine keeps of an environment that is gone. */
export const removeTraces = async (host: Machine, envDir: string): Promise<void> => {
	await host.script(closing(envDir, 'rm -rf jobs journal.jsonl state.json state.json.*'));
};

/** After a run that recorded nothing: removes what its lock has left. */
export const removeLock = async (host: Machine, envDir: string): Promise<void> => {
	await host.script(closing(envDir, '[ ! -e state.json ] && [ ! -e journal.jsonl ] || exit 0'));
};
