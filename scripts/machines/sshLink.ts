import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../errors/toolError.js';
import type {Connection, SshTiming} from './sshConnection.js';

export type SshLink = {
	/** The connection, made again when it is gone. Throws K2D5005 when it does not come back in time. */
	readonly get: () => Promise<Connection>;
	/** The connection, if it is there now. */
	readonly current: () => Connection | undefined;
	readonly close: () => Promise<void>;
};

/** Seconds before the next try, the first and the longest. */
const firstDelay = 0.25;
const longestDelay = 5;

/** Seconds for the other side to say goodbye. */
const closeWait = 2;

const isWorthARetry = (error: unknown): boolean => error instanceof ToolError && error.code === 'K2D5001';

/** Keeps one connection alive for all who ask. `connect` makes one. */
export const createSshLink = (name: string, connect: () => Promise<Connection>, {reconnect}: Pick<SshTiming, 'reconnect'>): SshLink => {
	let open: Connection | undefined;
	let opening: Promise<Connection> | undefined;
	let isClosed = false;
	const current = (): Connection | undefined => open?.goneBecause() === undefined ? open : undefined;

	const closed = (): ToolError => new ToolError('K2D5005', `The link to ${name} was closed.`);

	const end = async (connection: Connection): Promise<void> => {
		connection.client.end();
		const timer = setTimeout(() => {
			connection.client.destroy();
		}, closeWait * 1000);
		await connection.gone;
		clearTimeout(timer);
	};

	const connectAgain = async (): Promise<Connection> => {
		const deadline = performance.now() + (reconnect * 1000);
		for (let delay = firstDelay; ; delay = Math.min(2 * delay, longestDelay)) {
			try {
				return await connect();
			} catch (error) {
				// The first connection fails at once: then it is the address that is wrong, not the link.
				if (!open || !isWorthARetry(error)) {
					throw error;
				}

				if (isClosed || performance.now() + (delay * 1000) > deadline) {
					throw new ToolError('K2D5005', `The link to ${name} was lost and did not come back within ${reconnect} s.`, {cause: error});
				}
			}

			await sleep(delay * 1000);
		}
	};

	return {
		current,
		async get() {
			if (isClosed) {
				throw closed();
			}

			const now = current();
			if (now) {
				return now;
			}

			opening ??= connectAgain().then(async connection => {
				open = connection;
				if (isClosed) {
					// It was closed while this connection was under way.
					await end(connection);
					throw closed();
				}

				return connection;
			}).finally(() => {
				opening = undefined;
			});
			return opening;
		},
		async close() {
			isClosed = true;
			const connection = current();
			if (connection) {
				await end(connection);
			}
		},
	};
};
