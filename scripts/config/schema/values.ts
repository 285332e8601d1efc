import {isIP} from 'node:net';
import {z} from 'zod';

/** Messages are what a value must be; they follow the name of the key in a sentence. */

export const text = z.string().min(1, {error: 'must not be empty'});

export const absolutePath = z.string().refine(value => value.startsWith('/'), {error: 'must be an absolute path'});

export const count = z.int().min(0);
export const positive = z.int().min(1);

/** A quota: -1 is unlimited. */
export const quota = z.int().min(-1);

const toNumber = (address: string): number => {
	let number = 0;
	for (const octet of address.split('.')) {
		number = (number * 256) + Number(octet);
	}

	return number;
};

/** First and last address of an IPv4 range as numbers; undefined for anything that is not a range with a clean network address. */
export const rangeOf = (cidr: string): {readonly first: number; readonly last: number} | undefined => {
	const [address, prefix, ...rest] = cidr.split('/');
	if (address === undefined || isIP(address) !== 4 || rest.length > 0 || !/^(?:[89]|[12]\d|30)$/.test(prefix ?? '')) {
		return undefined;
	}

	const size = 2 ** (32 - Number(prefix));
	const first = toNumber(address);
	return first % size === 0 ? {first, last: first + size - 1} : undefined;
};

export const cidr = z.string().refine(value => rangeOf(value) !== undefined, {
	error: 'must be an IPv4 range such as 10.213.0.0/24, from /8 to /30, beginning at its network address',
});

/** Left to the tool, which looks at the routes of the machine, or fixed. */
export const cidrOrAuto = z.string().refine(value => value === 'auto' || rangeOf(value) !== undefined, {
	error: 'must be "auto" or an IPv4 range such as 10.213.0.0/24, from /8 to /30, beginning at its network address',
});

export const ipAddress = z.string().refine(value => isIP(value) !== 0, {error: 'must be an IP address'});

export const isHttpUrl = (value: string): boolean => {
	const url = URL.canParse(value) ? new URL(value) : undefined;
	return url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
};

export const httpUrl = z.string().refine(value => isHttpUrl(value), {error: 'must be an http:// or https:// address'});

export const hostOrUrl = z.string().refine(value => value === 'host' || isHttpUrl(value), {
	error: 'must be "host" or an http:// or https:// address',
});

/** A value of a service's configuration file; lists are joined with commas there. */
const settingScalar = z.union([z.string(), z.number(), z.boolean()], {error: 'must be text, a number, or true or false'});
export const setting = z.union([settingScalar, z.array(settingScalar)], {error: 'must be text, a number, true or false, or a list of these'});
export type Setting = z.infer<typeof setting>;
