import {fileURLToPath} from 'node:url';

/** Directory of the installed package: the one that holds conf/, patches/ and docs/. Compiled files lie two levels below it. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
