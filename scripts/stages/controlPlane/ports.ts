import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';

/** A process that listens on a port. */
export type Listener = {
	readonly port: number;
	readonly pid: number;
	readonly program: string;
	/** Unit of systemd that it belongs to; `-` for none. */
	readonly unit: string;
};

/** Prints `PORT PID UNIT PROGRAM` for each process that listens on one of the TCP ports. */
export const listenersScript = (ports: readonly number[]): string => `
ss --no-header --listening --tcp --numeric --processes '${ports.map(port => `sport = :${port}`).join(' or ')}' | while read -r state received sent address rest; do
  echo "$rest" | grep --only-matching 'pid=[0-9]*' | sort --unique | while IFS='=' read -r word pid; do
    echo "\${address##*:} $pid $(ps --no-headers -o unit=,comm= --pid "$pid")"
  done
done
`;

export const parseListeners = (output: string): Listener[] => [...output.matchAll(/^(\d+) (\d+) +(\S+) +(.+)$/gm)]
	.map(([, port, pid, unit = '', program = '']) => ({port: Number(port), pid: Number(pid), unit, program: program.trim()}));

/** Those that are none of the units' processes, one for each port. */
export const strangers = (listeners: readonly Listener[], units: readonly string[]): Listener[] => {
	const foreign = listeners.filter(({unit}) => !units.includes(unit.replace(/\.service$/, '')));
	return [...new Map(foreign.map(listener => [listener.port, listener])).values()];
};

const who = ({port, pid, program, unit}: Listener): string => `port ${port} is held by ${program} (process ${pid}${unit === '-' ? '' : ` of ${unit}`})`;

/**
 * Refuses when a foreign process listens where a service is going to: the service itself would tell only in its journal, after many tries.
 * @throws ToolError K2D2204 that names ports and holders.
 */
export const refuseHeldPorts = async (machine: Machine, title: string, {ports, units}: {readonly ports: readonly number[]; readonly units: readonly string[]}): Promise<void> => {
	if (ports.length === 0) {
		return;
	}

	const {stdout} = await machine.script(listenersScript(ports), {timeout: 30});
	const held = strangers(parseListeners(stdout), units);
	if (held.length > 0) {
		throw new ToolError('K2D2204', `${title} cannot start: in the machine ${held.map(listener => who(listener)).join(', ')}`, {
			remedy: 'Open `k2hdkc-devstack shell` and end that process (`kill`, or `systemctl stop` for a unit), then resume.',
		});
	}
};
