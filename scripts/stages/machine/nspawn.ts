import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';

/**
 * Prints the process of systemd-nspawn that runs the machine, and that of the machine's own init, as the host numbers them.
 * Prints nothing when it does not run.
 */
const findScript = (name: string, root: string | undefined): string => `
for process in /proc/[0-9]*; do
  { read -r comm < "$process/comm"; } 2>/dev/null || continue
  [ "$comm" = systemd-nspawn ] || continue
  grep -qzx -e '--machine=${name}' "$process/cmdline" 2>/dev/null || continue
${root === undefined ? '' : `  grep -qzx -e '--directory=${root}' "$process/cmdline" 2>/dev/null || continue\n`}\
  pid=\${process#/proc/}
  read -r child rest < "$process/task/$pid/children" || true
  echo "$pid \${child:-0}"
done
`;

export type NspawnProcess = {readonly nspawn: number; readonly init: number};

/** Looks for the running machine of that name on that root; without a root for any of that name, whoever it belongs to. */
export const findMachine = async (host: Machine, name: string, root?: string): Promise<NspawnProcess | undefined> => {
	const {stdout} = await host.script(findScript(name, root));
	const [nspawn, init] = (stdout.split('\n')[0] ?? '').split(' ').map(Number);
	return nspawn && init ? {nspawn, init} : undefined;
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
		if (!found) {
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
