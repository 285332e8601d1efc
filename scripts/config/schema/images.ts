import {z} from 'zod';
import {guestSuiteNames} from '../guestSuites.js';
import {isKeyFile, isPublicKey, sshKeyForms} from '../sshKeys.js';
import {variants} from './variants.js';
import {ipAddress, text} from './values.js';

/** Container images that instances run. */
export const containerNames = ['database', 'backup'] as const;
export type ContainerName = typeof containerNames[number];

const sshKey = z.string().refine(value => isKeyFile(value) || isPublicKey(value), {error: `must be ${sshKeyForms}`});

/** The digest names one image for ever; a tag may be another one tomorrow. */
const readyImage = z.string().refine(value => /^[\w.-]+(?::\d+)?(?:\/[a-z\d]+(?:[._-]+[a-z\d]+)*)+@sha256:[\da-f]{64}$/.test(value), {
	error: 'must be null or REGISTRY/NAME@sha256:… with all 64 digits; a tag says only which image bears it today, so it is not enough',
}).nullable();

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
	database: z.strictObject({variant: z.enum(variants), from: readyImage, extraPackages: z.array(text), hooks: z.array(text)}),
	backup: z.strictObject({from: readyImage}),
});
