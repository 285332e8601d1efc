import type {K2hr3Origin} from '../../config/k2hr3Origin.js';
import {chooseK2hr3, k2hr3OriginOf} from '../../config/k2hr3Source.js';
import {ToolError} from '../../errors/toolError.js';
import {quote} from '../../machines/quote.js';
import {hashInputs} from '../../pipeline/hash.js';
import type {ImageEnv} from '../imageEnv.js';
import {npmInputs} from './npmBuild.js';

/** The places of a prefix that go into the image. */
export const places = 'bin lib';

const wanted = ['bin/chmpx', 'bin/chmpxstatus', 'bin/k2hdkc', 'lib/node_modules/k2hr3-api/bin/www', 'lib/node_modules/k2hr3-api/config', 'lib/node_modules/k2hr3-api/node_modules'];

type Wanted = {readonly config: Pick<ImageEnv['config'], 'k2hr3' | 'sources'>; readonly paths: Pick<ImageEnv['paths'], 'images'>};

/** What `sources.k2hr3` says. Called by steps, which are there only when it says something. */
const originOf = (config: Wanted['config']): K2hr3Origin => {
	const origin = k2hr3OriginOf(config);
	if (origin === undefined) {
		throw new Error('no K2HR3 is built');
	}

	return origin;
};

/** What a prefix depends on that a step brings into the store of images. */
export const prefixInputs = (config: Wanted['config']): unknown => {
	const origin = originOf(config);
	return 'npm' in origin ? npmInputs(origin.npm, config) : origin;
};

/** The directory that the programs are in: one of the host, or of the store of images. */
export const prefixOf = ({config, paths}: Wanted): string => {
	const origin = originOf(config);
	return 'directory' in origin ? origin.directory : `${paths.images}/k2hr3-prefix-${hashInputs(prefixInputs(config)).slice(0, 16)}`;
};

/** What a prefix lacks; empty for one that can be used. */
const lackingIn = async ({host}: Pick<ImageEnv, 'host'>, prefix: string): Promise<readonly string[]> => {
	const {stdout} = await host.script(`cd ${quote(prefix)} 2>/dev/null || { echo 'the directory itself'; exit 0; }\nfor place in ${wanted.join(' ')}; do [ -e "$place" ] || echo "$place"; done\n`);
	return stdout.split('\n').filter(line => line !== '');
};

type Place = Pick<ImageEnv, 'config' | 'host'> & Pick<Wanted, 'paths'>;

/** Whether K2HR3 is built, and with the web application. By npm it always is; of an image that is yet to be fetched nobody knows, and it counts as one without. */
export const hasApp = async (env: Place): Promise<boolean> => {
	if (chooseK2hr3(env.config).kind !== 'built') {
		return false;
	}

	return 'npm' in originOf(env.config) || (await env.host.run(['test', '-d', `${prefixOf(env)}/lib/node_modules/k2hr3-app`], {allow: [0, 1]})).code === 0;
};

/** `what` holds the prefix, in words. @throws ToolError K2D7017 when it is no installed K2HR3. */
export const refuseIncomplete = async (env: Pick<ImageEnv, 'host'>, prefix: string, what: string): Promise<void> => {
	const lacking = await lackingIn(env, prefix);
	if (lacking.length > 0) {
		throw new ToolError('K2D7017', `${what} holds no installed K2HR3: it lacks ${lacking.join(', ')}`);
	}
};

/** One checksum for all files of the prefix, with their names and modes. @throws ToolError K2D7017 when it holds no K2HR3. */
export const prefixChecksum = async (env: Place): Promise<string> => {
	const prefix = prefixOf(env);
	await refuseIncomplete(env, prefix, prefix);
	const {stdout} = await env.host.script(`
cd ${quote(prefix)}
{
  find ${places} \\( -type f -o -type l \\) -printf '%m %p %l\\n' | LC_ALL=C sort
  find ${places} -type f -print0 | LC_ALL=C sort --zero-terminated | xargs --null openssl dgst -sha256 -r
} | openssl dgst -sha256 -r | cut -d ' ' -f 1
`, {timeout: 120});
	return stdout.trim();
};

/** Copies what goes into the image. */
export const copyPrefix = async (env: Place, target: string): Promise<void> => {
	await env.host.script(`mkdir -p ${quote(target)}\ncd ${quote(prefixOf(env))}\ncp -r --preserve=mode,links -- ${places} ${quote(`${target}/`)}\nchown -R root: ${quote(target)}\n`, {timeout: 300});
};
