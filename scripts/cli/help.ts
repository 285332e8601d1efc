import {commands, flags, type Command} from './commandTable.js';

const width = 80;

/** Breaks a text at spaces. */
const wrap = (text: string, columns: number): string[] => {
	const lines: string[] = [];
	for (const word of text.split(' ')) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + 1 + word.length <= columns) {
			lines[lines.length - 1] = `${last} ${word}`;
		} else {
			lines.push(word);
		}
	}

	return lines;
};

/** Terms and what they mean in two columns. */
const definitions = (rows: ReadonlyArray<readonly [string, string]>): string[] => {
	const indent = 2 + Math.max(...rows.map(([term]) => term.length)) + 2;
	return rows.flatMap(([term, meaning]) => wrap(meaning, width - indent)
		.map((line, index) => (index === 0 ? `  ${term}`.padEnd(indent) : ' '.repeat(indent)) + line));
};

const section = (title: string, lines: readonly string[]): string[] => lines.length === 0 ? [] : ['', `${title}:`, ...lines];

const term = ({name, subcommands}: Command): string => subcommands ? `${name} ${subcommands.map(child => child.name).join('|')}` : name;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** The help of the whole program. */
export const programHelp = (): string => [
	'Usage: k2hdkc-devstack COMMAND [options]',
	'',
	...wrap('Builds a trial environment of K2HDKC DBaaS Trove: OpenStack with Trove and the k2hdkc datastore.', width),
	...section('Commands', definitions(commands.map(command => [term(command), command.summary]))),
	...section('Options', definitions([['-h, --help', 'help; for one command: k2hdkc-devstack COMMAND --help'], ['-V, --version', 'the version of the tool']])),
	...section('First steps', definitions([
		['k2hdkc-devstack doctor', 'is this machine fit for it?'],
		['k2hdkc-devstack up', 'build everything; the same command resumes after a failure'],
		['k2hdkc-devstack status', 'what stands, and where'],
	])),
	'',
].join('\n');

/** The help of one command; `words` lead to it. */
const commandHelp = (command: Command, words: readonly string[]): string => {
	const options = command.flags.map((name): [string, string] => [flags[name].flags, flags[name].summary]);
	const usage = ['k2hdkc-devstack', ...words, ...(options.length > 0 ? ['[options]'] : []), ...(command.arguments ? [command.arguments] : [])];
	return [
		`Usage: ${command.subcommands ? `k2hdkc-devstack ${term(command)}` : usage.join(' ')}`,
		'',
		...wrap(sentence(command.summary), width),
		...section('Commands', command.subcommands ? definitions(command.subcommands.map(child => [child.name, child.summary])) : []),
		...section('Arguments', command.arguments ? definitions([[command.arguments, command.argumentSummary ?? '']]) : []),
		...section('Options', options.length > 0 ? definitions([...options, ['-h, --help', 'this help']]) : []),
		...section('Examples', (command.examples ?? []).map(example => `  k2hdkc-devstack ${example}`)),
		'',
	].join('\n');
};

const asksForHelp = (word: string): boolean => word === '--help' || word === '-h';

/**
 * The help that the words after the program's name ask for; undefined when they ask for none, or for that of a command there is not.
 * What a command passes on to another program is not looked at.
 */
export const helpFor = (argv: readonly string[]): string | undefined => {
	const [first, ...rest] = argv;
	if (first === undefined || asksForHelp(first)) {
		return first === undefined ? undefined : programHelp();
	}

	const command = commands.find(({name}) => name === first);
	const subcommand = command?.subcommands?.find(({name}) => name === rest[0]);
	const own = subcommand ? rest.slice(1) : rest;
	const end = own.findIndex(word => word === '--' || (command?.passThrough === true && !word.startsWith('-')));
	if (!command || !own.slice(0, end === -1 ? own.length : end).some(word => asksForHelp(word))) {
		return undefined;
	}

	return subcommand ? commandHelp(subcommand, [first, subcommand.name]) : commandHelp(command, [first]);
};
