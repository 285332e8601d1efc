import {z} from 'zod';
import {k2hdkcOriginForms, parseBaseImage, parseK2hdkcOrigin} from '../k2hdkcSource.js';
import {k2hr3OriginForms, parseK2hr3Origin} from '../k2hr3Origin.js';
import {parseTroveSource, troveSourceForms} from '../troveSource.js';
import {releases} from './releases.js';
import {absolutePath, hostOrUrl, httpUrl, isHttpUrl, text} from './values.js';

const troveSource = z.string().refine(value => parseTroveSource(value) !== undefined, {error: `must be ${troveSourceForms}`});

const baseImage = z.string().refine(value => parseBaseImage(value) !== undefined, {
	error: 'must be REGISTRY/NAME:TAG, with @sha256:… if it shall be that one alone, or mmdebstrap:SUITE',
});

const k2hdkcOrigin = z.string().refine(value => parseK2hdkcOrigin(value) !== undefined, {error: `must be null, ${k2hdkcOriginForms}`});

const k2hr3Origin = z.string().refine(value => parseK2hr3Origin(value) !== undefined, {error: `must be null or ${k2hr3OriginForms}`});

const gitBase = z.string().refine(value => /^(?:https?|ssh|git|file):\/\/./.test(value), {error: 'must be an address such as https://opendev.org or file:///srv/git'});

/** A branch, tag or commit; nothing that git would take for an option. */
const gitRef = z.string().refine(value => /^[\w.][\w./-]*$/.test(value), {error: 'must be a branch, a tag or a commit'});

export const sourcesSchema = z.strictObject({
	debian: z.strictObject({
		mirror: hostOrUrl,
		securityMirror: hostOrUrl,
		keyring: absolutePath.nullable(),
	}),
	ubuntu: z.strictObject({mirror: httpUrl.nullable(), keyring: absolutePath}),
	python: z.strictObject({index: hostOrUrl}),
	npm: z.strictObject({registry: hostOrUrl}),
	devstack: z.strictObject({git: gitBase, novnc: gitBase, etcd: httpUrl, cirros: httpUrl, rdo: httpUrl, refs: z.record(text, gitRef).optional()}),
	trove: z.record(z.enum(releases), troveSource),
	baseImages: z.strictObject({alpine: baseImage, debian: baseImage, ubuntu: baseImage, rocky: baseImage}),
	k2hdkc: k2hdkcOrigin.nullable(),
	k2hr3: k2hr3Origin.nullable(),
	k2hdkcRepository: z.strictObject({entry: text.nullable(), keyFile: absolutePath.nullable()}),
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
