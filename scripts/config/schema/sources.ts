import {z} from 'zod';
import {parseTroveSource, troveSourceForms} from '../troveSource.js';
import {releases} from './releases.js';
import {absolutePath, hostOrUrl, httpUrl, isHttpUrl} from './values.js';

const troveSource = z.string().refine(value => parseTroveSource(value) !== undefined, {error: `must be ${troveSourceForms}`});

export const sourcesSchema = z.strictObject({
	debian: z.strictObject({
		mirror: hostOrUrl,
		securityMirror: hostOrUrl,
		keyring: absolutePath.nullable(),
	}),
	ubuntu: z.strictObject({
		mirror: httpUrl,
		securityMirror: httpUrl,
		keyring: absolutePath,
	}),
	python: z.strictObject({index: hostOrUrl}),
	trove: z.record(z.enum(releases), troveSource),
});

const proxyUrl = z.string().refine(value => isHttpUrl(value.includes('://') ? value : `http://${value}`), {
	error: 'must be an address such as http://proxy.example.com:3128',
});

export const proxySchema = z.strictObject({
	http: proxyUrl.nullable(),
	https: proxyUrl.nullable(),
	no: z.array(z.string()),
	caFile: absolutePath.nullable(),
});
