import {z} from 'zod';
import {absolutePath, isHttpUrl} from './values.js';

const address = z.string().refine(value => isHttpUrl(value) && /^\/?$/.test(new URL(value).pathname) && new URL(value).username === '', {
	error: 'must be http://HOST:PORT or https://HOST:PORT, without a path',
});

/** A K2HR3 that is there already. */
export const k2hr3Schema = z.strictObject({url: address.nullable(), guestUrl: address.nullable(), caFile: absolutePath.nullable()});
