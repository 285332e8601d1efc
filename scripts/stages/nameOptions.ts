import {defaultProfile} from '../config/chooseProfile.js';
import type {Config} from '../config/schema.js';
import {quote} from '../machines/quote.js';

/** How a machine is reached, where it is not as by default. */
const sshSettings = ({identityFile, knownHosts, hostKey}: Config['ssh']): readonly string[] => [
	...(identityFile === null ? [] : [`identityFile=${identityFile}`]),
	...(knownHosts === null ? [] : [`knownHosts=${knownHosts}`]),
	...(hostKey === 'known' ? [] : [`hostKey=${hostKey}`]),
].map(setting => `--set ${quote(`ssh.${setting}`)}`);

type Named = Pick<Config, 'name' | 'machine' | 'profile' | 'ssh'>;

/** Options that name an environment again on a command line, each with a blank before it. */
const nameOptions = ({name, machine, profile, ssh}: Named): string => [
	...(profile === defaultProfile ? [] : [`--profile ${quote(profile)}`]),
	...(name === 'default' ? [] : [`--name ${name}`]),
	...(machine === 'local' ? [] : [`--machine ${machine}`, ...sshSettings(ssh)]),
].map(option => ` ${option}`).join('');

/** A command of the tool for an environment, as one would type it: `npx k2hdkc-devstack status --name two`. */
export const commandFor = (config: Named, words: string): string =>
	`npx k2hdkc-devstack ${words.replace(/^(\S+)/, `$1${nameOptions(config)}`)}`;
