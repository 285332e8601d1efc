import {cp, mkdir} from 'node:fs/promises';
import path from 'node:path';

/** STAND-INS for K2HDKC as an installed prefix. They need Node. */
export const installStandIns = async (prefix: string): Promise<void> => {
	await cp('test/fixtures/k2hdkcStandIn', prefix, {recursive: true});
	await mkdir(path.join(prefix, 'lib'), {recursive: true});
};
