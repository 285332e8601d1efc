import {ToolError} from '../errors/toolError.js';

/** Networks of one environment. All IPv4; `prefix` is the length of the management range's prefix. */
export type Addresses = {
	readonly managementCidr: string;
	/** The host's end of the link. */
	readonly host: string;
	/** The machine's end: where its services answer. */
	readonly machine: string;
	readonly prefix: number;
	readonly privateCidr: string;
	readonly publicCidr: string;
	/** First address of the public range: the machine's own on br-ex. */
	readonly publicGateway: string;
};

/** What a file of addresses holds; undefined when it cannot be read. */
export const parseAddresses = (text: string): Addresses | undefined => {
	try {
		const value = JSON.parse(text) as Addresses;
		return [value.managementCidr, value.privateCidr, value.publicCidr, value.machine].every(entry => typeof entry === 'string') ? value : undefined;
	} catch {
		return undefined;
	}
};

export type Wanted = {
	readonly pool: readonly string[];
	/** Each `auto` or a range. */
	readonly management: string;
	readonly private: string;
	readonly public: string;
};

type Range = {readonly first: number; readonly last: number};

const overlap = (one: Range, other: Range): boolean => one.first <= other.last && other.first <= one.last;

const toText = (number: number): string => [24, 16, 8, 0].map(shift => Math.floor(number / (2 ** shift)) % 256).join('.');

/** Any IPv4 range or single address, whatever its prefix; host bits are dropped. */
const parse = (cidr: string): Range => {
	const [address = '', prefix = '32'] = cidr.split('/');
	const size = 2 ** (32 - Number(prefix));
	let number = 0;
	for (const octet of address.split('.')) {
		number = (number * 256) + Number(octet);
	}

	const first = Math.floor(number / size) * size;
	return {first, last: first + size - 1};
};

/** Whether two IPv4 ranges, or an address and a range, have an address in common. */
export const rangesOverlap = (one: string, other: string): boolean => overlap(parse(one), parse(other));

/** The first address of a range that a host can have. */
export const firstAddress = (cidr: string): string => toText(parse(cidr).first + 1);

/** The last address of a range that a host can have. */
export const lastAddress = (cidr: string): string => toText(parse(cidr).last - 1);

/** The first range with a prefix of that length in another, which is itself where it is not larger. */
export const firstRange = (cidr: string, prefix: number): string => `${toText(parse(cidr).first)}/${Math.max(prefix, Number(cidr.split('/')[1]))}`;

/** The addresses of a range that Neutron may give away by itself: not the first, which is the gateway's, and not the last. */
export const allocationPool = (cidr: string): {readonly start: string; readonly end: string} => {
	const {first, last} = parse(cidr);
	return {start: toText(first + 2), end: toText(last - 2)};
};

/** Ranges in use on a host, from `ip -json -4 route show table all`. A default route is no use of a range. */
export const usedRanges = (routes: ReadonlyArray<{readonly dst?: string}>): string[] => routes
	.map(({dst}) => dst ?? 'default')
	.filter(dst => dst !== 'default' && dst !== '0.0.0.0/0');

/** The first range of `size` addresses in the pool that is clear of everything taken. */
const firstFree = (pool: readonly string[], size: number, taken: readonly Range[]): Range | undefined => {
	for (const {first, last} of pool.map(cidr => parse(cidr))) {
		for (let start = first; start + size - 1 <= last; start += size) {
			const candidate = {first: start, last: start + size - 1};
			if (!taken.some(range => overlap(range, candidate))) {
				return candidate;
			}
		}
	}

	return undefined;
};

const choose = (wanted: string, what: string, pool: readonly string[], taken: readonly Range[]): Range => {
	if (wanted === 'auto') {
		const free = firstFree(pool, 256, taken);
		if (!free) {
			throw new ToolError('K2D3006', `No range for the ${what} network is free: routes of the host cover all of ${pool.join(', ')}`);
		}

		return free;
	}

	const fixed = parse(wanted);
	if (taken.some(range => overlap(range, fixed))) {
		throw new ToolError('K2D3006', `The range ${wanted} for the ${what} network overlaps a route of the host or another range of the environment`);
	}

	return fixed;
};

/**
 * Chooses three ranges clear of the host's routes and of each other: fixed ones are checked, `auto` takes a /24 from the pool.
 * @throws ToolError K2D3006 when none is free or a fixed one is in use.
 */
export const chooseAddresses = (wanted: Wanted, used: readonly string[]): Addresses => {
	const taken = used.map(cidr => parse(cidr));
	const chosen = new Map<string, Range>();
	const names = ['management', 'private', 'public'] as const;
	for (const name of names.toSorted((one, other) => Number(wanted[one] === 'auto') - Number(wanted[other] === 'auto'))) {
		const range = choose(wanted[name], name, wanted.pool, taken);
		taken.push(range);
		chosen.set(name, range);
	}

	const cidr = (name: string): string => {
		const {first, last} = chosen.get(name)!;
		return `${toText(first)}/${32 - Math.log2(last - first + 1)}`;
	};

	const at = (name: string, offset: number): string => toText(chosen.get(name)!.first + offset);
	return {
		managementCidr: cidr('management'), privateCidr: cidr('private'), publicCidr: cidr('public'),
		host: at('management', 1), machine: at('management', 2), prefix: Number(cidr('management').split('/')[1]),
		publicGateway: at('public', 1),
	};
};
