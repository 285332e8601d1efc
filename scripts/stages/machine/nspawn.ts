import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';

/**
 * Prints the process of systemd-nspawn that runs the machine, and that of the machine's own init, as the host numbers them; 0 before there is one.
 * Prints nothing when it does not run.
 */
const findScript = (name: string, root: string | undefined): string => `
for process in /proc/[0-9]*; do
  { read -r comm < "$process/comm"; } 2>/dev/null || continue
  [ "$comm" = systemd-nspawn ] || continue
  grep -qzx -e '--machine=${name}' "$process/cmdline" 2>/dev/null || continue
${root === undefined ? '' : `  grep -qzx -e '--directory=${root}' "$process/cmdline" 2>/dev/null || continue\n`}\
  pid=\${process#/proc/}
  # The first child prepares the root and makes the init; that one has processes of its own.
  init=0
  for child in $(cat "$process/task/$pid/children" 2>/dev/null); do
    if [ -e "/proc/$child/ns/pid" ] && ! [ "/proc/$child/ns/pid" -ef /proc/self/ns/pid ]; then init=$child; fi
  done
  echo "$pid $init"
done
`;

export type NspawnProcess = {
	readonly nspawn: number;
	/** Undefined while nspawn still prepares the root. */
	readonly init?: number;
};

/** Looks for the running machine of that name on that root; without a root for any of that name, whoever it belongs to. */
export const findMachine = async (host: Machine, name: string, root?: string): Promise<NspawnProcess | undefined> => {
	const {stdout} = await host.script(findScript(name, root));
	const found = stdout.split('\n').filter(line => line !== '').map(line => {
		const [nspawn, init] = line.split(' ').map(Number);
		return {nspawn: nspawn!, ...(init && {init})};
	});
	// Nspawn's own children bear its name too until they become something else.
	return found.find(({init}) => init !== undefined) ?? found[0];
};

export type Leader = {
	/** The init process of the machine. @throws ToolError K2D5008 when it does not run. */
	current: () => Promise<number>;
	/** To be called when the machine is started or stopped: the next question looks again. */
	forget: () => void;
};

/** Seconds that an answer is good for. Looking costs as much as most commands that ask. */
const freshness = 5;

/** Knows the running machine's init process. */
export const createLeader = (host: Machine, name: string, root: string): Leader => {
	let known: {readonly at: number; readonly init: Promise<number>} | undefined;
	const search = async (): Promise<number> => {
		const found = await findMachine(host, name, root);
		if (!found?.init) {
			throw new ToolError('K2D5008', `The sandbox machine ${name} is not running`);
		}

		return found.init;
	};

	const forget = (): void => {
		known = undefined;
	};

	return {
		async current() {
			if (!known || Date.now() - known.at > freshness * 1000) {
				known = {at: Date.now(), init: search()};
				known.init.catch(forget);
			}

			return known.init;
		},
		forget,
	};
};

/** The init process of the machine, or undefined when it does not run. */
export const runningInit = async (leader: Pick<Leader, 'current'>): Promise<number | undefined> => {
	try {
		return await leader.current();
	} catch (error) {
		if (error instanceof ToolError && error.code === 'K2D5008') {
			return undefined;
		}

		throw error;
	}
};
