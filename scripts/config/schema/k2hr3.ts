import {z} from 'zod';
import {absolutePath, isHttpUrl, text} from './values.js';

const address = z.string().refine(value => isHttpUrl(value) && /^\/?$/.test(new URL(value).pathname) && new URL(value).username === '', {
	error: 'must be http://HOST:PORT or https://HOST:PORT, without a path',
});

/** As the app for Horizon takes it, which shows it to everybody who is logged in. */
const appAddress = z.string().refine(value => isHttpUrl(value) && /^https?:\/\/[^\s\p{Cc}\\/?#@]+(?:[/?#][^\s\p{Cc}\\]*)?$/iu.test(value), {
	error: 'must be an http:// or https:// address, without a user, blanks or backslashes',
});

/** Below 1024 only root may listen. */
const port = z.number().int().min(1024).max(65_535);

export const k2hr3Schema = z.strictObject({
	/** A K2HR3 that is there already. */
	url: address.nullable(), guestUrl: address.nullable(), caFile: absolutePath.nullable(),
	/** Its web application, or another way to the one that is built: what browsers open. */
	appUrl: appAddress.nullable(),
	/** The one that is built when there is none. */
	flavor: text, certificateFile: absolutePath.nullable(),
	ports: z.strictObject({api: port, app: port, identity: port}),
});
