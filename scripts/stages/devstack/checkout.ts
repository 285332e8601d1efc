import type {Probe} from '../../pipeline/types.js';
import {keptOf} from './aside.js';

/** Where the tool notes in a repository which commit it has checked out. */
export const baseRef = 'refs/k2hdkc-devstack/base';

/** Where it notes what stack.sh has made of the files of that commit: it edits some itself. */
const stackedRef = 'refs/k2hdkc-devstack/stacked';

// Names of the files that are neither as in the commit nor as stack.sh has left them: clean.sh takes back some of that. `ask` runs git in the checkout.
const changesFunction = `
changes() {
	if [ "$(ask rev-parse --verify --quiet '${stackedRef}^1' || echo none)" = "$(ask rev-parse --verify --quiet HEAD || echo no commit)" ]; then
		{ ask diff --name-only ${stackedRef} --; ask diff --name-only HEAD --; } | sort | uniq -d
	else
		ask status --porcelain --untracked-files=no
	fi
}
`;

/** Exit codes of the script that makes a checkout. */
export const checkoutExit = {foreign: 65, changed: 66, occupied: 67, noSuchRef: 68} as const;

/** What is at the place of a checkout. */
export type Checkout = {
	readonly kind: 'absent' | 'other' | 'checkout';
	/** The commit that this tool has put there; undefined when somebody else made it. */
	readonly base?: string;
	readonly head?: string;
	/** Files of the commit that were changed. */
	readonly changed: number;
};

// As whoever owns it: git trusts nobody else's configuration. Without the lock, so that nothing is written.
export const lookScript = `
${changesFunction}
place=$1
if [ ! -e "$place" ]; then echo absent; exit; fi
if [ ! -e "$place/.git" ]; then echo other; exit; fi
ask() { runuser --user "$(stat --format=%U "$place")" -- git --no-optional-locks -C "$place" "$@"; }
echo checkout
ask rev-parse --verify --quiet ${baseRef} || echo
ask rev-parse --verify --quiet HEAD || echo
changes | wc -l
`;

export const parseCheckout = (output: string): Checkout => {
	const [kind = '', base = '', head = '', changed = ''] = output.split('\n').map(line => line.trim());
	if (kind !== 'checkout') {
		return {kind: kind === 'absent' ? 'absent' : 'other', changed: 0};
	}

	return {kind, ...(base === '' ? {} : {base}), ...(head === '' ? {} : {head}), changed: Number(changed)};
};

const short = (commit: string | undefined): string => commit?.slice(0, 12) ?? 'no commit';

/** What somebody has done to a checkout since the tool made it; undefined for nothing. */
export const driftOf = ({base, head, changed}: Checkout): string | undefined => {
	const moved = base !== undefined && head !== base ? `it is at ${short(head)}, not at ${short(base)}, where this tool put it` : undefined;
	const edited = changed > 0 ? `${changed} of its files ${changed === 1 ? 'has' : 'have'} local changes` : undefined;
	return moved === undefined && edited === undefined ? undefined : [moved, edited].filter(each => each !== undefined).join(', and ');
};

/** Why what is there is not as this tool left it, and gives way to --fresh; undefined for a checkout that nobody has touched, or none. */
export const strangeness = (checkout: Checkout): string | undefined => {
	if (checkout.kind !== 'checkout') {
		return checkout.kind === 'other' ? 'it is no checkout of git' : undefined;
	}

	return checkout.base === undefined ? 'somebody else made it' : driftOf(checkout);
};

/** Local changes are somebody's work: told, and left alone. */
export const checkoutProbe = (place: string, checkout: Checkout): Probe => {
	if (checkout.kind === 'absent') {
		return {state: 'absent', evidence: `${place} is not there`};
	}

	if (checkout.kind === 'other') {
		return {state: 'unknown', evidence: `${place} is there, and is no checkout of git`};
	}

	if (checkout.base === undefined) {
		return {state: 'present', evidence: `${place} is a checkout that somebody else made, at ${short(checkout.head)}`};
	}

	const drift = driftOf(checkout);
	return {state: 'present', evidence: `${place} is at ${short(checkout.base)}${drift === undefined ? '' : `; ${drift}: left alone without --fresh`}`};
};

/*
 * A repository on the machine itself belongs to whoever put it there, and git serves it to its owner alone, unless it is told otherwise where it serves.
 * $1 address, $2 branch, tag or commit, $3 place. All commits and tags come, since pbr reads versions from them, but only those files that are checked out.
 * The place is there as a whole or not at all. One that is there is moved on only when nobody has changed it.
 */
export const checkoutScript = `
${changesFunction}
url=$1 ref=$2 place=$3
ask() { git -C "$work" "$@"; }
case $url in
	file:* | /*) server="git -c safe.directory='*' upload-pack";;
	*) server=git-upload-pack;;
esac
if [ -e "$place/.git" ]; then
	work=$place
	base=$(git -C "$work" rev-parse --verify --quiet ${baseRef}) || exit ${checkoutExit.foreign}
	git -C "$work" remote set-url origin "$url"
	git -C "$work" fetch --upload-pack "$server" --progress --tags --force origin '+refs/heads/*:refs/remotes/origin/*'
else
	if [ -e "$place" ]; then exit ${checkoutExit.occupied}; fi
	work=$place.partial
	rm -rf -- "$work"
	git clone --upload-pack "$server" --progress --filter=blob:none --no-checkout -- "$url" "$work"
fi
commit=$(git -C "$work" rev-parse --verify --quiet "refs/remotes/origin/$ref^{commit}" || git -C "$work" rev-parse --verify --quiet "$ref^{commit}") || exit ${checkoutExit.noSuchRef}
if [ "$work" = "$place" ]; then
	# What somebody has changed on top of what is wanted is no obstacle.
	if [ "$commit" = "$base" ]; then exit 0; fi
	[ "$base" = "$(git -C "$work" rev-parse HEAD)" ] && [ -z "$(changes)" ] || exit ${checkoutExit.changed}
fi
git -C "$work" checkout --progress --force --detach "$commit"
git -C "$work" update-ref -d ${stackedRef}
git -C "$work" update-ref ${baseRef} "$commit"
if [ "$work" != "$place" ]; then
	if [ -d "${keptOf('$place')}" ]; then cp --archive --no-target-directory -- "${keptOf('$place')}" "$work"; fi
	mv -T -- "$work" "$place"
	rm -rf -- "${keptOf('$place')}"
fi
`;

/*
 * Functions for a script that runs stack.sh: `untouched DIRECTORY` prints the checkouts below it that nobody has changed, `note` reads them and notes
 * what became of their files. What somebody has changed is not noted: it stays somebody's.
 */
export const noteFunctions = `
${changesFunction}
untouched() {
	for place in "$1"/*/; do
		ask() { git --no-optional-locks -C "$place" "$@"; }
		base=$(ask rev-parse --verify --quiet ${baseRef} 2>/dev/null) || continue
		if [ "$base" = "$(ask rev-parse HEAD)" ] && [ -z "$(changes)" ]; then echo "$place"; fi
	done
}
note() {
	while read -r place; do
		found=$(git -C "$place" -c user.name=k2hdkc-devstack -c user.email=k2hdkc-devstack@localhost stash create) || continue
		if [ -n "$found" ]; then git -C "$place" update-ref ${stackedRef} "$found"; else git -C "$place" update-ref -d ${stackedRef}; fi
	done
}
`;
