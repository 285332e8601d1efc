import {certificatePath} from './certificate.js';
import type {K2hr3Env} from './k2hr3Env.js';

/** HAProxy's own service has nothing to do: K2HR3 has a unit of its own. */
export const proxyUnit = 'k2hdkc-devstack-k2hr3-proxy';

/** What conf/k2hr3 has for it, on the machine. HAProxy reads all files of the directory, by name. */
const directory = '/etc/k2hdkc-devstack/k2hr3-proxy';
export const proxyFiles = {directory, access: `${directory}/access.cfg`, unit: `/etc/systemd/system/${proxyUnit}.service`} as const;

/** Values of the templates there, below `k2hr3`, beside the ports. */
export const proxyValues = ({config, k2hr3}: Pick<K2hr3Env, 'config' | 'k2hr3'>): {readonly server: string; readonly tls: string} =>
	({server: k2hr3.place().floating, tls: config.k2hr3.certificateFile === null ? '' : ` ssl crt ${certificatePath}`});
