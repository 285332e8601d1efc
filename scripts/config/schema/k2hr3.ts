import {z} from 'zod';
import {absolutePath, isHttpUrl, text} from './values.js';

const address = z.string().refine(value => isHttpUrl(value) && /^\/?$/.test(new URL(value).pathname) && new URL(value).username === '', {
	error: 'must be http://HOST:PORT or https://HOST:PORT, without a path',
});

/** Below 1024 only root may listen. */
const port = z.number().int().min(1024).max(65_535);

export const k2hr3Schema = z.strictObject({
	/** A K2HR3 that is there already. */
	url: address.nullable(), guestUrl: address.nullable(), caFile: absolutePath.nullable(),
	/** The one that is built when there is none. */
	flavor: text, certificateFile: absolutePath.nullable(),
	ports: z.strictObject({api: port, app: port, identity: port}),
});
