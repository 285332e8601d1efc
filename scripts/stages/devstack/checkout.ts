import type {Probe} from '../../pipeline/types.js';

/** Where the tool notes in a repository which commit it has checked out. */
const baseRef = 'refs/k2hdkc-devstack/base';

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
place=$1
if [ ! -e "$place" ]; then echo absent; exit; fi
if [ ! -e "$place/.git" ]; then echo other; exit; fi
ask() { runuser --user "$(stat --format=%U "$place")" -- git --no-optional-locks -C "$place" "$@"; }
echo checkout
ask rev-parse --verify --quiet ${baseRef} || echo
ask rev-parse --verify --quiet HEAD || echo
ask status --porcelain --untracked-files=no | wc -l
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
	return {state: 'present', evidence: `${place} is at ${short(checkout.base)}${drift === undefined ? '' : `; ${drift}: left alone`}`};
};

/*
 * $1 address, $2 branch, tag or commit, $3 place. All commits and tags come, since pbr reads versions from them, but only those files that are checked out.
 * The place is there as a whole or not at all. One that is there is moved on only when nobody has changed it.
 */
export const checkoutScript = `
url=$1 ref=$2 place=$3
if [ -e "$place/.git" ]; then
	work=$place
	base=$(git -C "$work" rev-parse --verify --quiet ${baseRef}) || exit ${checkoutExit.foreign}
	[ "$base" = "$(git -C "$work" rev-parse HEAD)" ] && [ -z "$(git -C "$work" status --porcelain --untracked-files=no)" ] || exit ${checkoutExit.changed}
	git -C "$work" remote set-url origin "$url"
	git -C "$work" fetch --progress --tags --force origin '+refs/heads/*:refs/remotes/origin/*'
else
	if [ -e "$place" ]; then exit ${checkoutExit.occupied}; fi
	work=$place.partial
	rm -rf -- "$work"
	git clone --progress --filter=blob:none --no-checkout -- "$url" "$work"
fi
commit=$(git -C "$work" rev-parse --verify --quiet "refs/remotes/origin/$ref^{commit}" || git -C "$work" rev-parse --verify --quiet "$ref^{commit}") || exit ${checkoutExit.noSuchRef}
git -C "$work" checkout --progress --detach "$commit"
git -C "$work" update-ref ${baseRef} "$commit"
if [ "$work" != "$place" ]; then mv -T -- "$work" "$place"; fi
`;
