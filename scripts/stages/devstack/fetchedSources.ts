import type {Config} from '../../config/schema.js';
import {stackUser} from './devstackEnv.js';

const aptFile = '/etc/apt/apt.conf.d/99k2hdkc-devstack';
const aptWork = '/run/k2hdkc-devstack-apt';

/**
 * Parts of scripts by which apt of the machine knows what was fetched and nothing else, and knows its own sources again. Its lists are left alone. What a
 * run has left that was killed is removed by the next.
 */
export const aptOverride = {
	remove: `rm -rf -- ${aptFile} ${aptWork}`,
	/** `packages`: the directory with the index. It is read at once: stack.sh installs lsb-release before it lets apt look. */
	set: String.raw`
mkdir -p ${aptWork}/lists/partial
echo "deb [trusted=yes] file:$packages ./" >${aptWork}/sources.list
cat >${aptFile} <<'end'
Dir::Etc::sourcelist "${aptWork}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "${aptWork}/lists";
Acquire::Languages "none";
end
apt-get --quiet --error-on=any update`,
} as const;

/** $1: what was fetched; $2: the directory of stack.sh; then the words that run it. */
const script = String.raw`
packages=$1/packages python=$1/python downloads=$1/downloads devstack=$2
shift 2
runuser --user ${stackUser} -- test -r "$python/.complete" || { echo "${stackUser} cannot read $python: directories above it are not readable for everyone" >&2; exit 1; }
trap '${aptOverride.remove}' EXIT
trap 'exit 143' TERM
${aptOverride.set}
mkdir -p "$devstack/files"
install -o ${stackUser} -g ${stackUser} -m 644 -t "$devstack/files" "$downloads"/*
"$@"
`;

/** The words that run stack.sh with what was fetched in place of mirrors and indexes. They run as root. */
export const withFetched = (directory: string, devstack: string, argv: readonly string[]): readonly string[] => ['sh', '-euc', script, 'sh', directory, devstack, ...argv];

/** The words that run a program with the machine's own sources, also after a run that was killed. */
export const asBefore = (argv: readonly string[]): readonly string[] => ['sh', '-euc', `${aptOverride.remove}; exec "$@"`, 'sh', ...argv];

/** What pip and git are told: there is nothing but what was fetched; or where the index is, when the configuration names one. */
export const sourceVariables = (directory: string | undefined, {python: {index}}: Pick<Config['sources'], 'python'>): Readonly<Record<string, string>> => {
	if (directory === undefined) {
		return index === 'host' ? {} : {PIP_INDEX_URL: index};
	}

	// Whatever git would clone or fetch is not there; without this it waits for a server that does not answer.
	return {PIP_NO_INDEX: '1', PIP_FIND_LINKS: `${directory}/python`, GIT_ALLOW_PROTOCOL: 'file'};
};

/** How programs say that something is not there, with its name. */
const complaints: ReadonlyArray<readonly [pattern: RegExp, what: string]> = [
	[/Unable to locate package (\S+)/, 'the package'],
	[/Package '?([^\s']+)'? has no installation candidate/, 'the package'],
	[/No matching distribution found for ([^\s(]+)/, 'the Python package'],
	[/Could not find a version that satisfies the requirement ([^\s(]+)/, 'the Python package'],
	[/clone --no-checkout (\S+)/, 'the repository'],
	[/unable to resolve host address [‘'"]?([^\s’'"]+)/, 'something of'],
	[/Could not resolve host: (\S+)/, 'something of'],
];

/** What stack.sh has asked for in vain, from lines of its output; undefined when they tell nothing of that kind. */
export const unfetched = (lines: readonly string[]): string | undefined => {
	const refused = lines.some(line => /transport '\w+' not allowed/.test(line));
	for (const line of lines.toReversed()) {
		for (const [pattern, what] of complaints) {
			const name = pattern.exec(line)?.[1];
			if (name !== undefined && (what !== 'the repository' || refused)) {
				return `${what} ${name}`;
			}
		}
	}

	return undefined;
};
