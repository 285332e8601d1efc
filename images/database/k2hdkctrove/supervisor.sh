# Runs the node: registers it, keeps its configuration fresh and its two programs running, until a signal comes.
# shellcheck shell=dash
# shellcheck source=images/database/k2hdkctrove/environment.sh
. "$parts/environment.sh"
# shellcheck source=images/database/k2hdkctrove/waiting.sh
. "$parts/waiting.sh"
# shellcheck source=images/database/k2hdkctrove/k2hr3.sh
. "$parts/k2hr3.sh"
# shellcheck source=images/database/k2hdkctrove/programs.sh
. "$parts/programs.sh"
# shellcheck source=images/database/k2hdkctrove/members.sh
. "$parts/members.sh"
# shellcheck source=images/database/k2hdkctrove/recovery.sh
. "$parts/recovery.sh"
# shellcheck source=images/database/k2hdkctrove/leave.sh
. "$parts/leave.sh"

answer=$run_dir/answer
registered=
refresh_pid=
is_serving=

start() {
	watch_signals
	started=$(now)
	read_settings
	unset_empty_proxies
	require_environment
	prepare_directories
	read_instance_id
	choose_node_name
	log "Node $node_name, instance $cuk, cluster ${cluster_name-}."
	until_done 'Asking K2HR3 for the role of this node' fetch_extdata
	# It holds the token, and the programs that are started need not know it.
	unset extdata_url
	until_done 'Registering this node with K2HR3' register
	until_done 'Fetching the configuration' fetch_first_configuration
	compare_with_environment
	supervise
}

# A registration that K2HR3 has not kept is made again.
fetch_first_configuration() {
	local code=0
	fetch_configuration || code=$?
	[ "$code" -ne 1 ] || register
	return "$code"
}

read_settings() {
	request_seconds=$(seconds K2HDKCTROVE_REQUEST_SECONDS 5) || exit
	k2hr3_seconds=$(seconds K2HDKCTROVE_K2HR3_SECONDS 120) || exit
	refresh_seconds=$(seconds K2HDKCTROVE_REFRESH_SECONDS 10) || exit
	up_seconds=$(seconds K2HDKCTROVE_UP_SECONDS 30) || exit
	admission_seconds=$(seconds K2HDKCTROVE_ADMISSION_SECONDS 120) || exit
	silence_seconds=$(seconds K2HDKCTROVE_SILENCE_SECONDS 30) || exit
	members_seconds=$(seconds K2HDKCTROVE_MEMBERS_SECONDS 10) || exit
	later_seconds=$(seconds K2HDKCTROVE_LATER_MEMBERS_SECONDS 5) || exit
	merge_seconds=$(seconds K2HDKCTROVE_MERGE_SECONDS 120) || exit
	service_in_seconds=$(seconds K2HDKCTROVE_SERVICE_IN_SECONDS 5) || exit
	join_seconds=$(seconds K2HDKCTROVE_JOIN_SECONDS 60) || exit
	restart_limit=$(seconds K2HDKCTROVE_RESTART_LIMIT 5) || exit
}

prepare_directories() {
	local directory
	umask 077
	for directory in "$config_dir" "$data_dir" "$run_dir"; do
		mkdir -p "$directory" 2>/dev/null
		if ! touch "$directory/.writable" 2>/dev/null; then
			die "$exit_setting" "$directory cannot be written by user $(id -u), or its disk is full. It must be a directory of the user that the container runs as."
		fi
		rm -f "$directory/.writable"
	done
	! supervisor_runs || die "$exit_setting" "This container has a running supervisor already, process $(cat "$run_dir/supervisor.pid")."
	rm -f "$run_dir"/*
	began $$ >"$run_dir/supervisor.began"
	printf '%s\n' $$ >"$run_dir/supervisor.pid"
}

# The resource of the cluster is what counts; a configuration group that says otherwise misleads whoever reads it.
compare_with_environment() {
	differs GROUP cluster_name "${cluster_name-}"
	differs PORT chmpx_server_port "${chmpx_server_port-}"
	differs CTLPORT chmpx_server_ctlport "${chmpx_server_ctlport-}"
}

# differs KEY NAME VALUE
differs() {
	local value
	value=$(ini_value "$ini" GLOBAL "$1")
	[ -z "$value" ] || [ "$value" = "$3" ] || log "$2 is '$3' in the environment and '$value' in K2HR3; the latter is used."
}

supervise() {
	next_refresh=$(($(now) + refresh_seconds))
	while :; do
		refresh_when_due
		if ! reap_chmpx && ! reap_k2hdkc && [ "$(now)" -ge "$next_start" ]; then
			bring_on
		fi
		if [ -n "$is_serving" ]; then pause 1; else pause 0.2; fi
	done
}

# One step from nothing running to a node that serves.
bring_on() {
	local status
	if [ -z "$chmpx_pid" ]; then
		is_serving=
		! is_let_in || start_chmpx
		return
	fi
	status=$(own_status)
	watch_merge "$status"
	if [ -z "$k2hdkc_pid" ]; then
		is_serving=
		bring_on_k2hdkc "$status"
	elif serves "$status"; then
		note_service
	else
		is_serving=
		if is_stuck "$status"; then
			give_up "this node was not in service $join_seconds s after its start, and its ring was not at work"
		else
			help_into_service "$status"
		fi
	fi
}

# bring_on_k2hdkc STATUS
bring_on_k2hdkc() {
	case $1 in
	*'[UP]'*)
		if earlier_members_serve || [ "$(now)" -ge "$members_deadline" ]; then
			start_k2hdkc
		fi
		;;
	*)
		[ $(($(now) - chmpx_since)) -lt "$up_seconds" ] || give_up "chmpx was not up after $up_seconds s"
		;;
	esac
}

note_service() {
	if [ -z "$is_serving" ]; then
		log "In service $(($(now) - started)) s after the start."
		is_serving=yes
		has_served=yes
	fi
	[ "$deaths" -eq 0 ] || [ $(($(now) - last_death)) -lt 60 ] || forget_deaths
}

# help_into_service STATUS: a node goes into service by itself, unless it was taken out before.
help_into_service() {
	case $1 in
	*'[SERVICE OUT]'*'[UP]'*) ;;
	*) return ;;
	esac
	if [ $(($(now) - k2hdkc_since)) -ge "$service_in_seconds" ]; then
		ring_command servicein
		k2hdkc_since=$(now)
	fi
}

# In the background: K2HR3 may take its time, and the programs must be looked after meanwhile.
refresh_when_due() {
	[ "$(now)" -ge "$next_refresh" ] && ! is_alive "$refresh_pid" || return
	next_refresh=$(($(now) + refresh_seconds))
	refresh &
	refresh_pid=$!
}

refresh() {
	# A process of its own needs files of its own: it may still be asking when the node leaves.
	answer=$run_dir/answer-refresh
	fetch_configuration || log "The configuration could not be refreshed, the one from before stays: $problem."
	rm -f "$answer"
}
