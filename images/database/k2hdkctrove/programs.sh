# Starts and stops chmpx and k2hdkc, and counts how often they end by themselves.
# shellcheck shell=dash

chmpx_pid=
k2hdkc_pid=
deaths=0
last_death=0
next_start=0

# launch NAME: its process id is then in $launched.
launch() {
	# What the programs write is for other users of the machine too, what this script writes is not.
	(umask 022 && exec "$1" -conf "$ini") &
	launched=$!
	printf '%s\n' "$launched" >"$run_dir/$1.pid"
	log "$1 runs as process $launched."
}

start_chmpx() {
	local group
	# What an earlier chmpx left would tell of an earlier state.
	group=$(ini_value "$ini" GLOBAL GROUP)
	case $group in
	*/*) ;;
	*) rm -f "/tmp/$group-$(ini_value "$ini" GLOBAL SELFCTLPORT).chmpx" "/tmp/$group-$(ini_value "$ini" GLOBAL SELFCTLPORT).k2h" ;;
	esac
	launch chmpx
	chmpx_pid=$launched
	chmpx_since=$(now)
	has_served=
	merge_limit=$merge_seconds
	members_deadline=$((chmpx_since + members_seconds))
}

start_k2hdkc() {
	launch k2hdkc
	k2hdkc_pid=$launched
	k2hdkc_since=$(now)
	node_since=$k2hdkc_since
}

# is_alive PID
is_alive() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# halt NAME PID: both end in good order on HUP; one that does not within the time is killed.
halt() {
	local tries=15
	rm -f "$run_dir/$1.pid"
	is_alive "$2" || return
	kill -HUP "$2"
	while is_alive "$2"; do
		if [ "$tries" -eq 0 ]; then
			log "$1 did not end; it is killed."
			kill -KILL "$2"
			break
		fi
		tries=$((tries - 1))
		sleep 0.1
	done
	wait "$2"
}

halt_k2hdkc() {
	halt k2hdkc "$k2hdkc_pid"
	k2hdkc_pid=
}

halt_chmpx() {
	halt chmpx "$chmpx_pid"
	chmpx_pid=
}

# count_death WHAT: sets when the next start may be. Ends the container when it happens too often.
count_death() {
	last_death=$(now)
	deaths=$((deaths + 1))
	if [ "$deaths" -gt "$restart_limit" ]; then
		halt_k2hdkc
		halt_chmpx
		die "$exit_unstable" "$1, for the $deaths. time in a row. The lines of chmpx and k2hdkc above tell why; the container is started again by Docker."
	fi
	next_start=$((last_death + delay_after_death))
	log "$1. Next start in $delay_after_death s, $deaths of at most $restart_limit."
	delay_after_death=$((delay_after_death < 16 ? delay_after_death * 2 : 16))
}

forget_deaths() {
	deaths=0
	delay_after_death=1
}
forget_deaths

# has_ended PID: by itself; its exit code is then in $ended_with.
has_ended() {
	if [ -z "$1" ] || is_alive "$1"; then
		return 1
	fi
	wait "$1"
	ended_with=$?
}

# reap_chmpx, reap_k2hdkc: notice that one has ended. k2hdkc cannot go on with another chmpx.
reap_chmpx() {
	has_ended "$chmpx_pid" || return
	halt_chmpx
	halt_k2hdkc
	count_death "chmpx ended by itself (exit code $ended_with)"
}

reap_k2hdkc() {
	has_ended "$k2hdkc_pid" || return
	halt_k2hdkc
	count_death "k2hdkc ended by itself (exit code $ended_with)"
}
