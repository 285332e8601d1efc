# What this node is in its ring, and how that is changed.
# shellcheck shell=dash

# Longest time in seconds that a question to the local chmpx may take.
local_limit=4

# own_status: for example `SAFE -> [SERVICE IN][UP][n/a][Nothing][NoSuspend]`; empty when chmpx cannot be asked.
own_status() {
	timeout "$local_limit" chmpxstatus -conf "$ini" -self 2>/dev/null </dev/null | sed -n 's/^[[:space:]]*status[[:space:]]*=[[:space:]]*//p' | head -n 1
}

# serves STATUS: whether that is a node that answers requests.
serves() {
	case $1 in
	*'[SERVICE IN]'*'[UP]'*'[NoSuspend]'*) return 0 ;;
	*) return 1 ;;
	esac
}

# runs NAME: whether the program of that name, noted by the supervisor, is alive.
runs() {
	local pid
	pid=$(cat "$run_dir/$1.pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

# began PID: when it was started, in clock ticks since the machine was.
began() {
	awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null
}

supervisor_runs() {
	# After a restart of the container the number may be that of any process: of a command of this script, or of the new supervisor itself.
	runs supervisor && [ "$(began "$(cat "$run_dir/supervisor.pid")")" = "$(cat "$run_dir/supervisor.began" 2>/dev/null)" ]
}

print_status() {
	# The supervisor too: what chmpx noted before a crash of the container is still there when it starts again.
	if supervisor_runs && runs chmpx && serves "$(own_status)"; then
		echo HEALTHY
	else
		echo RUNNING
	fi
}

# is_settled STATUS: whether that is a node that serves and to which the ring moves no data. One that gets its part is Pending, Doing or Done; the others need not be.
is_settled() {
	case $1 in
	*'[SERVICE IN]'*'[UP]'*'[Nothing]'*'[NoSuspend]'*) return 0 ;;
	*) return 1 ;;
	esac
}

# settle SECONDS: waits until that has been so for a second, because a ring that is about to merge does not say so yet.
settle() {
	local status='' deadline=$(($(now) + $1)) before=
	while :; do
		supervisor_runs || die "$exit_failed" 'Nothing runs here that could serve; the log of the container tells why.'
		status=$(own_status)
		if is_settled "$status"; then
			[ -z "$before" ] || return 0
			before=yes
		else
			before=
			[ "$(now)" -lt "$deadline" ] || die "$exit_failed" "The ring was still at work after $1 s: ${status:-chmpx does not answer}."
		fi
		sleep 1
	done
}

# own_node: how chmpxlinetool knows this node. Without the seed it does not find it, because the ring names its nodes by their seeds.
own_node() {
	own_server "$ini" | awk -F '|' '{ print $1 ":" $2 ":" $3 ":" $4 ":" $5 }'
}

# ring_command COMMAND: has chmpxlinetool do it to this node. Its exit code tells nothing, so the caller looks at the status afterwards.
ring_command() {
	local node commands=$run_dir/ring-command
	node=$(own_node)
	printf '%s %s\nexit\n' "$1" "$node" >"$commands" || return
	log "$1 of $node"
	timeout "$local_limit" chmpxlinetool -conf "$ini" -run "$commands" >"$run_dir/ring-answer" 2>&1 </dev/null
	grep -i -E 'no node is succeed|no such|not found|ERR' "$run_dir/ring-answer" | head -n 3 >&2
	return 0
}
