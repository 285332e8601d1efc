import {z} from 'zod';
import {guestSuiteNames} from '../guestSuites.js';
import {isKeyFile, isPublicKey, sshKeyForms} from '../sshKeys.js';
import {variants} from './variants.js';
import {ipAddress, text} from './values.js';

const sshKey = z.string().refine(value => isKeyFile(value) || isPublicKey(value), {error: `must be ${sshKeyForms}`});

export const imagesSchema = z.strictObject({
	builder: z.enum(['auto', 'buildah', 'docker']),
	guest: z.strictObject({
		suite: z.enum(guestSuiteNames),
		extraPackages: z.array(text),
		hooks: z.array(text),
		ipv6: z.boolean(),
		sshKeys: z.array(sshKey),
		dns: z.array(ipAddress),
	}),
	database: z.strictObject({variant: z.enum(variants), extraPackages: z.array(text), hooks: z.array(text)}),
});
