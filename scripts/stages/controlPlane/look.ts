import type {Machine} from '../../machines/types.js';
import {quote} from '../../machines/quote.js';
import type {Probe} from '../../pipeline/types.js';

/** What of a service is to be seen on the machine: paths of files, names of units. */
export type Parts = {readonly files: readonly string[]; readonly units: readonly string[]};

/** What a look at some parts showed. */
export type Look = {
	/** SHA-256 by path; a file that is not there is missing here. */
	readonly files: ReadonlyMap<string, string>;
	readonly units: ReadonlyMap<string, UnitLook>;
};

export type UnitLook = {
	/** Word of systemd: active, activating, inactive, failed… */
	readonly state: string;
	/** Seconds since it became active; undefined when it never was. */
	readonly age?: number;
};

/** One script for any number of files and units, with two programs in all. */
export const lookScript = ({files, units}: Parts): string => [
	'read -r uptime rest </proc/uptime',
	'echo "uptime $uptime"',
	...(files.length === 0 ? [] : [`sha256sum -- ${files.map(file => quote(file)).join(' ')} 2>/dev/null || true`]),
	...(units.length === 0 ? [] : [`systemctl show --property=ActiveState,ActiveEnterTimestampMonotonic -- ${units.map(unit => quote(unit)).join(' ')}`]),
].join('\n');

/** A block of `systemctl show`. */
const unitOf = (block: string, uptime: number): UnitLook => {
	const values = new Map(block.split('\n').map(line => line.split('=', 2) as [string, string]));
	const since = Number(values.get('ActiveEnterTimestampMonotonic') ?? 0) / 1_000_000;
	return {state: values.get('ActiveState') ?? 'unknown', ...(since > 0 ? {age: uptime - since} : {})};
};

/** Reads what the script printed for `units`: systemctl answers in the order of the question, with empty lines between. */
export const parseLook = (output: string, units: readonly string[]): Look => {
	const uptime = Number(/^uptime ([\d.]+)$/m.exec(output)?.[1] ?? 0);
	const files = [...output.matchAll(/^([\da-f]{64}) [ *](.+)$/gm)].map(([, sum = '', file = '']) => [file, sum] as const);
	const first = output.search(/^Active\w+=/m);
	const blocks = first === -1 ? [] : output.slice(first).trim().split('\n\n');
	return {
		files: new Map(files),
		units: new Map(units.flatMap((unit, index) => blocks[index] === undefined ? [] : [[unit, unitOf(blocks[index], uptime)]])),
	};
};

/** Seconds that an answer about everything is good for. */
const freshness = 5;

/** Looks at services. Nearly all probes of a plan ask at the same time, so that one look at everything serves them all. */
export type Survey = {
	/** As it was at most a few seconds ago. */
	recent: (parts: Parts) => Promise<Look>;
	now: (parts: Parts) => Promise<Look>;
	/** To be called when something was changed: the next question looks again. */
	forget: () => void;
};

/** `all` names what may be asked about. */
export const createSurvey = (machine: Pick<Machine, 'script'>, all: () => readonly Parts[]): Survey => {
	let known: {readonly at: number; readonly look: Promise<Look>} | undefined;
	const now = async (parts: Parts): Promise<Look> => parseLook((await machine.script(lookScript(parts), {timeout: 30})).stdout, parts.units);
	const forget = (): void => {
		known = undefined;
	};

	return {
		now,
		forget,
		async recent() {
			if (!known || Date.now() - known.at > freshness * 1000) {
				const parts = all();
				const look = now({files: [...new Set(parts.flatMap(({files}) => files))], units: [...new Set(parts.flatMap(({units}) => units))]});
				known = {at: Date.now(), look};
				look.catch(forget);
			}

			return known.look;
		},
	};
};

export type Expected = {
	/** SHA-256 by path. */
	readonly files: ReadonlyMap<string, string>;
	readonly units: readonly string[];
};

/** Compares what is to be seen with what should be. Nothing of it there at all is `absent`; part of it is `broken`. */
export const judge = (seen: Look, expected: Expected): Probe => {
	const missing = [...expected.files].filter(([file]) => !seen.files.has(file)).map(([file]) => file);
	const stale = [...expected.files].filter(([file, sum]) => seen.files.has(file) && seen.files.get(file) !== sum).map(([file]) => file);
	const down = expected.units.filter(unit => seen.units.get(unit)?.state !== 'active');
	if (missing.length > 0 || (stale.length > 0 && expected.units.length > 0 && down.length === expected.units.length)) {
		return {state: 'absent', evidence: `not configured: ${[...missing, ...stale].join(', ')}`};
	}

	if (stale.length > 0) {
		return {state: 'broken', evidence: `${stale.join(', ')} ${stale.length === 1 ? 'is' : 'are'} not as the configuration wants`};
	}

	if (down.length > 0) {
		return {state: 'broken', evidence: down.map(unit => `${unit} is ${seen.units.get(unit)?.state ?? 'unknown'}`).join(', ')};
	}

	return expected.units.length === 0
		? {state: 'present', evidence: `${[...expected.files.keys()].join(', ')} as the configuration wants`}
		: {state: 'present', evidence: `${expected.units.join(', ')} active`};
};
