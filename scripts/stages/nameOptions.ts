import {defaultProfile} from '../config/chooseProfile.js';
import type {Config} from '../config/schema.js';
import {quote} from '../machines/quote.js';

/** Options that name an environment again on a command line, each with a blank before it. */
export const nameOptions = ({name, machine, profile}: Pick<Config, 'name' | 'machine' | 'profile'>): string => [
	...(profile === defaultProfile ? [] : [`--profile ${quote(profile)}`]),
	...(name === 'default' ? [] : [`--name ${name}`]),
	...(machine === 'local' ? [] : [`--machine ${machine}`]),
].map(option => ` ${option}`).join('');

/** A command of the tool for an environment, as one would type it: `npx k2hdkc-devstack status --name two`. */
export const commandFor = (config: Pick<Config, 'name' | 'machine' | 'profile'>, words: string): string =>
	`npx k2hdkc-devstack ${words.replace(/^(\S+)/, `$1${nameOptions(config)}`)}`;
