import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {K2hr3Address} from '../../k2hr3/options.js';
import {lastAddress, type Addresses} from '../addresses.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import type {K2hr3Facts} from './configuration.js';

/** Name of the server, its image and its port. */
export const serverName = 'k2hdkc-dbaas-k2hr3';

/**
 * The last addresses of both ranges, which Neutron gives to nobody by itself: they are known before there is a server, so that Trove's
 * configuration is the same before and after, and they come back with a server that is made anew.
 */
export const k2hr3Addresses = ({privateCidr, publicCidr}: Addresses): {readonly fixed: string; readonly floating: string} =>
	({fixed: lastAddress(privateCidr), floating: lastAddress(publicCidr)});

/** Of access from outside: the server itself, which instances ask, has no certificate. */
export const outsideScheme = ({k2hr3: {certificateFile}}: Pick<Config, 'k2hr3'>): 'http' | 'https' => certificateFile === null ? 'http' : 'https';

/** Without the passphrase. */
export const openFacts = ({config, addresses: {current}}: Pick<SandboxEnv, 'config' | 'addresses'>): Omit<K2hr3Facts, 'passphrase'> => ({
	address: k2hr3Addresses(current).fixed, hostName: serverName, machine: current.machine, scheme: outsideScheme(config), ports: config.k2hr3.ports, region: config.openstack.region,
});

/** The web application of the one that is built, from outside; undefined without one. */
export const builtApp = ({config, addresses: {current}, hasK2hr3App}: Pick<SandboxEnv, 'addresses' | 'config' | 'hasK2hr3App'>): string | undefined =>
	hasK2hr3App ? `${outsideScheme(config)}://${current.machine}:${config.k2hr3.ports.app}` : undefined;

/** Where Trove, the tool and instances find K2HR3: one that is there already, or the one that is built. Without one the URL is null. */
export const k2hr3Address = ({config, addresses: {current}}: {readonly config: Config; readonly addresses: {readonly current: Addresses}}): K2hr3Address => chooseK2hr3(config).kind === 'built'
	? {url: `${outsideScheme(config)}://${current.machine}:${config.k2hr3.ports.api}`, guestUrl: `http://${k2hr3Addresses(current).fixed}:${config.k2hr3.ports.api}`, caFile: config.k2hr3.caFile}
	: config.k2hr3;
