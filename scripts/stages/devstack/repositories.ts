import type {Config} from '../../config/schema.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {ToolError} from '../../errors/toolError.js';
import {CommandError} from '../../machines/commandError.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {moveAside} from './aside.js';
import {checkoutExit, checkoutProbe, checkoutScript, driftOf, lookScript, parseCheckout, strangeness, type Checkout} from './checkout.js';
import {asStack, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {stackNotes} from './stackState.js';
import {devstackRelease, devstackRepositories} from './support.js';

/** Where a repository comes from, and what of it. */
export const repositorySource = ({release, sources: {devstack}}: Pick<Config, 'release' | 'sources'>, name: string): {readonly url: string; readonly ref: string} => {
	const {branch, novnc} = devstackRelease(release);
	return name === 'novnc'
		? {url: devstack.novnc, ref: devstack.refs?.[name] ?? novnc}
		: {url: `${devstack.git}/openstack/${name}.git`, ref: devstack.refs?.[name] ?? branch};
};

/** Whom its checkout asks: the address that people have configured. */
const askedFor = ({sources: {devstack}}: Pick<Config, 'sources'>, name: string): string => hideUrlPasswords(name === 'novnc' ? devstack.novnc : devstack.git);

const placeOf = ({paths}: Pick<DevstackEnv, 'paths'>, name: string): string => `${paths.directory}/${name}`;

const lookAt = async ({host}: Pick<DevstackEnv, 'host'>, place: string): Promise<Checkout> => {
	const {stdout} = await host.run(['sh', '-euc', lookScript, 'sh', place], {timeout: 50});
	return parseCheckout(stdout);
};

/** What an exit code of the script means, as an error of the catalogue. */
export const checkoutError = (code: number | undefined, {place, url, ref}: {readonly place: string; readonly url: string; readonly ref: string}): ToolError | undefined => {
	const remedy = `Commit or take away what was changed, or have --fresh move ${place} aside and make it anew.`;
	switch (code) {
		case checkoutExit.foreign: {
			return new ToolError('K2D6013', `${place} is a checkout that somebody else made, and ${ref} is wanted`, {remedy: `Check out ${ref} in it, or have --fresh move it aside.`});
		}

		case checkoutExit.changed: {
			return new ToolError('K2D6014', `${place} has local changes, and ${ref} is wanted`, {remedy});
		}

		case checkoutExit.occupied: {
			return new ToolError('K2D6013', `${place} is there, and is no checkout of git`, {remedy: 'Move it aside, or have --fresh do so.'});
		}

		case checkoutExit.noSuchRef: {
			return new ToolError('K2D6001', `${hideUrlPasswords(url)} has no branch, tag or commit ${ref}`, {remedy: 'Correct sources.devstack.refs, or name a repository that has it with sources.devstack.git.'});
		}

		default: {
			return undefined;
		}
	}
};

/** Why what is there is not as this tool left it. What git cannot read is not. */
const strangenessOf = async (env: Pick<DevstackEnv, 'host'>, place: string): Promise<string | undefined> => {
	try {
		return strangeness(await lookAt(env, place));
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'code') {
			return 'git cannot read it';
		}

		throw error;
	}
};

/** One checkout. Whatever is changed in it stays; only one without changes is moved on or taken away. */
const repositoryStep = (name: string): DevstackStep => ({
	id: `repository.${name}`,
	stage: 'sources',
	title: `Checkout of ${name}`,
	needs: ['devstack.user'],
	inputs({config}) {
		const {url, ref} = repositorySource(config, name);
		return {url: hideUrlPasswords(url), ref};
	},
	reaches: ({config}) => [askedFor(config, name)].filter(base => !base.startsWith('file:')),
	async probe({env}) {
		const place = placeOf(env, name);
		return checkoutProbe(place, await lookAt(env, place));
	},
	async apply({env, job}) {
		const {config, host, paths} = env;
		const place = placeOf(env, name);
		const source = repositorySource(config, name);
		try {
			await job(host, asStack(paths, ['sh', '-euc', checkoutScript, 'sh', source.url, source.ref, place]), {
				env: {...proxyEnvironment(config.proxy), GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: 'ssh -o BatchMode=yes', LC_ALL: 'C'},
			});
		} catch (error) {
			if (!(error instanceof CommandError)) {
				throw error;
			}

			// A failure names what was to be had, not the script around it.
			throw checkoutError(error.code, {place, ...source}) ?? new CommandError({...error, argv: ['git', 'clone', hideUrlPasswords(source.url), place]});
		}
	},
	async putAside(context) {
		const place = placeOf(context.env, name);
		const strange = await strangenessOf(context.env, place);
		if (strange !== undefined) {
			await moveAside(context, place, strange, name === 'devstack' ? stackNotes : []);
		}
	},
	undo: {
		depth: 'sources',
		async left(env) {
			const place = placeOf(env, name);
			const drift = driftOf(await lookAt(env, place));
			return drift === undefined ? undefined : `left alone in ${place}: ${drift}`;
		},
		async undo({env}) {
			await env.host.run(['rm', '-rf', '--one-file-system', '--', placeOf(env, name), `${placeOf(env, name)}.partial`], {timeout: 300});
		},
	},
	timeout: 3600,
	idleTimeout: 300,
	expected: 60,
	retry: {attempts: 2, delay: 5},
});

/** One step a repository: independent ones are fetched at the same time. */
export const repositories = ({components}: Pick<Config, 'components'>): readonly DevstackStep[] =>
	devstackRepositories(components).map(name => repositoryStep(name));
