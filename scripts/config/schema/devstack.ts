import {isIP} from 'node:net';
import {z} from 'zod';
import {absolutePath, cidr, positive} from './values.js';

const size = z.strictObject({cpus: positive, memoryMiB: positive, diskMiB: positive});

const hostAddress = z.string().refine(value => value === 'auto' || isIP(value) === 4, {error: 'must be "auto" or an IPv4 address of the machine'});

const source = z.string().refine(value => isIP(value) === 4 || cidr.safeParse(value).success, {error: 'must be an IPv4 address, or a range such as 192.0.2.0/24'});

/** As the shell has them. */
const variableName = z.string().regex(/^[A-Za-z_]\w*$/);

const variableValue = z.union([z.string().refine(value => !value.includes('\n'), {error: 'must be one line'}), z.number(), z.boolean()], {error: 'must be one line of text, a number, or true or false'});

/** The machine of profile `devstack`. */
export const devstackSchema = z.strictObject({
	directory: absolutePath,
	hostAddress,
	anySystem: z.boolean(),
	editable: z.boolean(),
	allow: z.array(source),
	ranges: z.strictObject({private: cidr, floating: cidr, management: cidr}),
	variables: z.record(variableName, variableValue).optional(),
	sections: z.string().refine(value => value === '' || value.trimStart().startsWith('[['), {error: 'must begin with a section such as [[post-config|$NOVA_CONF]]'}),
	minimum: size,
	recommended: size,
});
