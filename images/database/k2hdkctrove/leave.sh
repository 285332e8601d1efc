# How the node leaves: out of the ring, out of K2HR3, then its programs end. All in less than the ten seconds that
# Docker gives a container.
# shellcheck shell=dash

# Seconds that K2HR3 has for its answer, and the ring to let the node go.
readonly unregister_limit=3 ring_limit=2

# leave: 0 when everything was done, 1 when something was not.
leave() {
	local code=0 unregister_pid=
	# Whatever signal comes now changes nothing.
	trap : TERM INT USR1
	local_limit=1
	is_alive "$refresh_pid" && kill "$refresh_pid"
	if [ -n "$registered" ]; then
		unregister_here &
		unregister_pid=$!
	fi
	leave_ring || code=1
	if [ -n "$unregister_pid" ]; then
		wait_fully "$unregister_pid" || code=1
	fi
	halt_k2hdkc
	halt_chmpx
	return $code
}

unregister_here() {
	answer=$run_dir/answer-unregister
	if unregister "$unregister_limit"; then
		log 'This node is out of K2HR3.'
	else
		log "This node may still be registered with K2HR3: $problem."
		return 1
	fi
}

# wait_fully PID: a signal ends `wait` and not what is waited for.
wait_fully() {
	local code
	while :; do
		wait "$1"
		code=$?
		is_alive "$1" || return $code
	done
}

# has_heirs: whether others can take over what this node serves.
has_heirs() {
	is_alive "$chmpx_pid" || return
	[ "$(grep -c '^\[SVRNODE\]' "$ini")" -ge 2 ] && return
	log 'This node is the only server of its ring: nobody takes over what it serves.'
	return 1
}

# The other members take over what this one serves.
leave_ring() {
	local deadline
	has_heirs && serves "$(own_status)" || return 0
	ring_command serviceout
	deadline=$(($(now) + ring_limit))
	while [ "$(now)" -le "$deadline" ]; do
		case $(own_status) in
		*'[SERVICE OUT]'*) return 0 ;;
		esac
		sleep 0.1
	done
	log 'This node is still in service; the ring will find it gone.'
	return 1
}

end_container() {
	log 'Leaving.'
	leave
	log 'Ended.'
	exit 0
}

# hand_over SECONDS: waits until the others have what this node serves; only then are they out of its keeping. K2HR3 lists the node
# as long as that takes, or they would drop it. 1, and back in service, when they do not get it within the time.
hand_over() {
	local deadline=$(($(now) + $1))
	# A status that cannot be had in time is no reason to believe that there is nothing to hand over.
	has_heirs || return 0
	log "The ring has $1 s to take over what this node serves."
	ring_command serviceout
	while [ "$(now)" -le "$deadline" ] && [ -z "$wanted" ]; do
		case $(own_status) in
		*'[SERVICE OUT]'*) return 0 ;;
		esac
		sleep 0.2
	done
	log 'The ring has not taken it over. This node goes back into service.'
	ring_command servicein
	return 1
}

# Without a process the container would end, and Docker would start it again: it stays, with nothing in it, until it is told to end.
stay_out() {
	local seconds
	seconds=$(cat "$run_dir/leave-seconds" 2>/dev/null)
	rm -f "$run_dir/leave-seconds"
	if [ -n "$seconds" ] && ! hand_over "$seconds"; then
		echo refused >"$run_dir/left"
		return
	fi
	log 'Leaving; the container stays.'
	if leave; then
		echo done >"$run_dir/left"
	else
		echo partly >"$run_dir/left"
	fi
	registered=
	watch_signals
	while :; do
		pause 60
	done
}
