import ssh2, {type Client, type ConnectConfig} from 'ssh2';
import {ToolError} from '../errors/toolError.js';
import type {HostKeys} from './hostKeys.js';
import type {Login} from './sshLogin.js';
import {renderSshUrl, type SshAddress} from './sshUrl.js';

/** Seconds, except `keepaliveTries`: unanswered signs of life until the link counts as dead. */
export type SshTiming = {
	readonly connectTimeout: number;
	readonly keepalive: number;
	readonly keepaliveTries: number;
	/** How long a command that finds the link gone tries to get it back. */
	readonly reconnect: number;
};

export type Connection = {
	readonly client: Client;
	/** Why the link is gone; undefined while it is there. */
	readonly goneBecause: () => string | undefined;
	/** Resolves when the link is gone. */
	readonly gone: Promise<void>;
};

type SshError = Error & {readonly level?: string; readonly code?: string};

const explain = (error: SshError, address: SshAddress, login: Login): ToolError => {
	const url = renderSshUrl(address);
	if (error.level === 'client-authentication') {
		return new ToolError('K2D5004', `${url} refuses the login. Tried: ${login.description}.`, {cause: error});
	}

	const reasons: Readonly<Record<string, string>> = {
		ECONNREFUSED: 'nothing listens on that port', ENOTFOUND: 'there is no such host name', EAI_AGAIN: 'its name cannot be looked up now',
		EHOSTUNREACH: 'there is no way to that host', ENETUNREACH: 'there is no way to that network', ETIMEDOUT: 'it does not answer',
	};
	const reason = error.level === 'client-timeout' ? 'it does not answer in time' : reasons[error.code ?? ''] ?? error.message;
	return new ToolError('K2D5001', `${url} cannot be reached: ${reason}.`, {cause: error});
};

/** One connection, logged in. Throws K2D5001 to K2D5004. */
export const openConnection = async (address: SshAddress, hostKeys: HostKeys, login: Login, timing: SshTiming): Promise<Connection> => {
	const client = new ssh2.Client();
	let refused: ToolError | undefined;
	let goneBecause: string | undefined;
	const config: ConnectConfig = {
		host: address.host,
		port: address.port,
		username: address.user,
		authHandler: [...login.methods],
		algorithms: {serverHostKey: [...hostKeys.algorithms] as NonNullable<NonNullable<ConnectConfig['algorithms']>['serverHostKey']>},
		hostVerifier(key: Buffer, verify: (valid: boolean) => void) {
			hostKeys.refusal(key).then(refusal => {
				refused = refusal;
				verify(refusal === undefined);
			}, (error: unknown) => {
				refused = error as ToolError;
				verify(false);
			});
		},
		readyTimeout: timing.connectTimeout * 1000,
		keepaliveInterval: timing.keepalive * 1000,
		keepaliveCountMax: timing.keepaliveTries,
	};
	const gone = new Promise<void>(resolve => {
		client.on('close', () => {
			goneBecause ??= 'the machine closed the link';
			resolve();
		});
	});
	await new Promise<void>((resolve, reject) => {
		client.once('ready', resolve).on('error', (error: SshError) => {
			goneBecause ??= error.level === 'client-timeout' ? 'the machine does not answer any more' : error.message;
			reject(refused ?? explain(error, address, login));
		}).once('close', () => {
			reject(refused ?? new ToolError('K2D5001', `${renderSshUrl(address)} cannot be reached: it closed the connection before the login.`));
		}).connect(config);
	});
	client.setNoDelay(true);
	return {client, goneBecause: () => goneBecause, gone};
};
