import {insideCloudsYaml} from '../../../scripts/stages/controlPlane/credentials.js';
import type {Block} from '../../helpers/usagePage.js';
import {inside, machineName} from './machine.js';

/** Who runs a block, by what it needs. */
const cloudOf = ({needs}: Block): string => needs === 'admin' ? machineName : `${machineName}-demo`;

/** Runs commands of the page as they stand, in the machine. Returns what they print. */
export const runCommands = async (block: Block, commands: string): Promise<string> =>
	inside(`export OS_CLIENT_CONFIG_FILE=${insideCloudsYaml} OS_CLOUD=${cloudOf(block)}; cd /tmp; set -eu\n${commands}`);

/** What the words in capital letters, and flavors that the sandbox has no room for, are here. */
export type Values = Readonly<Record<string, () => Promise<string>>>;

/** The command with the values that there are now. */
export const filled = async (command: string, values: Values): Promise<string> => {
	let text = command;
	for (const [word, value] of Object.entries(values)) {
		text = text.includes(word) ? text.replaceAll(word, await value()) : text;
	}

	return text;
};
