import type {Check} from '../../commands/environment.js';
import type {Machine} from '../../machines/types.js';
import {pass, warn} from '../checkResult.js';
import type {SandboxEnv} from '../sandboxEnv.js';

/** What guests need of the kernel, and what they do without where it lacks it. */
export type GuestKernel = {
	/** Of a flavor, those that are mere words. */
	readonly unlimited: readonly string[];
	/** Volumes can be attached. */
	readonly loopDevices: boolean;
	/** Roots of guests can be snapshots of one. */
	readonly copyOnWrite: boolean;
};

// One unified hierarchy, or beside those of version 1.
const lookScript = `
cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || cat /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null || true
echo
if [ -e /dev/loop-control ]; then echo loop; fi
if grep -qw btrfs /proc/filesystems || modprobe --dry-run --quiet btrfs 2>/dev/null; then echo btrfs; fi
`;

const controllers = {memory: 'memory', cpuset: 'vcpus'} as const;

export const parseKernel = (output: string): GuestKernel => {
	const [there = '', ...rest] = output.split('\n');
	return {
		unlimited: Object.entries(controllers).filter(([controller]) => !there.split(' ').includes(controller)).map(([, limit]) => limit),
		loopDevices: rest.includes('loop'),
		copyOnWrite: rest.includes('loop') && rest.includes('btrfs'),
	};
};

/** Looks on the host, or in the machine, which may get less of it. */
export const lookAtKernel = async (machine: Pick<Machine, 'script'>): Promise<GuestKernel> => parseKernel((await machine.script(lookScript)).stdout);

/** What guests do without, each as a thing and the reason. */
export const lacks = ({unlimited, loopDevices, copyOnWrite}: GuestKernel): ReadonlyArray<{readonly what: string; readonly why: string}> => [
	...(unlimited.length === 0 ? [] : [{what: 'limits of flavors', why: `servers may take more than the ${unlimited.join(' and ')} of their flavor: the kernel has no such controller for them`}]),
	...(copyOnWrite ? [] : [{what: 'quick servers', why: 'the kernel has no btrfs, or no loop devices: each server is a full copy of its image, which takes longer to make and to delete, and may take more than the disk of its flavor'}]),
	...(loopDevices ? [] : [{what: 'volumes of servers', why: 'the kernel has no loop devices: volumes cannot be attached'}]),
];

export const guestsCheck = ({host}: SandboxEnv): Check => ({
	id: 'guests', title: 'What servers need of the kernel', stage: 'control-plane',
	async run() {
		const lacking = lacks(await lookAtKernel(host));
		return lacking.length === 0
			? pass('loop devices, btrfs, and the controllers that hold servers to their flavor')
			: warn(lacking.map(({why}) => why).join('; '), 'Servers run all the same. A host with cgroup version 2 alone has the controllers; `modprobe loop` and `modprobe btrfs` bring the rest.');
	},
});
