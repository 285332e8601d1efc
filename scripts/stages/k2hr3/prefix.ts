import {chooseK2hr3} from '../../config/k2hr3Source.js';
import {ToolError} from '../../errors/toolError.js';
import {quote} from '../../machines/quote.js';
import type {SandboxEnv} from '../sandboxEnv.js';

/** The places of a prefix that go into the image. */
const places = 'bin lib';

const wanted = ['bin/chmpx', 'bin/chmpxstatus', 'bin/k2hdkc', 'lib/node_modules/k2hr3-api/bin/www', 'lib/node_modules/k2hr3-api/config', 'lib/node_modules/k2hr3-api/node_modules'];

/** `sources.k2hr3`. Called by steps, which are there only when it names one. */
export const prefixOf = (config: SandboxEnv['config']): string => {
	const choice = chooseK2hr3(config);
	if (choice.kind !== 'built') {
		throw new Error(`K2HR3 is ${choice.kind}, not built`);
	}

	return choice.directory;
};

/** What a prefix lacks; empty for one that can be used. */
export const lackingIn = async ({host}: Pick<SandboxEnv, 'host'>, prefix: string): Promise<readonly string[]> => {
	const {stdout} = await host.script(`cd ${quote(prefix)} 2>/dev/null || { echo 'the directory itself'; exit 0; }\nfor place in ${wanted.join(' ')}; do [ -e "$place" ] || echo "$place"; done\n`);
	return stdout.split('\n').filter(line => line !== '');
};

/** Whether K2HR3 is built, from a prefix that has the web application too. */
export const hasApp = async ({config, host}: Pick<SandboxEnv, 'config' | 'host'>): Promise<boolean> =>
	chooseK2hr3(config).kind === 'built' && (await host.run(['test', '-d', `${prefixOf(config)}/lib/node_modules/k2hr3-app`], {allow: [0, 1]})).code === 0;

/** One checksum for all files of the prefix, with their names and modes. @throws ToolError K2D7017 when it holds no K2HR3. */
export const prefixChecksum = async (env: Pick<SandboxEnv, 'config' | 'host'>): Promise<string> => {
	const prefix = prefixOf(env.config);
	const lacking = await lackingIn(env, prefix);
	if (lacking.length > 0) {
		throw new ToolError('K2D7017', `${prefix} holds no installed K2HR3: it lacks ${lacking.join(', ')}`);
	}

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
export const copyPrefix = async ({config, host}: Pick<SandboxEnv, 'config' | 'host'>, target: string): Promise<void> => {
	await host.script(`mkdir -p ${quote(target)}\ncd ${quote(prefixOf(config))}\ncp -r --preserve=mode,links -- ${places} ${quote(`${target}/`)}\nchown -R root: ${quote(target)}\n`, {timeout: 300});
};
