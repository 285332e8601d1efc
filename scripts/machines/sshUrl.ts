import {userInfo} from 'node:os';
import {ToolError} from '../errors/toolError.js';

export type SshAddress = {
	readonly user: string;
	/** Name or address, without brackets. */
	readonly host: string;
	readonly port: number;
};

const defaultPort = 22;

const malformed = (url: string, why: string): ToolError =>
	new ToolError('K2D5006', `${JSON.stringify(url)} is not the address of a machine: ${why}.`);

const decode = (url: string, text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		throw malformed(url, 'its user name has a broken % sequence');
	}
};

const check = (url: string, parsed: URL): void => {
	if (parsed.protocol !== 'ssh:') {
		throw malformed(url, `it begins with ${parsed.protocol}//, not with ssh://`);
	}

	if (parsed.hostname === '') {
		throw malformed(url, 'it names no host');
	}

	if (parsed.password !== '') {
		throw malformed(url.replace(parsed.password, '***'), 'it has a password; only keys and agents are used');
	}

	if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
		throw malformed(url, 'nothing may follow the port');
	}
};

/** `ssh://[user@]host[:port]`; the user is that of this process when none is named. Throws K2D5006 that says what is wrong. */
export const parseSshUrl = (url: string): SshAddress => {
	if (!URL.canParse(url)) {
		throw malformed(url, /^ssh:\/\/.*:\d*[^\d\]/]*$/.test(url) || /:\d+\/?$/.test(url) ? 'its host or port cannot be read' : 'it is not of the form ssh://user@host:port');
	}

	const parsed = new URL(url);
	check(url, parsed);
	return {
		user: parsed.username === '' ? userInfo().username : decode(url, parsed.username),
		host: parsed.hostname.replaceAll(/^\[|]$/g, '').toLowerCase(),
		port: parsed.port === '' ? defaultPort : Number(parsed.port),
	};
};

/** The address as a person writes it. */
export const renderSshUrl = ({user, host, port}: SshAddress): string =>
	`ssh://${encodeURIComponent(user)}@${host.includes(':') ? `[${host}]` : host}:${port}`;
