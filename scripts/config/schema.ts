import {z} from 'zod';
import {isRegistry, registriesOf, registryForms} from './insecureRegistries.js';
import {isMachineAddress} from './machineUrl.js';
import {devstackSchema} from './schema/devstack.js';
import {imagesSchema} from './schema/images.js';
import {k2hr3Schema} from './schema/k2hr3.js';
import {openstackSchema} from './schema/openstack.js';
import {variants} from './schema/variants.js';
import {releases} from './schema/releases.js';
import {proxySchema, sourcesSchema} from './schema/sources.js';
import {absolutePath, cidr, cidrOrAuto, positive, setting, text} from './schema/values.js';

export {releases, type Release} from './schema/releases.js';
export type {Setting} from './schema/values.js';

const environmentName = z.string().refine(value => /^[a-z\d](?:[a-z\d-]{0,10}[a-z\d])?$/.test(value), {
	error: 'must have 1 to 12 small letters, digits and inner hyphens',
});

const machine = z.string().refine(value => isMachineAddress(value), {
	error: 'must be "local" or of the form ssh://user@host:port, without a password',
});

const datastoreVersion = z.strictObject({
	name: text,
	/** Version number shown to users and tag of the container images; the name without one. */
	version: text.optional(),
	/** Distribution of the container images of this version; images.database.variant without one. */
	variant: z.enum(variants).optional(),
	active: z.boolean(),
	/** Guest images are found by these tags. */
	imageTags: z.array(text),
});

/** The merged configuration. conf/default.yaml holds every key with its meaning. */
export const configSchema = z.strictObject({
	profile: text,
	release: z.enum(releases),
	name: environmentName,
	machine,
	offers: z.strictObject({releases: z.array(z.enum(releases))}),
	controlPlane: z.enum(['packages', 'devstack']),
	components: z.strictObject({dashboard: z.boolean(), swift: z.boolean(), cinder: z.boolean(), compute: z.boolean(), images: z.boolean()}),
	paths: z.strictObject({state: absolutePath, cache: absolutePath}),
	ssh: z.strictObject({
		identityFile: text.nullable(),
		knownHosts: text.nullable(),
		hostKey: z.enum(['known', 'first-use']),
	}),
	sandbox: z.strictObject({
		suite: text,
		addressPool: z.array(cidr).min(1, {error: 'must name at least one range'}),
		managementCidr: cidrOrAuto,
		workers: positive,
		minimum: z.strictObject({memoryMiB: positive, diskMiB: positive}),
	}),
	devstack: devstackSchema,
	openstack: openstackSchema,
	datastore: z.strictObject({
		name: text,
		defaultVersion: text,
		versions: z.array(datastoreVersion).min(1, {error: 'must name at least one version'}),
		options: z.record(text, setting).refine(options => registriesOf(options.docker_insecure_registries).every(entry => isRegistry(entry)), {
			path: ['docker_insecure_registries'], error: `must be ${registryForms}`,
		}),
	}),
	images: imagesSchema,
	trove: z.strictObject({conf: z.record(text, z.record(text, setting))}),
	k2hr3: k2hr3Schema,
	sources: sourcesSchema,
	proxy: proxySchema,
	timeouts: z.strictObject({scale: z.number().min(0.1).max(100)}),
});

export type Config = z.infer<typeof configSchema>;

/** A profile file: the configuration without the choice of a profile, and what it builds on. */
export const profileFileSchema = configSchema.omit({profile: true}).extend({extends: text.optional()});
