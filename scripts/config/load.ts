import path from 'node:path';
import {ToolError} from '../errors/toolError.js';
import {packageRoot} from '../packageRoot.js';
import {readSetFlag, readVariables} from './assignment.js';
import {checkValue} from './checkValue.js';
import {chooseProfile, type ProfileChoice} from './chooseProfile.js';
import {componentEntries} from './components.js';
import {contradictions} from './crossChecks.js';
import {readEnvFile} from './envFile.js';
import {merge} from './merge.js';
import {codeFor, ConfigError, type Problem} from './problem.js';
import {readProfile, readText} from './profiles.js';
import {configSchema, type Config} from './schema.js';
import {pathText, type Entry, type Layer, type Origin, type Reading} from './entry.js';
import {readYaml} from './yamlFile.js';

export type ConfigFlags = {
	readonly profile?: string;
	readonly release?: string;
	readonly name?: string;
	readonly machine?: string;
	/** Each `path=value`. */
	readonly set?: readonly string[];
	/** Stages and components; only the components matter here. */
	readonly with?: readonly string[];
	readonly without?: readonly string[];
};

export type LoadRequest = {
	/** The argument PROFILE of the command. */
	readonly profile?: string | undefined;
	readonly flags: ConfigFlags;
	/** Where ./k2hdkc-devstack.yaml and ./.env are looked for. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Directory with default.yaml, profiles/ and releases/; that of the package unless told. */
	readonly confDir?: string;
};

export type LoadedConfig = {
	readonly config: Config;
	/** One sentence: which profile and why. */
	readonly reason: string;
	/** Which layer and place gave each value, by path as `config show` prints it. */
	readonly origins: ReadonlyMap<string, Origin>;
};

export const userFile = 'k2hdkc-devstack.yaml';

const nothing: Reading = {entries: [], problems: []};

/** Files in the working directory by their relative path, those of the package by `conf/…`, others in full. */
const shownAs = (cwd: string, confDir: string) => (file: string): string => {
	const relative = path.relative(cwd, file);
	const ofPackage = path.relative(confDir, file);
	if (!ofPackage.startsWith('..')) {
		return path.join('conf', ofPackage);
	}

	return relative.startsWith('..') ? file : relative;
};

const readLayerFile = (file: string, name: string, layer: Layer): Reading => {
	const {text, problems} = readText(file, name);
	return text === undefined ? {entries: [], problems} : readYaml(text, name, layer, configSchema);
};

const readDotenv = (file: string): Reading => {
	const {text, problems} = readText(file, '.env');
	const {variables, problems: malformed} = readEnvFile(text ?? '', '.env');
	const reading = readVariables(variables, configSchema, '.env');
	return {entries: reading.entries, problems: [...problems, ...malformed, ...reading.problems]};
};

const readEnvironment = (env: LoadRequest['env']): Reading => {
	const variables = Object.entries(env).flatMap(([name, value]) => value === undefined ? [] : [{name, value, place: name}]);
	return readVariables(variables, configSchema, 'environment');
};

const readFlags = (flags: ConfigFlags): Reading => {
	const named = (['release', 'name', 'machine'] as const).flatMap(key => {
		const value = flags[key];
		return value === undefined ? [] : [{path: [key], value, origin: {layer: 'flag' as const, place: `--${key}`}}];
	});
	const faults = named.flatMap(({path: [key], value, origin}) => checkValue(configSchema.shape[key as 'release'], value)
		.map(({message}): Problem => ({code: codeFor([key!]), message: `${key!} ${message}`, place: origin.place})));
	const readings = [...(flags.set ?? []).map(argument => readSetFlag(argument, configSchema)), componentEntries(flags.with ?? [], flags.without ?? [])];
	return {
		entries: [...readings.flatMap(({entries}) => entries), ...faults.length > 0 ? [] : named],
		problems: [...faults, ...readings.flatMap(({problems}) => problems)],
	};
};

const refuseUnofferedRelease = (config: Config, origins: LoadedConfig['origins']): void => {
	const offered = config.offers.releases;
	if (!offered.includes(config.release)) {
		const place = origins.get('release')?.place ?? 'release';
		throw new ToolError('K2D1005', `${place}: profile ${config.profile} does not offer release ${config.release}. It offers: ${offered.join(', ')}.`);
	}
};

/** The merged value is complete when every layer is right; what is still wrong lies between the layers. */
const finish = (entries: readonly Entry[], {profile, origin, reason}: ProfileChoice): LoadedConfig => {
	const {value: tree, origins} = merge([{path: ['profile'], value: profile.name, origin}, ...entries]);
	const faults = checkValue(configSchema, tree).map(({path: at, message}) => ({path: at.map(String), message}));
	const found = faults.length > 0 ? faults : contradictions(tree as unknown as Config);
	if (found.length > 0) {
		throw new ConfigError(found.map(({path: at, message}) => ({
			code: codeFor(at), message: `${pathText(at)} ${message}`, place: origins.get(pathText(at))?.place ?? 'configuration',
		})));
	}

	const config = tree as unknown as Config;
	refuseUnofferedRelease(config, origins);
	return {config, reason, origins};
};

/**
 * Reads every layer, reports all that is wrong in all of them at once, and merges them: default, release, profile, the user's
 * file, .env, environment, flags. Throws ConfigError (or K2D1003, K2D1005); each message names file, line and column.
 */
export const loadConfig = ({profile, flags, cwd, env, confDir = path.join(packageRoot, 'conf')}: LoadRequest): LoadedConfig => {
	const show = shownAs(cwd, confDir);
	const readConf = (name: string, layer: Layer): Reading => readLayerFile(path.join(confDir, name), `conf/${name}`, layer);
	const user = [
		readLayerFile(path.join(cwd, userFile), userFile, 'file'),
		readDotenv(path.join(cwd, '.env')),
		readEnvironment(env),
		readFlags(flags),
	];
	const choice = chooseProfile({positional: profile, flag: flags.profile, entries: user.flatMap(({entries}) => entries), cwd, confDir});
	const defaults = readConf('default.yaml', 'default');
	const ofProfile = readProfile(choice.profile, choice.origin.place, {shownAs: show, confDir, seen: []});
	const chosen = [defaults, ofProfile, ...user].flatMap(({entries}) => entries).findLast(({path: [key]}) => key === 'release');
	const ofRelease = chosen === undefined ? nothing : readConf(`releases/${String(chosen.value)}.yaml`, 'release');
	const readings = [defaults, ofRelease, ofProfile, ...user];
	const problems = readings.flatMap(reading => reading.problems);
	if (problems.length > 0) {
		throw new ConfigError(problems);
	}

	return finish(readings.flatMap(({entries}) => entries).filter(({path: [key]}) => key !== 'profile'), choice);
};
