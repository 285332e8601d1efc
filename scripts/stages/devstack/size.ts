import type {CheckResult} from '../../commands/environment.js';
import {fail, pass, warn} from '../checkResult.js';
import type {Judge} from './judge.js';

type Measure = {
	readonly there: number;
	readonly minimum: number;
	readonly recommended: number;
	/** `MiB of memory`, to follow a number. */
	readonly unit: string;
	readonly code: string;
	readonly remedy: string;
};

const measure = ({there, minimum, recommended, unit, code, remedy}: Measure): CheckResult => {
	if (there < minimum) {
		return fail(code, `${there} ${unit}, at least ${minimum} needed`, remedy);
	}

	return there < recommended
		? warn(`${there} ${unit}, ${recommended} recommended`, 'It will do for a single instance. Clusters and K2HR3 need more.')
		: pass(`${there} ${unit}`);
};

/** Processors, memory and disk. */
export const size: readonly Judge[] = [
	{
		id: 'cpus', title: 'Processors', stage: 'machine',
		judge: ({cpus}, {devstack: {minimum, recommended}}) => measure({
			there: cpus, minimum: minimum.cpus, recommended: recommended.cpus, unit: 'processors', code: 'K2D3013', remedy: 'Give the machine more processors, or use a larger one.',
		}),
	},
	{
		id: 'memory', title: 'Memory', stage: 'control-plane',
		judge: ({memoryMiB}, {devstack: {minimum, recommended}}) => measure({
			there: memoryMiB, minimum: minimum.memoryMiB, recommended: recommended.memoryMiB, unit: 'MiB of memory', code: 'K2D3003', remedy: 'Use a larger machine.',
		}),
	},
	{
		id: 'disk', title: 'Disk space', stage: 'control-plane',
		// What it needs is partly used already where it has begun.
		judge: ({disk: {freeMiB, mountedOn}, ours}, {devstack: {minimum, recommended}}) => ours
			? pass(`${freeMiB} MiB free on ${mountedOn}`)
			: measure({
				there: freeMiB, minimum: minimum.diskMiB, recommended: recommended.diskMiB, unit: `MiB free on ${mountedOn}`, code: 'K2D3004', remedy: 'Free some space, use a larger disk, or put the checkouts on another file system: --set devstack.directory=/PATH.',
			}),
	},
];
