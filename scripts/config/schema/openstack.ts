import {z} from 'zod';
import {cidrOrAuto, count, ipAddress, positive, quota, text} from './values.js';

const flavor = z.strictObject({name: text, id: text, ramMiB: positive, vcpus: positive, diskGiB: count});

/** Roles by project: `{demo: [member]}`. Passwords are generated. */
const user = z.strictObject({name: text, roles: z.record(text, z.array(text))});

const network = z.strictObject({name: text, subnet: text, cidr: cidrOrAuto});

/** What the cloud offers, beyond its services. */
export const openstackSchema = z.strictObject({
	region: text,
	availabilityZone: text,
	projects: z.array(text),
	users: z.array(user),
	flavors: z.array(flavor),
	networks: z.strictObject({
		private: network,
		public: network,
		router: text,
		dns: z.array(ipAddress),
	}),
	quotas: z.strictObject({
		instances: quota,
		cores: quota,
		ramMiB: quota,
		volumes: quota,
		snapshots: quota,
		gigabytes: quota,
		networks: quota,
		ports: quota,
		floatingIps: quota,
		securityGroups: quota,
		securityGroupRules: quota,
		troveInstances: quota,
		troveVolumeGiB: quota,
		troveBackups: quota,
	}),
});
