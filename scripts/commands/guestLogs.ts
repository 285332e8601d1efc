import type {CommandContext} from '../cli/context.js';
import type {Options} from '../cli/program.js';
import type {LoadedConfig} from '../config/load.js';
import {interruptCode} from '../pipeline/interrupts.js';
import {chooseGuest} from './guests.js';
import {withEnvironment} from './session.js';

/** K2HR3 writes the tokens that it is asked about into its journal. */
const withoutTokens = (text: string): string => text.replaceAll(/\btoken\([^)\s]+\)?/g, 'token(…)');

/** Prints what a guest wrote to its console, then the journal of cloud-init and the guest agent there. */
export const printGuestLogs = async (context: CommandContext, loaded: LoadedConfig, name: string, options: Options): Promise<number> =>
	withEnvironment(context, loaded, async environment => {
		const guest = chooseGuest(await environment.guests(), name);
		const {console: ofConsole, journal} = environment.guestLogs(guest);
		const machine = environment.machine();
		const console = withoutTokens(await ofConsole());
		if (context.json) {
			const text = journal && withoutTokens((await machine.run(journal(false), {allow: 'any', timeout: 60})).stdout);
			context.stdout.line(JSON.stringify(context.mask.value({guest: guest.name, id: guest.id, state: guest.state, console, ...(text === undefined ? {} : {journal: text})}), undefined, 2));
			return 0;
		}

		context.stdout.write(console);
		if (!journal) {
			context.stderr.line(`${guest.name} is ${guest.state}: ${guest.running ? 'only its console can be read from here' : 'its journal can be read while it runs'}.`);
			return 0;
		}

		// A reader that went away (`logs --follow | head`) ends it as Ctrl-C does.
		const signal = AbortSignal.any([context.signal, context.stdout.closed]);
		const following = machine.run(journal(options.follow ?? false), {
			allow: 'any', signal, onLine(line, stream) {
				context[stream].line(withoutTokens(line));
			},
		});
		await following.catch((error: unknown) => {
			if (!signal.aborted) {
				throw error;
			}
		});
		return context.signal.aborted ? interruptCode(context.signal) : 0;
	});
