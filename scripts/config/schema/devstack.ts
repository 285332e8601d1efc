import {isIP} from 'node:net';
import {z} from 'zod';
import {absolutePath, cidr, positive} from './values.js';

const size = z.strictObject({cpus: positive, memoryMiB: positive, diskMiB: positive});

const hostAddress = z.string().refine(value => value === 'auto' || isIP(value) === 4, {error: 'must be "auto" or an IPv4 address of the machine'});

/** The machine of profile `devstack`. */
export const devstackSchema = z.strictObject({
	directory: absolutePath,
	hostAddress,
	anySystem: z.boolean(),
	ranges: z.strictObject({private: cidr, floating: cidr, management: cidr}),
	minimum: size,
	recommended: size,
});
