import {ToolError} from '../errors/toolError.js';
import {runFetch, unreachable} from './fetching.js';
import type {SourceAccess, SourceTree} from './types.js';

/** Suites that every Debian mirror has, whatever the present releases are called. */
const suites = ['oldstable', 'stable', 'testing', 'unstable'];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The mirror for Debian itself among what `apt-get indextargets` says, lines of `ORIGIN LABEL URI`. */
export const hostMirror = (targets: string): string | undefined =>
	targets.split('\n').map(line => line.split(' ')).find(([origin, label]) => origin === 'Debian' && label === 'Debian')?.[2];

export const sourcesList = (mirror: string, keyringFile: string): string =>
	suites.map(suite => `deb-src [signed-by=${keyringFile}] ${mirror} ${suite} main\n`).join('');

const findMirror = async (access: SourceAccess): Promise<string> => {
	if (access.debian.mirror !== 'host') {
		return access.debian.mirror;
	}

	const {stdout} = await runFetch(access, 'The Debian mirror', ['apt-get', 'indextargets', '--format', '$(ORIGIN) $(LABEL) $(REPO_URI)']);
	const mirror = hostMirror(stdout);
	if (mirror === undefined) {
		throw new ToolError('K2D6001', 'The apt configuration of this machine names no Debian mirror.', {
			remedy: 'Run `apt-get update`, or set sources.debian.mirror.',
		});
	}

	return mirror;
};

// Apt with lists and configuration of its own: the machine's stay as they are. It verifies the lists by the keyring and
// the files by the lists. A mirror without one of the suites is good enough when another has the version.
const script = String.raw`
package=$1 version=$2 into=$3
cd "$into"
mkdir -p state/lists/partial cache/archives/partial
cat >sources.list
apt() {
	command=$1
	shift
	"$command" -q -o Dir::State="$into/state" -o Dir::State::status=/dev/null -o Dir::Cache="$into/cache" \
		-o Dir::Etc::sourcelist="$into/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}
apt apt-get update >&2 || true
mkdir source
cd source
apt apt-get source --only-source "$package=$version" >&2
for tree in */; do
	echo "$into/source/$tree"
done
`;

/** Fetches a Debian source package and unpacks it, with Debian's own patches applied. */
export const fetchDebianSource = async (name: string, version: string, into: string, access: SourceAccess): Promise<SourceTree> => {
	const mirror = await findMirror(access);
	const source = `The Debian source package ${name} ${version}`;
	const {stdout} = await runFetch(access, source, ['sh', '-euc', script, 'sh', name, version, into], {
		input: sourcesList(mirror, access.debian.keyring ?? keyring),
		env: {LC_ALL: 'C'},
	});
	const [tree, ...others] = stdout.trim().split('\n');
	if (tree === undefined || tree === '' || others.length > 0) {
		throw unreachable(source, 'it does not unpack into one directory');
	}

	return {root: tree.replace(/\/$/u, ''), ref: `${name} ${version}`};
};
