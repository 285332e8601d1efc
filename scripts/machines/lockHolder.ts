import type {Transport} from './transport.js';
import type {LockResult} from './types.js';

export const holdLock = async (_transport: Transport, _path: string, _info: string): Promise<LockResult> => {
	throw new Error('not yet');
};
