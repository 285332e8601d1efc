# The command `stop`: asks the supervisor of this container to leave, and waits until it has.
# shellcheck shell=dash

# stop SECONDS: that the ring has to take over what this node serves. 0: the node does not wait for that.
stop() {
	local deadline
	if ! supervisor_runs; then
		log 'Nothing runs here that could be stopped.'
		return
	fi
	if [ ! -s "$run_dir/left" ]; then
		[ "$1" -eq 0 ] || printf '%s\n' "$1" >"$run_dir/leave-seconds"
		kill -USR1 "$(cat "$run_dir/supervisor.pid")"
	fi
	deadline=$(($(now) + 10 + $1))
	until [ -s "$run_dir/left" ]; do
		supervisor_runs || die "$exit_failed" 'The supervisor ended meanwhile; the log of the container tells why.'
		[ "$(now)" -lt "$deadline" ] || die "$exit_failed" "The node did not leave within $((10 + $1)) s; the log of the container tells why."
		sleep 0.2
	done
	case $(cat "$run_dir/left") in
	done) log 'The node is stopped.' ;;
	refused)
		rm -f "$run_dir/left"
		die "$exit_failed" "The ring did not take over within $1 s what this node serves. The node is back in service."
		;;
	*) die "$exit_failed" 'The node is stopped, but it could not leave in good order; the log of the container tells why.' ;;
	esac
}
