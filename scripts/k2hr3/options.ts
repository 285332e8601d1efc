/** Where a K2HR3 is found; without one the URL is null. `caFile` lies on the environment's host. */
export type K2hr3Address = {readonly url: string | null; readonly guestUrl: string | null; readonly caFile: string | null};

/** Where the certificate of K2HR3's authority lies in the machine of the environment. */
export const authorityFile = '/etc/trove/k2hr3-ca.pem';

/** What Trove reads of K2HR3 in its section [k2hdkc]; nothing without one. `authority`: where Trove finds the certificate. */
export const k2hr3Options = ({url, guestUrl, caFile}: K2hr3Address, authority = authorityFile): Readonly<Record<string, string>> => url === null
	? {}
	: {
		k2hr3_url: url,
		...(guestUrl !== null && {k2hr3_guest_url: guestUrl}),
		...(caFile !== null && {k2hr3_ca_file: authority}),
	};

/** Where K2HR3 is, in the words of its client; undefined without one. */
export const addressOptions = ({url, guestUrl, caFile}: K2hr3Address, authority = authorityFile): readonly string[] | undefined => url === null
	? undefined
	: ['--url', url, ...(guestUrl === null ? [] : ['--guest-url', guestUrl]), ...(caFile === null ? [] : ['--ca-file', authority])];
