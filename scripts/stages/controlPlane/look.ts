import type {Probe} from '../../pipeline/types.js';

/** What one look at a service showed. */
export type Look = {
	/** SHA-256 by path; a file that is not there is missing here. */
	readonly files: ReadonlyMap<string, string>;
	/** Word of systemd for each unit: active, activating, inactive, failed… */
	readonly units: ReadonlyMap<string, string>;
	/** HTTP status; 0 when nothing answered; undefined when not asked. */
	readonly status?: number;
	/** Seconds since the unit that was started last became active. */
	readonly youngest?: number;
};

export type Expected = {
	readonly files: ReadonlyMap<string, string>;
	readonly units: readonly string[];
	readonly status?: number | undefined;
};

const unitsScript = (units: readonly string[]): string => `
for unit in ${units.join(' ')}; do echo "unit $unit $(systemctl is-active "$unit" || true)"; done
now=$(cut -d. -f1 /proc/uptime)
systemctl show --property=ActiveEnterTimestampMonotonic ${units.join(' ')} | sed -n 's/^ActiveEnterTimestampMonotonic=//p' | sort -n | tail -n 1 | while read -r since; do echo "age $((now - since / 1000000))"; done
`;

/** One script that looks at files, units and an address: a probe costs one command. */
export const lookScript = ({files, units, url}: {readonly files: readonly string[]; readonly units: readonly string[]; readonly url?: string | undefined}): string => `
${files.length === 0 ? '' : `sha256sum -- ${files.map(file => `'${file}'`).join(' ')} 2>/dev/null | sed 's/^/file /' || true`}
${units.length === 0 ? '' : unitsScript(units)}
${url === undefined ? '' : `echo "http $(curl --silent --output /dev/null --max-time 10 --noproxy '*' --write-out '%{http_code}' '${url}' || true)"`}
`;

export const parseLook = (output: string): Look => {
	const files = new Map<string, string>();
	const units = new Map<string, string>();
	const numbers = new Map<string, number>();
	for (const line of output.split('\n')) {
		const [kind = '', first = '', second = ''] = line.trim().split(/\s+/);
		if (kind === 'file') {
			files.set(second, first);
		} else if (kind === 'unit') {
			units.set(first, second);
		} else if (kind === 'http' || kind === 'age') {
			numbers.set(kind, Number(first));
		}
	}

	const [status, youngest] = [numbers.get('http'), numbers.get('age')];
	return {files, units, ...(status === undefined ? {} : {status}), ...(youngest === undefined ? {} : {youngest})};
};

/** Compares what is to be seen with what should be. Nothing of it there at all is `absent`; part of it is `broken`. */
export const judge = (seen: Look, expected: Expected): Probe => {
	const missing = [...expected.files].filter(([file]) => !seen.files.has(file)).map(([file]) => file);
	const stale = [...expected.files].filter(([file, sum]) => seen.files.has(file) && seen.files.get(file) !== sum).map(([file]) => file);
	const down = expected.units.filter(unit => seen.units.get(unit) !== 'active');
	if (missing.length > 0 || (stale.length > 0 && expected.units.length > 0 && down.length === expected.units.length)) {
		return {state: 'absent', evidence: `not configured: ${[...missing, ...stale].join(', ')}`};
	}

	if (stale.length > 0) {
		return {state: 'broken', evidence: `${stale.join(', ')} ${stale.length === 1 ? 'is' : 'are'} not as the configuration wants`};
	}

	if (down.length > 0) {
		return {state: 'broken', evidence: down.map(unit => `${unit} is ${seen.units.get(unit) ?? 'unknown'}`).join(', ')};
	}

	if (expected.status !== undefined && seen.status !== expected.status) {
		return {state: 'broken', evidence: seen.status ? `its address answers ${seen.status}, not ${expected.status}` : 'its address does not answer'};
	}

	if (expected.units.length === 0) {
		return {state: 'present', evidence: `${[...expected.files.keys()].join(', ')} as the configuration wants`};
	}

	return {state: 'present', evidence: `${expected.units.join(', ')} active${expected.status === undefined ? '' : `, its address answers ${expected.status}`}`};
};
