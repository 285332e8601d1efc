import {Command as Commander, CommanderError, Option} from 'commander';
import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';
import {commands, flags, type Command, type Flag} from './commandTable.js';

/** What the command line asked for. */
export type Invocation = {
	/** Words of the command, e.g. `datastore list`. */
	readonly command: string;
	readonly positionals: readonly string[];
	readonly options: Options;
};

/** Values of flags by their long name in camel case; flags that were not given are absent, repeatable ones are empty. */
export type Options = {
	readonly profile?: string;
	readonly name?: string;
	readonly machine?: string;
	readonly release?: string | readonly string[];
	readonly set?: readonly string[];
	readonly only?: readonly string[];
	readonly from?: string;
	readonly until?: string;
	readonly with?: readonly string[];
	readonly without?: readonly string[];
	readonly yes?: boolean;
	readonly dryRun?: boolean;
	readonly offline?: boolean;
	readonly fresh?: boolean;
	readonly json?: boolean;
	readonly events?: boolean;
	readonly color?: boolean;
	readonly verbose?: boolean;
	readonly explain?: boolean;
	readonly detailedExitcode?: boolean;
	readonly depth?: 'services' | 'sources' | 'everything';
	readonly follow?: boolean;
	readonly output?: string;
	readonly to?: string;
	readonly credentials?: string;
	readonly latest?: boolean;
	readonly overwrite?: boolean;
	readonly file?: string;
	readonly k2hr3Url?: string;
	readonly project?: string;
	readonly renew?: boolean;
	readonly value?: readonly string[];
};

const collect = (value: string, before: readonly string[] | undefined): string[] => [...before ?? [], value];

const toOption = (flag: Flag): Option => {
	const option = new Option(flag.flags, flag.summary);
	if (flag.choices) {
		option.choices(flag.choices);
	}

	return flag.repeatable ? option.argParser(collect) : option;
};

/** The long names a command takes, for suggestions: `--name`, `--json`… */
const longNames = (command: Command): string[] => command.flags.map(name => /--[-a-z\d]+/.exec(flags[name].flags)![0]);

type Found = (invocation: Invocation) => void;

const addCommand = (parent: Commander, command: Command, words: readonly string[], found: Found): void => {
	const path = [...words, command.name];
	const node = parent.command(command.name).description(command.summary).helpCommand(false).helpOption(false).allowExcessArguments(false);
	for (const name of command.flags) {
		node.addOption(toOption(flags[name]));
	}

	if (command.subcommands) {
		for (const subcommand of command.subcommands) {
			addCommand(node, subcommand, path, found);
		}

		return;
	}

	if (command.arguments) {
		node.argument(command.arguments, command.argumentSummary);
	}

	if (command.passThrough) {
		node.passThroughOptions().allowUnknownOption();
	}

	node.action(() => {
		found({command: path.join(' '), positionals: node.args, options: node.opts()});
	});
};

const build = (found: Found): Commander => {
	const program = new Commander('k2hdkc-devstack').helpCommand(false).helpOption(false).enablePositionalOptions();
	for (const command of commands) {
		addCommand(program, command, [], found);
	}

	return program;
};

const forEachCommand = (node: Commander, visit: (node: Commander) => void): void => {
	visit(node);
	for (const child of node.commands) {
		forEachCommand(child, visit);
	}
};

/** The table's entry that the first words of the command line lead to, as far as they do. */
const entryFor = (argv: readonly string[]): {entry?: Command; siblings: readonly Command[]; word?: string} => {
	const first = argv.find(word => !word.startsWith('-'));
	const entry = commands.find(({name}) => name === first);
	if (!entry?.subcommands) {
		return {siblings: commands, ...(entry ? {entry} : {}), ...(first === undefined ? {} : {word: first})};
	}

	const second = argv.slice(argv.indexOf(first!) + 1).find(word => !word.startsWith('-'));
	const subentry = entry.subcommands.find(({name}) => name === second);
	return {siblings: entry.subcommands, ...(subentry ? {entry: subentry} : {}), ...(second === undefined ? {} : {word: second})};
};

/** Commander's complaint as an error of ours, with the word that was probably meant. */
const usageError = (error: CommanderError, argv: readonly string[]): ToolError => {
	const {entry, siblings, word} = entryFor(argv);
	if (error.code === 'commander.help') {
		return new ToolError('K2D1001', 'A command is missing.', {remedy: `Commands: ${siblings.map(({name}) => name).join(', ')}.`});
	}

	const sentence = error.message.replace(/^error: /u, '').split('\n')[0]!;
	const said = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/u, '')}.`;
	if (error.code === 'commander.unknownCommand' || (error.code === 'commander.excessArguments' && !entry && word !== undefined)) {
		return new ToolError('K2D1001', `There is no command "${word}".${didYouMean(word ?? '', siblings.map(({name}) => name))}`, {
			remedy: `Commands: ${siblings.map(({name}) => name).join(', ')}.`,
		});
	}

	const unknown = error.code === 'commander.unknownOption' ? /'(?<option>[^']+)'/u.exec(sentence)?.groups?.option : undefined;
	const suggestion = unknown && entry ? didYouMean(unknown, longNames(entry)) : '';
	const misplaced = unknown !== undefined && argv[0]?.startsWith('-') === true;
	return new ToolError('K2D1001', `${said}${suggestion}`, misplaced ? {remedy: `Options come after the command, for example: k2hdkc-devstack up ${unknown}`} : {});
};

const ignore = (): void => undefined;

/**
 * Reads the words after the program's name; help was answered before.
 * @throws ToolError K2D1001 for a command, option or argument that is not known.
 */
export const parseCommandLine = (argv: readonly string[]): Invocation => {
	const invocations: Invocation[] = [];
	const program = build(found => {
		invocations.push(found);
	});
	forEachCommand(program, node => {
		node.exitOverride().showSuggestionAfterError(false).configureOutput({writeOut: ignore, writeErr: ignore, outputError: ignore});
	});
	try {
		program.parse([...argv], {from: 'user'});
	} catch (error) {
		throw error instanceof CommanderError ? usageError(error, argv) : error;
	}

	const [invocation] = invocations;
	if (!invocation) {
		throw new ToolError('K2D1001', 'A command is missing.', {remedy: 'Run it with --help to see the commands.'});
	}

	return invocation;
};
