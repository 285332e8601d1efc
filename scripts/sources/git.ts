import {runFetch} from './fetching.js';
import type {SourceAccess, SourceTree} from './types.js';

// One commit without its history. Works alike for an address, a clone and a bare repository.
const script = `
repository=$1 ref=$2 into=$3
git init -q --bare "$into/repository"
cd "$into/repository"
git fetch -q --depth 1 --no-tags "$repository" "$ref"
mkdir "$into/tree"
git archive -o "$into/tree.tar" FETCH_HEAD
tar -x -f "$into/tree.tar" -C "$into/tree"
git log -1 --format='%h of %cs' FETCH_HEAD
`;

/** Fetches one commit by branch, tag or full hash and unpacks it into the empty directory `into`. */
export const fetchGit = async (git: string, ref: string, into: string, access: SourceAccess): Promise<SourceTree> => {
	await runFetch(access, git, ['git', '--version']);
	const {stdout} = await runFetch(access, `${ref} of ${git}`, ['sh', '-euc', script, 'sh', git, ref, into], {
		// It fails when a password is asked for: there is nobody to answer.
		env: {GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: 'ssh -o BatchMode=yes', LC_ALL: 'C'},
	});
	return {root: `${into}/tree`, ref: `${ref}, commit ${stdout.trim()}`};
};
