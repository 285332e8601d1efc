# Waiting that a signal ends at once. A shell handles a signal only after the program in the foreground has ended, so
# everything that may take long runs in the background and is awaited.
# shellcheck shell=dash

# What a signal wants: empty, `end` or `stay`.
wanted=
awaited=

watch_signals() {
	trap 'wanted=end; end_wait' TERM INT
	trap 'wanted=stay; end_wait' USR1
}

# KILL, because a process that has only just been started loses any other signal: it still has the handlers of this shell.
end_wait() {
	[ -z "$awaited" ] || kill -KILL "$awaited" 2>/dev/null
}

# await PID: waits for a process that this shell started.
await() {
	local code
	awaited=$1
	# The signal may have come before `awaited` was set.
	[ -z "$wanted" ] || end_wait
	wait "$1"
	code=$?
	awaited=
	heed
	return $code
}

# pause SECONDS
pause() {
	sleep "$1" &
	await $!
}

# Does what a signal wants. While the node leaves there is nothing more to want.
heed() {
	case $wanted in
	end)
		wanted=
		end_container
		;;
	stay)
		wanted=
		stay_out
		;;
	esac
}

# until_done WHAT COMMAND...: repeats a question to K2HR3 that another try may help, as long as there is time for it.
until_done() {
	local what=$1 delay=1 deadline code
	shift
	deadline=$(($(now) + k2hr3_seconds))
	while :; do
		"$@"
		code=$?
		case $code in
		0) return ;;
		2) die "$exit_refused" "$what failed: $problem. Another try would not help; look at the configuration group and at K2HR3." ;;
		esac
		if [ $(($(now) + delay)) -gt "$deadline" ]; then
			die "$exit_unreachable" "$what failed for $k2hr3_seconds s: $problem. See whether K2HR3 runs and can be reached from this machine; the container is started again by Docker."
		fi
		log "$what: $problem. Next try in $delay s."
		pause "$delay"
		delay=$((delay < 8 ? delay * 2 : 8))
	done
}
