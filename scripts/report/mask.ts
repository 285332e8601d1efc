/** Text with every secret in it replaced by `***`. */
export type Mask = (text: string) => string;

/** Shorter ones occur by chance in ordinary words, and would make logs unreadable. */
const shortestSecret = 6;

const percentEncode = (byte: string): string => `%${byte.codePointAt(0)!.toString(16).toUpperCase()}`;
const lowerHex = (text: string): string => text.replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase());

const urlForms = (secret: string): string[] => {
	const browser = encodeURIComponent(Buffer.from(secret).toString());
	const strict = browser.replaceAll(/[!'()*]/g, percentEncode);
	const withSlash = strict.replaceAll('%2F', '/');
	return [browser, strict, withSlash, strict.replaceAll('%20', '+')].flatMap(form => [form, lowerHex(form)]);
};

/**
 * How the secret looks inside base64 of a longer text. A byte may begin at three places of a group of four characters;
 * characters that also carry bits of a neighbour are left out.
 */
const base64Forms = (secret: string): string[] => {
	const bytes = Buffer.from(secret);
	const inside = [0, 1, 2].map(offset => {
		const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
		return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
	});
	return [bytes.toString('base64'), ...inside]
		.flatMap(form => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
};

const escapeRegExp = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * A function that hides the secrets in any string: as they are, URL-encoded, JSON-escaped and in base64 at any position.
 * Secrets of fewer than 6 characters are ignored.
 */
export const createMask = (secrets: Iterable<string>): Mask => {
	const forms = new Set<string>();
	for (const secret of secrets) {
		if (secret.length >= shortestSecret) {
			for (const form of [secret, JSON.stringify(secret).slice(1, -1), ...urlForms(secret), ...base64Forms(secret)]) {
				forms.add(form);
			}
		}
	}

	if (forms.size === 0) {
		return text => text;
	}

	const longestFirst = [...forms].toSorted((left, right) => right.length - left.length);
	const pattern = new RegExp(longestFirst.map(form => escapeRegExp(form)).join('|'), 'g');
	return text => text.replaceAll(pattern, '***');
};

export type LiveMask = {
	/** The text with every secret known so far replaced by `***`. */
	readonly text: Mask;
	/** The same for every string inside a value that will become JSON. */
	readonly value: <V>(value: V) => V;
	/** Makes further secrets known. */
	readonly add: (secrets: Iterable<string>) => void;
};

const maskValue = (value: unknown, text: Mask): unknown => {
	if (typeof value === 'string') {
		return text(value);
	}

	if (Array.isArray(value)) {
		return value.map(item => maskValue(item, text));
	}

	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), maskValue(item, text)]));
	}

	return value;
};

/** A mask that learns: passwords are generated while a run goes on, and every sink must hide them from then on. */
export const createLiveMask = (secrets: Iterable<string> = []): LiveMask => {
	const known = new Set<string>();
	let current: Mask = text => text;
	const add = (more: Iterable<string>): void => {
		for (const secret of more) {
			known.add(secret);
			// Keys span lines, and sinks see one line at a time.
			for (const line of secret.split('\n')) {
				known.add(line.trim());
			}
		}

		current = createMask(known);
	};

	add(secrets);
	const text: Mask = input => current(input);
	return {text, value: <V>(value: V) => maskValue(value, text) as V, add};
};
