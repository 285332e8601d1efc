/**
 * POSIX sh: `job_state`, with $base set, sets $state to none, running, ended or lost. A process is the job's runner only if boot, number
 * and start time agree. The result file decides; it is looked for again when the runner is gone, for it may have come in between.
 */
export const jobStateFunctions = `
lives() {
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
	set -- "$2" \${line##*) }
	case $2 in [ZX]) return 1 ;; esac
	[ "\${21}" = "$1" ]
}
has_result() {
	by= code=
	{ read -r by code <"$base.rc"; } 2>/dev/null || return 1
	[ -n "$code" ]
}
job_state() {
	state=ended
	! has_result || return 0
	state=none
	{ read -r runner runner_start group boot started <"$base.pid"; } 2>/dev/null || return 0
	read -r this_boot </proc/sys/kernel/random/boot_id
	state=running
	if [ "$boot" != "$this_boot" ] || ! lives "$runner" "$runner_start"; then
		state=lost
		! has_result || state=ended
	fi
}
print_state() {
	case $state in
		running) echo "running $group $started" ;;
		ended) echo "ended $by $code" ;;
		*) echo "$state" ;;
	esac
}
`;

/** `sh -c` with this; argument: the job's files without their endings. */
export const jobStateScript = `${jobStateFunctions}
base=$1
job_state
print_state
`;
