import {cp} from 'node:fs/promises';

/** STAND-INS for K2HDKC as an installed prefix. They need Node. */
export const installStandIns = async (prefix: string): Promise<void> => cp('test/fixtures/k2hdkcStandIn', prefix, {recursive: true});
