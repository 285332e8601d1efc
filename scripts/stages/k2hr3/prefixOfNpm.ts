import type {NpmPackages} from '../../config/k2hr3Origin.js';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import type {StepContext} from '../../pipeline/types.js';
import {npmRegistry, writeNpmrc} from '../../sources/npm.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {databaseSurroundings} from '../images/containers/programs.js';
import {aptWaiting} from '../machine/aptDownload.js';
import {debianMirror} from '../machine/debianSources.js';
import {mmdebstrapCommand, quietServices} from '../machine/mmdebstrap.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {k2hr3Directories, suite} from './definition.js';
import {installInside, k2hdkcFor, moreSources, npmPlace, npmScript, wantedPackages} from './npmBuild.js';
import {prefixStep} from './prefixStep.js';

/** The directory that K2HDKC is installed in; empty where it comes as packages. @throws ToolError K2D7021 when nothing can be compiled with it */
const k2hdkcDirectory = async ({host, config}: ImageEnv): Promise<string> => {
	const origin = k2hdkcFor(config.sources);
	if (!('directory' in origin)) {
		return '';
	}

	const {code} = await host.run(['test', '-x', `${origin.directory}/bin/k2hdkc`, '-a', '-d', `${origin.directory}/include/k2hdkc`], {allow: [0, 1]});
	if (code !== 0) {
		throw new ToolError('K2D7021', `${origin.directory} is no installed K2HDKC to compile with: it lacks bin/k2hdkc or include/k2hdkc`);
	}

	return origin.directory;
};

/** Runs the build. `bootstrap` adds the packages of Debian to WORK/tree. @throws ToolError K2D7021 */
export const buildByNpm = async ({env, job}: StepContext<ImageEnv>, npm: NpmPackages, places: Readonly<Record<'root' | 'work' | 'target', string>>, bootstrap: {readonly argv: readonly string[]; readonly input?: string}): Promise<void> => {
	const {host, config} = env;
	const {root, work, target} = places;
	const directory = await k2hdkcDirectory(env);
	await host.run(['mkdir', '--', `${work}/npm`]);
	await writeNpmrc(host, config.sources.npm, `${work}/npm`, npmPlace);
	const words = Object.entries(npm).map(([name, version]) => `${name}@${version}`);
	try {
		await job(host, ['unshare', '--mount', 'sh', '-euc', npmScript, 'sh', root, work, target, directory, ...bootstrap.argv], {
			...(bootstrap.input !== undefined && {input: bootstrap.input}), env: {...proxyEnvironment(config.proxy), INSIDE: installInside, PACKAGES: words.join(' ')},
		});
	} catch (error) {
		if (error instanceof CommandError) {
			throw new ToolError('K2D7021', `${words.join(' and ')} cannot be installed over the K2HDKC of sources.k2hdkc`, {cause: error});
		}

		throw error;
	} finally {
		await host.run(['rm', '-rf', '--one-file-system', '--', `${work}/npm`]);
	}
};

/** The API and the web application from the npm registry, installed in the root that they will run in, over what `sources.k2hdkc` names. */
export const prefixOfNpm = (npm: NpmPackages, sources: Config['sources']): ImageStep => prefixStep({
	title: 'Programs of K2HR3, from the npm registry and sources.k2hdkc',
	needs: ['images.k2hr3.base'],
	reaches: () => [npmRegistry, debianMirror, ...('packages' in k2hdkcFor(sources) ? ['the packages of K2HDKC'] : [])],
	what: Object.entries(npm).map(([name, version]) => `${name}@${version}`).join(' '),
	surroundings: databaseSurroundings(k2hdkcFor(sources), 'debian', null).checksum,
	async fill(context, work, target) {
		const {env, progress} = context;
		const {argv, input} = await mmdebstrapCommand(env, {suite, packages: wantedPackages(sources), hooks: [quietServices.begin, quietServices.end]}, `${work}/tree`, ['--variant=custom', '--skip=check/empty']);
		progress.say('installing the compiler and npm, in a layer that is thrown away, then the packages of npm');
		await buildByNpm(context, npm, {root: k2hr3Directories(env).base, work, target}, {argv, input: [input, ...moreSources(sources)].join('\n')});
	},
	timeout: 3600,
	idleTimeout: 900,
	waiting: aptWaiting,
	expected: 240,
});
