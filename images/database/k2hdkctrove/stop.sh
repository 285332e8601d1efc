# The command `stop`: asks the supervisor of this container to leave, and waits until it has.
# shellcheck shell=dash

stop() {
	local deadline
	if ! supervisor_runs; then
		log 'Nothing runs here that could be stopped.'
		return
	fi
	[ -s "$run_dir/left" ] || kill -USR1 "$(cat "$run_dir/supervisor.pid")"
	deadline=$(($(now) + 10))
	until [ -s "$run_dir/left" ]; do
		supervisor_runs || die "$exit_failed" 'The supervisor ended meanwhile; the log of the container tells why.'
		[ "$(now)" -lt "$deadline" ] || die "$exit_failed" 'The node did not leave within 10 s; the log of the container tells why.'
		sleep 0.2
	done
	case $(cat "$run_dir/left") in
	done) log 'The node is stopped.' ;;
	*) die "$exit_failed" 'The node is stopped, but it could not leave in good order; the log of the container tells why.' ;;
	esac
}
