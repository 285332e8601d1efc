import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import type {K2hr3Address} from '../../k2hr3/options.js';
import {lastAddress} from '../addresses.js';
import type {K2hr3Facts} from './configuration.js';
import type {K2hr3Env, K2hr3Place} from './k2hr3Env.js';

/** Name of the server, its image and its port. */
export const serverName = 'k2hdkc-dbaas-k2hr3';

/**
 * The last addresses of both ranges: they are known before there is a server, so that Trove's configuration is the same before and after, and
 * they come back with a server that is made anew.
 */
export const lastOf = ({private: inner, public: outer}: {readonly private: string; readonly public: string}): Pick<K2hr3Place, 'fixed' | 'floating'> =>
	({fixed: lastAddress(inner), floating: lastAddress(outer)});

/** Of access from outside: the server itself, which instances ask, has no certificate. */
export const outsideScheme = ({k2hr3: {certificateFile}}: Pick<Config, 'k2hr3'>): 'http' | 'https' => certificateFile === null ? 'http' : 'https';

/** Without the passphrase. */
export const openFacts = ({config, k2hr3}: Pick<K2hr3Env, 'config' | 'k2hr3'>): Omit<K2hr3Facts, 'passphrase'> => {
	const {fixed, machine, identity} = k2hr3.place();
	return {address: fixed, hostName: serverName, machine, identity, scheme: outsideScheme(config), ports: config.k2hr3.ports, region: config.openstack.region};
};

/** The web application of the one that is built, from outside; undefined without one. */
export const builtApp = ({config, k2hr3, hasK2hr3App}: Pick<K2hr3Env, 'config' | 'hasK2hr3App' | 'k2hr3'>): string | undefined =>
	hasK2hr3App ? `${outsideScheme(config)}://${k2hr3.place().machine}:${config.k2hr3.ports.app}` : undefined;

/** Where Trove, the tool and instances find K2HR3: one that is there already, or the one that is built. Without one the URL is null. */
export const k2hr3Address = ({config, k2hr3}: Pick<K2hr3Env, 'config' | 'k2hr3'>): K2hr3Address => {
	if (chooseK2hr3(config).kind !== 'built') {
		return config.k2hr3;
	}

	const {fixed, machine} = k2hr3.place();
	const {ports: {api}, caFile} = config.k2hr3;
	return {url: `${outsideScheme(config)}://${machine}:${api}`, guestUrl: `http://${fixed}:${api}`, caFile};
};
