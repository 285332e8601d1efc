import type {GuestFacts, GuestLogs} from '../../commands/guests.js';
import type {Machine} from '../../machines/types.js';
import {k2hr3Units} from '../k2hr3/definition.js';
import type {K2hr3Troubles} from '../k2hr3/k2hr3Env.js';
import type {SandboxEnv} from '../sandboxEnv.js';

type Server = {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	readonly 'OS-EXT-STS:power_state': number;
	readonly addresses: Readonly<Record<string, ReadonlyArray<{readonly addr: string}>>>;
};

/** Nova's number for a server that runs. */
const running = 1;

/** Name of a server in Incus, as nova-incus gives it. */
const containerOf = (id: string): string => `instance-${id}`;

/**
 * Prints `ID BYTES` for each guest that runs. Counted by process: few kernels have the memory controller in a machine that is itself a container,
 * and pages that guests share with each other would count as often as there are guests.
 */
const memoryScript = `
for group in /sys/fs/cgroup/lxc.payload.instance-*; do
  [ -d "$group" ] || continue
  find "$group" -name cgroup.procs -exec cat {} + | while read -r pid; do
    cat "/proc/$pid/smaps_rollup" 2>/dev/null || true
  done | awk -v id="\${group##*/lxc.payload.instance-}" '/^Pss:/ {sum += $2} END {print id, sum * 1024}'
done
`;

export const parseMemory = (output: string): ReadonlyMap<string, number> =>
	new Map(output.split('\n').filter(line => line !== '').map(line => line.split(' ') as [string, string]).map(([id, bytes]) => [id, Number(bytes)]));

export const guestOf = ({id, name, status, addresses, 'OS-EXT-STS:power_state': power}: Server, memory: ReadonlyMap<string, number>): GuestFacts => {
	const bytes = memory.get(id);
	return {
		name, id, state: status, running: power === running,
		addresses: Object.values(addresses).flat().map(({addr}) => addr),
		...(bytes === undefined ? {} : {memory: bytes}),
	};
};

/** Every server, of all projects, by name. */
export const listGuests = async ({api, machine}: Pick<SandboxEnv, 'api' | 'machine'>): Promise<readonly GuestFacts[]> => {
	const [{body}, {stdout}] = await Promise.all([
		api.request({url: `${api.url.compute}/servers/detail?all_tenants=1`}), machine.script(memoryScript, {allow: 'any', timeout: 60}),
	]);
	const memory = parseMemory(stdout);
	return (body as {servers: Server[]}).servers.map(server => guestOf(server, memory)).toSorted((one, other) => one.name.localeCompare(other.name));
};

/** Words that run argv in a guest, as root. */
export const inGuest = ({id}: Pick<GuestFacts, 'id'>, argv: readonly string[]): readonly string[] => ['incus', 'exec', containerOf(id), '--', ...argv];

/** Units that tell how a guest of the datastore, or the server of K2HR3, gets ready. */
const units = ['cloud-init-local', 'cloud-init-network', 'cloud-init-main', 'cloud-config', 'cloud-final', 'guest-agent', ...k2hr3Units] as const;

/** How often systemd may start a program of K2HR3 again before it is one that does not come up. Each has a few seconds, and the ring's may be late once or twice. */
const tolerated = 6;

/** Reads `systemctl show` of Id, ActiveState and NRestarts: units that systemd has given up, and those that end again and again. */
export const parseTroubles = (output: string): readonly string[] => output.split('\n\n').flatMap(block => {
	const {Id: id = '', ActiveState: state, NRestarts: restarts} = Object.fromEntries(block.split('\n').map(line => line.split('='))) as Record<string, string | undefined>;
	return state === 'failed' || Number(restarts) >= tolerated ? [id] : [];
});

/** Units of the server of K2HR3 that do not come up, and the last lines of their journal. `inServer`: words that run argv there, on the machine. */
export const unitTroubles = async (machine: Pick<Machine, 'run'>, inServer: (argv: readonly string[]) => readonly string[]): Promise<K2hr3Troubles> => {
	const {stdout} = await machine.run(inServer(['systemctl', 'show', '--property=Id,ActiveState,NRestarts', ...k2hr3Units.map(unit => `${unit}.service`)]), {allow: 'any', timeout: 30});
	const journal = await machine.run(inServer(['journalctl', '--no-pager', '--lines=20', ...k2hr3Units.map(unit => `--unit=${unit}`)]), {allow: 'any', timeout: 30});
	return {units: parseTroubles(stdout), lines: journal.stdout.split('\n')};
};

/** What a server has written to its console, by Nova. */
export const guestConsole = ({api}: Pick<SandboxEnv, 'api'>, {id}: Pick<GuestFacts, 'id'>) => async (): Promise<string> => {
	const {body} = await api.request({method: 'POST', url: `${api.url.compute}/servers/${id}/action`, body: {'os-getConsoleOutput': {}}});
	return (body as {output: string}).output;
};

/** `inServer`: words that run argv in the guest. Incus gives each byte of a console once only, and its driver keeps them. */
export const guestLogs = ({api}: Pick<SandboxEnv, 'api'>, guest: GuestFacts, inServer = (argv: readonly string[]) => inGuest(guest, argv)): GuestLogs => ({
	console: guestConsole({api}, guest),
	...(guest.running && {
		journal: follow => inServer(['journalctl', '--no-pager', '--output=short-iso', ...units.map(unit => `--unit=${unit}`), ...(follow ? ['--lines=all', '--follow'] : [])]),
	}),
});
