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
import {resumeCommand} from './resume.js';
import {catchSignals} from './signals.js';

/** Prints an error as one block: for machines on stdout with --json, for people on stderr. */
const report = async (error: unknown, {json, verbose, print, printError, mask}: {
	readonly json: boolean;
	readonly verbose: boolean;
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;
	readonly mask: (text: string) => string;
}): Promise<number> => {
	const [{toFailure}, {renderFailure}] = await Promise.all([import('../errors/toFailure.js'), import('../errors/render.js')]);
	const failure = toFailure(error, {mask});
	if (json) {
		print(`${JSON.stringify({error: failure}, undefined, 2)}\n`);
	}

	printError(`${renderFailure(failure)}\n`);
	if (verbose && error instanceof Error && error.stack) {
		printError(`${mask(error.stack)}\n`);
	}

	return failure.exitCode;
};

const wantsJson = (argv: readonly string[]): boolean => {
	const end = argv.indexOf('--');
	return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
};

/** Runs one command line to its end and returns the exit code. Never throws. */
export const run = async (argv: readonly string[], openEnvironment: OpenEnvironment): Promise<number> => {
	const [stdout, stderr] = [createOutput(process.stdout, 1), createOutput(process.stderr, 2)];
	const signals = catchSignals();
	let context: CommandContext | undefined;
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

		return await report(error, {
			json: context?.json ?? wantsJson(argv),
			verbose: context?.verbose ?? false,
			print: stdout.write,
			printError: stderr.write,
			mask: context?.mask.text ?? (text => text),
		});
	} finally {
		signals.release();
		await Promise.all([stdout.flush(), stderr.flush()]);
	}
};
