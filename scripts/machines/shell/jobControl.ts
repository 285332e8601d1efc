import {jobGrace} from '../transport.js';
import {jobStateFunctions} from './jobState.js';
import {processGroupFunctions} from './processGroup.js';

/**
 * `sh -c` with this; arguments: the job's files without their endings, size of the script, size of the input or ''. Standard input: script,
 * then input. Under the lock on the directory only one starter decides; it is kept by the new job until its record is written.
 */
export const startJobScript = `set -eu
${jobStateFunctions}
base=$1
mask=$(umask)
umask 077
[ -d "\${base%/*}" ] || mkdir -p -- "\${base%/*}"
exec 9<"\${base%/*}"
flock -w 30 9
take() {
	head -c "$2" >"$1"
	[ "$(stat -c %s -- "$1")" -eq "$2" ] || { echo "only a part of $1 arrived" >&2; exit 1; }
}
job_state
if [ "$state" = none ]; then
	[ ! -e "$base.script" ] || rm -f -- "$base.script" "$base.input"
	take "$base.script" "$2"
	[ -z "$3" ] || take "$base.input" "$3"
	: >"$base.log"
	started=$(setsid sh "$base.script" "$mask" 3>&1 >>"$base.log" 2>&1 </dev/null &)
	[ -n "$started" ] || { echo 'the job did not start:' >&2; cat -- "$base.log" >&2; exit 1; }
	job_state
fi
print_state
`;

/**
 * Arguments: the job's files without their endings, bytes of the log already seen. The log goes to standard output; the last line on
 * standard error is the state and the log's size. While the job runs, end of input means that nobody listens any more.
 * Whatever of the log is missing in the end is asked for again by its offset.
 */
export const followJobScript = `
${jobStateFunctions}
base=$1
finish() {
	size=$(stat -c %s -- "$base.log" 2>/dev/null) || size=0
	echo "$(print_state) $size" >&2
}
job_state
tries=0
while [ "$state" = running ] && [ "$tries" -lt 4 ]; do
	sleep 0.01
	tries=$((tries + 1))
	job_state
done
if [ "$state" != running ]; then
	[ "$state" = none ] || tail -c "+$(($2 + 1))" -- "$base.log"
	finish
	exit 0
fi
exec 7<&0 8<"$base.script"
{ cat <&7 >/dev/null; kill -s KILL 0; } 8<&- 2>/dev/null &
tail -c "+$(($2 + 1))" -f -- "$base.log" 7<&- 8<&- 2>/dev/null &
flock -s 8
job_state
finish
kill -s KILL 0
`;

/**
 * Argument: the job's files without their endings. The runner ends the job and writes the result; if it does not, or is gone, this does.
 * A group whose leader is gone counts as the job's only if one of its processes writes to the job's log.
 */
export const killJobScript = `
${jobStateFunctions}${processGroupFunctions}
base=$1
writes_log() {
	for entry in /proc/[0-9]*/stat; do
		{ read -r line <"$entry"; } 2>/dev/null || continue
		line=\${line##*) }
		line=\${line#* * }
		[ "\${line%% *}" = "$group" ] || continue
		process=\${entry%/stat}
		[ ! "$process/fd/1" -ef "$base.log" ] && [ ! "$process/fd/2" -ef "$base.log" ] || return 0
	done
	return 1
}
job_state
if [ "$state" = running ]; then
	kill -s TERM "$runner"
	exec 8<"$base.script"
	if ! flock -s -w ${jobGrace + 3} 8; then
		kill -s KILL "$runner" "-$group"
		flock -s -w 5 8
		job_state
		if [ "$state" != ended ]; then
			echo 'killed 137' >"$base.rc.new"
			mv -f -- "$base.rc.new" "$base.rc"
		fi
	fi
	echo killed
elif [ "$state" = lost ] && [ "$boot" = "$this_boot" ] && writes_log; then
	end_group "$group" ${jobGrace * 10}
	echo killed
fi
`;
