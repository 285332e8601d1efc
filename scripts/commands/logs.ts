import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import type {CommandContext, CommandRun} from '../cli/context.js';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {interruptCode} from '../pipeline/interrupts.js';
import {listRuns, stepLog} from '../report/logFiles.js';
import {hasEnded, printLog, readResults} from '../report/readLogs.js';
import {printGuestLogs} from './guestLogs.js';
import {guestNamed} from './guests.js';
import {k2hr3Guest, withCompute} from './k2hr3System.js';
import {loadFor} from './loadFor.js';
import {logRootOf} from './reporting.js';

const stepsIn = (directory: string): string[] =>
	readdirSync(directory).filter(name => name.endsWith('.log') && name !== 'run.log').map(name => name.slice(0, -4)).toSorted();

/** The newest run that has a log of the step; without a step, the newest run. */
const findRun = (root: string, step: string | undefined): string => {
	const directories = listRuns(root).toReversed().map(run => path.join(root, run));
	const [newest] = directories;
	if (newest === undefined) {
		throw new ToolError('K2D4005', `There is no log of a run under ${root}.`);
	}

	if (step === undefined) {
		return newest;
	}

	const known = [...new Set(directories.flatMap(directory => stepsIn(directory)))];
	// A step that has not begun yet is waited for, if its run goes on and its name may be right.
	if (!known.includes(step)) {
		throw new ToolError('K2D1006', `No run has a log of a step "${step}".${didYouMean(step, known)}`, {remedy: `Steps with a log: ${known.join(', ') || 'none yet'}.`});
	}

	return directories.find(directory => existsSync(stepLog(directory, step)))!;
};

const logsDocument = (directory: string, step: string | undefined): unknown => {
	const results = readResults(directory);
	const end = results.find(result => 'run' in result);
	return {
		run: path.basename(directory),
		directory,
		ended: hasEnded(directory),
		...(end ? {result: end.run, exitCode: end.exitCode, seconds: end.seconds} : {}),
		steps: stepsIn(directory).filter(id => step === undefined || id === step).map(id => {
			const result = results.findLast(line => 'step' in line && line.step === id);
			return {step: id, log: stepLog(directory, id), ...(result ? {result: (result as {result?: string}).result, seconds: result.seconds} : {})};
		}),
	};
};

const print = async (context: CommandContext, directory: string, step: string | undefined, follow: boolean): Promise<void> => {
	// A reader that went away (`logs --follow | head`) ends it as Ctrl-C does.
	const signal = AbortSignal.any([context.signal, context.stdout.closed]);
	await printLog(directory, step === undefined ? 'run.log' : `${step}.log`, {follow, signal, onText: context.stdout.write, ...(step === undefined ? {} : {step})});
};

/** Prints the log of the last run, the newest one of a step, or what a guest says of itself. */
export const logs: CommandRun = async (context, options, [step]) => {
	const isK2hr3 = step === 'k2hr3';
	const named = guestNamed(step);
	// Of guests, such as the server of K2HR3, an environment without a compute host knows nothing.
	const loaded = loadFor(context, isK2hr3 || named !== undefined ? withCompute(options) : options);
	const guest = isK2hr3 ? k2hr3Guest(loaded.config) : named;
	if (guest !== undefined) {
		return printGuestLogs(context, loaded, guest, options);
	}

	const {config} = loaded;
	const directory = findRun(logRootOf(context, config.name), step);
	if (context.json) {
		context.stdout.line(JSON.stringify(context.mask.value(logsDocument(directory, step)), undefined, 2));
		return 0;
	}

	context.stderr.line(directory);
	await print(context, directory, step, options.follow ?? false);
	return context.signal.aborted ? interruptCode(context.signal) : 0;
};
