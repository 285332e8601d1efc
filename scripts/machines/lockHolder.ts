import {setTimeout as sleep} from 'node:timers/promises';
import {openLockSession, type LockSession, type LockTiming} from './lockSession.js';
import type {Transport} from './transport.js';
import type {LockResult} from './types.js';

const usual: LockTiming = {beat: 5, silence: 30};

/** Seconds that a release waits for a link that is away. Without it the holder on the machine ends by the silence. */
const releaseWait = 5;

/** Seconds between two looks at a lock that our own cut-off holder still has. */
const retryDelay = 1;

/**
 * After a dropped link: the lock is still ours only if nobody had it in between, which the text in it tells. Our old holder may
 * live on until its silence is over. Returns a sentence when the lock is lost. Gives up when nobody wants it any more.
 */
const takeAgain = async (transport: Transport, path: string, text: string, timing: LockTiming, isWanted: () => boolean): Promise<LockSession | string> => {
	const deadline = performance.now() + (2 * timing.silence * 1000);
	do {
		try {
			const answer = await openLockSession(transport, path, text, timing);
			if ('release' in answer) {
				if (answer.previous === text) {
					return answer;
				}

				await answer.release();
				return 'somebody else had the lock while the link was gone';
			}

			if (answer.holder !== text) {
				return `the lock went to another while the link was gone: ${answer.holder}`;
			}
		} catch (error) {
			if (performance.now() > deadline) {
				return `the lock could not be taken again: ${error instanceof Error ? error.message : String(error)}`;
			}
		}

		await sleep(retryDelay * 1000);
	} while (isWanted() && performance.now() < deadline);

	return 'the lock could not be taken again in time';
};

/**
 * Takes the lock `path` for as long as the tool lives and can be heard. `text` is one line and differs from run to run:
 * by it a holder knows its own lock again after a dropped link.
 */
export const holdLock = async (transport: Transport, path: string, text: string, timing: LockTiming = usual): Promise<LockResult> => {
	if (text === '' || text.includes('\n')) {
		throw new TypeError('the text of a lock is one line');
	}

	const answer = await openLockSession(transport, path, text, timing);
	if (!('release' in answer)) {
		return {held: false, info: answer.holder, ageSeconds: answer.ageSeconds};
	}

	let session: LockSession | undefined = answer;
	let isReleased = false;
	const isWanted = (): boolean => !isReleased;
	/** Returns why the lock was lost; undefined once it is released. */
	const keep = async (): Promise<string | undefined> => {
		while (session) {
			await session.ended;
			if (isReleased) {
				return undefined;
			}

			const again = await takeAgain(transport, path, text, timing, isWanted);
			session = typeof again === 'string' ? undefined : again;
			if (isReleased) {
				// Released while the link was away: nobody would do it any more.
				await session?.release();
				return undefined;
			}

			if (typeof again === 'string') {
				return again;
			}
		}

		return undefined;
	};

	const kept = keep();
	return {
		held: true,
		...(answer.previous !== '' && {tookOver: answer.previous}),
		lost: kept.then(async reason => reason ?? new Promise<never>(() => {
			// Released: nothing can be lost any more.
		})),
		async release() {
			isReleased = true;
			await session?.release();
			await Promise.race([kept, sleep(releaseWait * 1000, undefined, {ref: false})]);
		},
	};
};
