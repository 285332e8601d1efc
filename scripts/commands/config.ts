import type {CommandContext} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {ConfigError} from '../config/problem.js';
import {configRows, showConfig} from '../config/show.js';
import {exitCodes} from '../errors/toolError.js';
import {formatTable} from '../report/table.js';
import {loadFor} from './loadFor.js';

type ConfigRun = (
	context: Pick<CommandContext, 'stdout' | 'stderr' | 'json' | 'mask' | 'cwd' | 'env'>, options: Options, positionals: readonly string[],
) => Promise<number>;

/** `config show [PATH]`: every value of the merged configuration and what gave it. */
export const configShow: ConfigRun = async (context, options, [path]) => {
	const loaded = loadFor(context, options);
	const values = showConfig(loaded, path);
	if (context.json) {
		context.stdout.line(JSON.stringify({profile: loaded.config.profile, reason: loaded.reason, values}, undefined, 2));
		return exitCodes.ok;
	}

	context.stderr.line(loaded.reason);
	context.stdout.line(formatTable(configRows(values), '').join('\n'));
	return exitCodes.ok;
};

/** `config check [PROFILE]`: nothing but the mistakes; all of them. */
export const configCheck: ConfigRun = async (context, options, [profile]) => {
	try {
		const {config, reason} = loadFor(context, options, profile);
		context.stdout.line(context.json
			? JSON.stringify({ok: true, profile: config.profile, release: config.release, reason, problems: []}, undefined, 2)
			: `${reason} Release ${config.release}. The configuration has no mistakes.`);
		return exitCodes.ok;
	} catch (error) {
		if (!context.json || !(error instanceof ConfigError)) {
			throw error;
		}

		context.stdout.line(JSON.stringify({ok: false, code: error.code, problems: error.problems}, undefined, 2));
		return exitCodes.usage;
	}
};
