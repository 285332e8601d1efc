# How a node is told that will not serve by itself, or a merge that will not end, and what is done about it.
# shellcheck shell=dash

merging_since=

# is_stuck STATUS: whether this node has never been in service since chmpx runs, and the ring is not at work on that. chmpx asks the others to let it join when
# it starts; one that got no answer then, as from members that were busy for five seconds, does not ask again, and may not even be up for itself.
is_stuck() {
	case $1 in
	*'[Pending]'* | *'[Doing]'* | *'[Done]'*) return 1 ;;
	*) [ -z "$has_served" ] && [ $(($(now) - node_since)) -ge "$join_seconds" ] ;;
	esac
}

# watch_merge STATUS: a merge whose worker in chmpx has failed, as when k2hdkc did not answer in time, is Doing for ever, and no node joins or leaves meanwhile.
# Nothing tells it from one that takes long, so it is begun anew, each time with twice the time.
watch_merge() {
	case $1 in
	*'[Doing]'*) ;;
	*)
		merging_since=
		return
		;;
	esac
	[ -n "$merging_since" ] || merging_since=$(now)
	[ $(($(now) - merging_since)) -ge "$merge_limit" ] || return
	log "The ring has merged for $merge_limit s. The merge is begun anew."
	ask_member 127.0.0.1 "$(ini_value "$ini" GLOBAL SELFCTLPORT)" ABORTMERGE
	merge_limit=$((merge_limit * 2))
	merging_since=
}

# give_up WHY: both programs are started anew.
give_up() {
	halt_k2hdkc
	halt_chmpx
	count_death "$1"
}
