import type {Check, CheckResult} from '../commands/environment.js';
import {isUbuntu} from '../config/guestSuites.js';
import {askAddress} from './askAddress.js';
import {fail, pass, warn} from './checkResult.js';
import {authorityFault} from './images/settings.js';
import {suiteSources} from './machine/debianSources.js';
import type {ImageEnv} from './imageEnv.js';

/** Asks the mirror of a suite for its index. */
const askMirror = async (env: ImageEnv, suite: string, signal: AbortSignal): Promise<CheckResult> => {
	const {lines: [line = '']} = await suiteSources(env, suite);
	const [, uri = ''] = line.split(' ');
	const url = `${uri}/dists/${suite}/InRelease`;
	if (!/^https?:/.test(uri)) {
		return pass(`${uri} is not asked by HTTP`);
	}

	const asked = await askAddress(env, url, signal);
	if (asked.state === 'no curl') {
		return warn(`${url} was not asked: curl is not installed yet`, '`up` installs it.');
	}

	return asked.state === 'answers'
		? pass(`${url} answers`)
		: fail('K2D3011', `${url} ${asked.why}`, `Check the network and the proxy, or name another mirror: --set sources.${isUbuntu(suite) ? 'ubuntu' : 'debian'}.mirror=URL.`);
};

export const mirror = (env: ImageEnv): Check => ({
	id: 'debian', title: 'Debian mirror', stage: 'sources', neededBy: ['sandbox.root', 'dashboard.download', 'registry.download'], asksOutside: true,
	run: async ({signal}) => askMirror(env, env.config.sandbox.suite, signal),
});

export const guestMirror = (env: ImageEnv): Check => ({
	id: 'guest-suite', title: 'Mirror of the guest image\'s suite', stage: 'images', neededBy: ['images.guest.base'], asksOutside: true,
	async run({signal}) {
		const {suite} = env.config.images.guest;
		const {keyring} = await suiteSources(env, suite);
		if (keyring !== null && (await env.host.run(['test', '-r', keyring], {allow: [0, 1]})).code !== 0) {
			return fail('K2D3011', `the keyring ${keyring} is not there: what the mirror of ${suite} says cannot be verified`, isUbuntu(suite) ? 'Ubuntu and Debian 13 have it in the package ubuntu-keyring. Elsewhere name a file: --set sources.ubuntu.keyring=FILE.' : 'Correct sources.debian.keyring.');
		}

		const asked = await askMirror(env, suite, signal);
		return asked.result === 'PASS' && isUbuntu(suite)
			? warn(`${asked.found}, but no image of ${suite} is known to have been built and booted`, 'bookworm and trixie have been: --set images.guest.suite=trixie.')
			: asked;
	},
});

export const authority = (env: ImageEnv): Check => ({
	id: 'authority', title: 'Authority of the proxy', stage: 'images', neededBy: ['images.guest'],
	async run() {
		const fault = authorityFault(env);
		return fault === undefined ? pass(env.config.proxy.caFile ?? 'none is configured') : fail('K2D3012', fault, 'Put the certificate there in PEM form, or correct proxy.caFile.');
	},
});
