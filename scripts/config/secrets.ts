import {hideUrlPasswords, userInfo} from './urlPasswords.js';

/** Options of services whose value nobody should read over a shoulder. */
const secretName = /password|passwd|secret|token|credential/i;

/** A copy for the screen: passwords in addresses, and values whose key says that they are secret, are replaced by `***`. */
export const hideSecrets = (value: unknown, key = ''): unknown => {
	if (Array.isArray(value)) {
		return value.map(item => hideSecrets(item, key));
	}

	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideSecrets(item, name)]));
	}

	if (typeof value !== 'string') {
		return value;
	}

	return secretName.test(key) ? '***' : hideUrlPasswords(value);
};

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

const inAddress = (text: string): string[] => [...text.matchAll(userInfo)].flatMap(match => {
	const info = match[2]!;
	const secret = info.includes(':') ? info.slice(info.indexOf(':') + 1) : info;
	return [secret, decode(secret)];
});

const collect = (value: unknown, key: string): string[] => {
	if (typeof value === 'string') {
		return secretName.test(key) ? [value] : inAddress(value);
	}

	return typeof value === 'object' && value !== null
		? Object.entries(value).flatMap(([name, item]) => collect(item, Array.isArray(value) ? key : name))
		: [];
};

/** Secrets written into the configuration, for the masks of logs and screens: passwords in addresses and secret options. */
export const secretsOf = (config: unknown): readonly string[] => [...new Set(collect(config, ''))];
