import type {Subscriber} from '../pipeline/events.js';
import type {LiveMask} from './mask.js';

/** Writes each event as one line of JSON, masked. */
export const createJsonLines = (write: (line: string) => void, mask: LiveMask): Subscriber => event => {
	write(JSON.stringify(mask.value(event)));
};
