const userInfo = /\b([a-z][a-z\d+.-]*:\/\/)([^\s/?#@"']+)@/gi;

/** The same text with user names and passwords of addresses in it replaced by `***`. */
export const hideUrlPasswords = (text: string): string => text.replaceAll(userInfo, '$1***@');

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

const stringsIn = (value: unknown): string[] => {
	if (typeof value === 'string') {
		return [value];
	}

	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(item => stringsIn(item)) : [];
};

/** Passwords and tokens written into addresses anywhere in the configuration, for the masks of logs and screens. */
export const secretsOf = (config: unknown): readonly string[] => {
	const found = stringsIn(config).flatMap(text => [...text.matchAll(userInfo)]).map(([, , info]) => info!);
	const secrets = found.map(info => info.includes(':') ? info.slice(info.indexOf(':') + 1) : info);
	return [...new Set(secrets.flatMap(secret => [secret, decode(secret)]))];
};
