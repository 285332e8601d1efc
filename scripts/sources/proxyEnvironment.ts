import type {Config} from '../config/schema.js';

const withScheme = (proxy: string): string => proxy.includes('://') ? proxy : `http://${proxy}`;

/** The configured proxies and authority as the variables that git, pip, apt and Python's own library read. Nothing is set where nothing is configured. */
export const proxyEnvironment = ({http, https, no, caFile}: Config['proxy']): Readonly<Record<string, string>> => ({
	...(http !== null && {http_proxy: withScheme(http)}),
	...(https !== null && {https_proxy: withScheme(https)}),
	...(no.length > 0 && {no_proxy: no.join(',')}),
	...(caFile !== null && {SSL_CERT_FILE: caFile, GIT_SSL_CAINFO: caFile, PIP_CERT: caFile}),
});
