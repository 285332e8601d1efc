import {z} from 'zod';
import {isPinnedReference} from '../containerReference.js';
import {guestSuiteNames} from '../guestSuites.js';
import {parsePreload, preloadForms} from '../preload.js';
import {isKeyFile, isPublicKey, sshKeyForms} from '../sshKeys.js';
import {variants} from './variants.js';
import {absolutePath, ipAddress, text} from './values.js';

const sshKey = z.string().refine(value => isKeyFile(value) || isPublicKey(value), {error: `must be ${sshKeyForms}`});

const readyImage = z.string().refine(value => isPinnedReference(value), {
	error: 'must be null or REGISTRY/NAME@sha256:… with all 64 digits; a tag says only which image bears it today, so it is not enough',
}).nullable();
const preload = z.string().refine(value => parsePreload(value) !== undefined, {error: `must be ${preloadForms}`});
const hostName = z.string().regex(/^[a-z\d][\w.:-]*$/i, {error: 'must be a host name or an address'});
const userName = z.string().regex(/^[a-z_][\w-]*$/i, {error: 'must be the name of an account'});
const plainPath = z.string().regex(/^\/[\w./+@-]*$/, {error: 'must be an absolute path of letters, digits and . _ + @ -'});

export const imagesSchema = z.strictObject({
	builder: z.enum(['auto', 'buildah', 'docker']),
	guest: z.strictObject({
		suite: z.enum(guestSuiteNames),
		extraPackages: z.array(text),
		hooks: z.array(text),
		ipv6: z.boolean(),
		sshKeys: z.array(sshKey),
		dns: z.array(ipAddress),
		file: absolutePath.nullable(),
		preload: z.array(preload),
		devMode: z.boolean(),
		controller: z.strictObject({address: hostName.nullable(), user: userName, path: plainPath}),
	}),
	database: z.strictObject({variant: z.enum(variants), from: readyImage, extraPackages: z.array(text), hooks: z.array(text)}),
	backup: z.strictObject({from: readyImage, extraPackages: z.array(text), hooks: z.array(text)}),
});
