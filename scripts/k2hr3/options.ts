import type {Config} from '../config/schema.js';

/** Where the certificate of K2HR3's authority lies in the machine of the environment. */
export const authorityFile = '/etc/trove/k2hr3-ca.pem';

/** What Trove reads of K2HR3 in its section [k2hdkc]; nothing without one. */
export const k2hr3Options = ({k2hr3: {url, guestUrl, caFile}}: Pick<Config, 'k2hr3'>): Readonly<Record<string, string>> => url === null
	? {}
	: {
		k2hr3_url: url,
		...(guestUrl !== null && {k2hr3_guest_url: guestUrl}),
		...(caFile !== null && {k2hr3_ca_file: authorityFile}),
	};
