import process from 'node:process';
import {isatty} from 'node:tty';
import type {OpenEnvironment} from '../commands/environment.js';
import {exitCodes} from '../errors/toolError.js';
import {interruptCode} from '../pipeline/interrupts.js';
import {createContext, type CommandContext} from './context.js';
import {loadCommand} from './dispatch.js';
import {programHelp} from './help.js';
import {createOutput} from './output.js';
import {parseCommandLine} from './program.js';
import {reportError, watchForCrashes} from './reportError.js';
import {resumeCommand} from './resume.js';
import {catchSignals} from './signals.js';

const wantsJson = (argv: readonly string[]): boolean => {
	const end = argv.indexOf('--');
	return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
};

const unmasked = (text: string): string => text;

/** Runs one command line to its end and returns the exit code. Never throws. */
export const run = async (argv: readonly string[], openEnvironment: OpenEnvironment): Promise<number> => {
	const [stdout, stderr] = [createOutput(process.stdout, 1), createOutput(process.stderr, 2)];
	const signals = catchSignals();
	let context: CommandContext | undefined;
	const sink = () => ({json: context?.json ?? wantsJson(argv), verbose: context?.verbose ?? false, mask: context?.mask.text ?? unmasked, resume: context?.resume});
	const unwatch = watchForCrashes(sink);
	try {
		if (argv.length === 0) {
			stderr.write(programHelp());
			return exitCodes.usage;
		}

		const invocation = parseCommandLine(argv);
		context = createContext({
			stdin: {isTty: isatty(0)}, stdout, stderr, resume: resumeCommand(argv, process.env), cwd: process.cwd(), env: process.env,
			signal: signals.stop, killSignal: signals.kill, openEnvironment,
		}, invocation.options);
		const command = await loadCommand(invocation.command);
		return await command(context, invocation.options, invocation.positionals);
	} catch (error) {
		if (signals.stop.aborted) {
			stderr.line(`Stopped by ${String(signals.stop.reason)}.`);
			return interruptCode(signals.stop);
		}

		return await reportError(error, {...sink(), print: stdout.write, printError: stderr.write});
	} finally {
		signals.release();
		unwatch();
		await Promise.all([stdout.flush(), stderr.flush()]);
	}
};
