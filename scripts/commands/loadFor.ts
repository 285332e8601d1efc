import type {CommandContext} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {loadConfig, type LoadedConfig} from '../config/load.js';
import {secretsOf} from '../config/secrets.js';

/** The configuration that a command line asks for. Passwords written into addresses are masked from here on. */
export const loadFor = (context: Pick<CommandContext, 'cwd' | 'env' | 'mask'>, options: Options, profile?: string): LoadedConfig => {
	const {release, k2hr3Url, ...others} = options;
	const flags = k2hr3Url === undefined ? others : {...others, set: [...others.set ?? [], `k2hr3.url=${k2hr3Url}`]};
	const loaded = loadConfig({
		profile,
		flags: {...flags, ...(typeof release === 'string' ? {release} : {})},
		cwd: context.cwd,
		env: context.env,
	});
	context.mask.add(secretsOf(loaded.config));
	return loaded;
};
