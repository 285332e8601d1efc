import type {CommandContext, CommandRun} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import {loadFor} from './loadFor.js';
import type {Environment} from './environment.js';
import {withEnvironment} from './session.js';

const interact = async (context: CommandContext, options: Options, argvOf: (environment: Environment) => readonly string[]): Promise<number> =>
	withEnvironment(context, loadFor(context, options), async environment => environment.machine().interactive(argvOf(environment), {
		terminal: context.stdin.isTty && context.stdout.isTty,
		signal: context.signal,
		env: context.env.TERM === undefined ? {} : {TERM: context.env.TERM},
	}));

/** The openstack client inside the environment, with its credentials; the exit code is the client's. */
export const openstack: CommandRun = async (context, options, args) => interact(context, options, environment => environment.openstackCommand(args));

/** A shell on the machine; the exit code is the shell's. */
export const shell: CommandRun = async (context, options) => interact(context, options, environment => environment.shellCommand());
