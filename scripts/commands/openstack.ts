import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {ToolError} from '../errors/toolError.js';
import {loadFor} from './loadFor.js';
import type {Environment} from './environment.js';
import {chooseGuest, guestNamed} from './guests.js';
import {withCompute} from './k2hr3System.js';
import {withEnvironment} from './session.js';

const interact = async (context: CommandContext, options: Options, argvOf: (environment: Environment) => Promise<readonly string[]> | readonly string[]): Promise<number> =>
	withEnvironment(context, loadFor(context, options), async environment => environment.machine().interactive(await argvOf(environment), {
		terminal: context.stdin.isTty && context.stdout.isTty,
		signal: context.signal,
		env: context.env.TERM === undefined ? {} : {TERM: context.env.TERM},
	}));

/** The openstack client inside the environment, with its credentials; the exit code is the client's. */
export const openstack: CommandRun = async (context, options, args) => interact(context, options, environment => environment.openstackCommand(args));

/** A shell on the machine, or in a guest; the exit code is the shell's. */
export const shell: CommandRun = async (context, options, [where]) => {
	const name = guestNamed(where);
	if (name === undefined && where !== undefined) {
		throw new ToolError('K2D1001', `A shell opens on the machine, or in guest:NAME; "${where}" is neither.`, {remedy: `For a guest of that name: k2hdkc-devstack shell guest:${where}`});
	}

	// Without one there would be no guest that could be meant.
	const chosen = name === undefined ? options : withCompute(options);
	return interact(context, chosen, async environment => name === undefined ? environment.shellCommand() : environment.guestShell(chooseGuest(await environment.guests(), name)));
};
