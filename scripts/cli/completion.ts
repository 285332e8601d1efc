import {flags, type Command, type FlagName} from './commandTable.js';

/** Words of a bash array or `case` pattern: names of commands and flags need no quoting. */
const list = (words: readonly string[]): string => words.join(' ');

/** `-v, --verbose` as the two words, `--depth <depth>` as one. */
const spellings = (name: FlagName): readonly string[] => flags[name].flags.split(/, | </).filter(part => part.startsWith('-'));

const takesValue = (name: FlagName): boolean => flags[name].flags.includes('<');

type Entry = {readonly path: string; readonly words: readonly string[]; readonly options: readonly string[]};

/** What may follow the words of each command: subcommands or values of its argument, and its flags. */
const entries = (commands: readonly Command[], before: readonly string[] = []): readonly Entry[] => commands.flatMap(command => {
	const path = [...before, command.name];
	const {subcommands = [], argumentChoices = []} = command;
	const options = [...command.flags.flatMap(name => spellings(name)), '--help'];
	return [{path: path.join(' '), words: subcommands.length > 0 ? subcommands.map(({name}) => name) : argumentChoices, options}, ...entries(subcommands, path)];
});

const groups = (commands: readonly Command[]): readonly string[] => commands.filter(({subcommands}) => subcommands !== undefined).map(({name}) => name);

/** After a flag with a value: one of its choices, a file, or what cannot be told. */
const valueCases = (names: readonly FlagName[]): readonly string[] => names.map(name => {
	const {choices} = flags[name] as {choices?: readonly string[]};
	return `    ${spellings(name).join('|')}) ${choices ? `COMPREPLY=($(compgen -W '${list(choices)}' -- "$word"))` : 'COMPREPLY=($(compgen -f -- "$word"))'}; return ;;`;
});

/** A script that bash, and zsh by its bashcompinit, complete the command line with. Everything is in it: completing starts no program. */
export const completionScript = (commands: readonly Command[]): string => {
	const valued = (Object.keys(flags) as FlagName[]).filter(name => takesValue(name));
	return `# Completion of k2hdkc-devstack for bash and zsh: source <(k2hdkc-devstack completion)
if [ -n "\${ZSH_VERSION-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi
_k2hdkc_devstack() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= words options i
  COMPREPLY=()
  case "$previous" in
${[...new Map(valueCases(valued).map(line => [line.trim().split(')')[0], line])).values()].join('\n')}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      --) return ;;
      -*) ;;
      *) case "$path" in
        '') path=\${COMP_WORDS[i]} ;;
        ${groups(commands).join('|')}) path="$path \${COMP_WORDS[i]}" ;;
      esac ;;
    esac
  done
  case "$path" in
    '') words='${list(commands.map(({name}) => name))}' options='--help --version' ;;
${entries(commands).map(({path, words, options}) => `    '${path}') words='${list(words)}' options='${list(options)}' ;;`).join('\n')}
    *) return ;;
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -o default -F _k2hdkc_devstack k2hdkc-devstack
`;
};
