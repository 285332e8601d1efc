import type {StepContext} from '../../pipeline/types.js';
import {stackUser, type DevstackEnv, type DevstackPaths} from './devstackEnv.js';

/** Where --fresh puts what somebody has made or changed in the place of something of this tool. Nothing removes it. */
export const asideOf = ({directory}: Pick<DevstackPaths, 'directory'>): string => `${directory}/aside`;

/** Where those files wait that the next one in a place is to have too. */
export const keptOf = (place: string): string => `${place}.kept`;

/*
 * $1 place, $2 directory for what is put aside, $3 its owner, $4 directory for what is kept; then names of files to keep. As root, since whatever is
 * there may be anybody's. Prints where it is now.
 */
export const asideScript = `
place=$1 aside=$2 owner=$3 kept=$4
shift 4
rm -rf -- "$kept"
for name; do
	if [ -e "$place/$name" ]; then
		install -d -o "$owner" -g "$owner" -- "$kept"
		cp --archive -- "$place/$name" "$kept/"
	fi
done
install -d -o "$owner" -g "$owner" -- "$aside"
now=$aside/$(basename "$place").$(date -u +%Y%m%dT%H%M%S.%NZ)
mv -T -- "$place" "$now"
echo "$now"
`;

/** Moves what is in a place aside as it is, and says where to. `why`: what is strange about it; `keep`: names of files that the next one there is to have too. */
export const moveAside = async ({env, progress}: Pick<StepContext<Pick<DevstackEnv, 'host' | 'paths'>>, 'env' | 'progress'>, place: string, why: string, keep: readonly string[] = []): Promise<void> => {
	const {stdout} = await env.host.run(['sh', '-euc', asideScript, 'sh', place, asideOf(env.paths), stackUser, keptOf(place), ...keep], {timeout: 120});
	progress.say(`moved ${place} aside to ${stdout.trim()}: ${why}`);
};
