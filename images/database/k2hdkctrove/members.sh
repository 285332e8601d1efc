# What the other members of the ring say.
# shellcheck shell=dash

denied_by=
asked_since=
awaited_member=
admission_deadline=
silence_deadline=

# ask_member NAME PORT COMMAND: asks its control port; the answer is in $run_dir/member, empty when there is none, and the seconds until it took the
# connection in $run_dir/member-connected, 0 when it did not.
ask_member() {
	printf '%s\n' "$3" >"$run_dir/question"
	curl --silent --noproxy '*' --max-time 1 --write-out '%{stderr}%{time_connect}' "telnet://$1:$2" <"$run_dir/question" >"$run_dir/member" 2>"$run_dir/member-connected" &
	await $!
	member_asked=$?
}

# member_serves NAME PORT
member_serves() {
	ask_member "$1" "$2" SELFSTATUS
	serves "$(tr '\n' ' ' <"$run_dir/member")"
}

# member_denies NAME PORT: whether it runs and does not have this node in its list. Somebody who takes no connection (curl's 7) is away; one that ends it
# without a word lets nobody of this address in; one that takes it and says nothing (28) is busy.
member_denies() {
	ask_member "$1" "$2" ALLSTATUS
	case $member_asked in
	0 | 52 | 55 | 56) ! lists_this_node <"$run_dir/member" ;;
	28) is_busy ;;
	*) return 1 ;;
	esac
}

# is_busy: whether the member that was asked last runs, and has not been silent for so long that it must be taken for a dead one.
is_busy() {
	case $(cat "$run_dir/member-connected") in
	*[1-9]*) ;;
	*) return 1 ;;
	esac
	[ -n "$silence_deadline" ] || silence_deadline=$(($(now) + silence_seconds))
	[ "$(now)" -lt "$silence_deadline" ]
}

lists_this_node() {
	awk -v cuk="$cuk" '$1 == "CUK" && $3 == cuk { found = 1 } END { exit !found }'
}

# Members join one after the other, in the order of the list, because each joining moves data. One that is away holds up
# nobody for longer than the bound.
earlier_members_serve() {
	local name port rest
	earlier_servers "$ini" >"$run_dir/earlier"
	while IFS='|' read -r name port rest; do
		member_serves "$name" "$port" || return
	done <"$run_dir/earlier"
}

# is_awaited NAME PORT: whether a member that takes no connection is waited for. It may have registered just now and be about to start, with a list that does not
# have this node. Members that start together wait in the order of the list, so that they do not all wait for one another.
is_awaited() {
	local patience=$later_seconds
	! grep -q -F "$1|$2|" "$run_dir/earlier" || patience=$members_seconds
	[ $(($(now) - asked_since)) -lt "$patience" ] || return
	[ "$awaited_member" = "$1" ] || log "$1 takes no connection. It is waited for, at most $patience s."
	awaited_member=$1
}

# is_let_in: whether every member that runs knows this node. chmpx asks them only when it starts: with nobody that answers it would begin a ring
# of its own with nothing in it, go into service there, and never get its part of the data.
is_let_in() {
	local name port rest
	[ -n "$asked_since" ] || asked_since=$(now)
	earlier_servers "$ini" >"$run_dir/earlier"
	other_servers "$ini" >"$run_dir/others"
	while IFS='|' read -r name port rest; do
		if member_denies "$name" "$port"; then
			note_denial "$name"
			return 1
		elif [ "$member_asked" -eq 7 ] && is_awaited "$name" "$port"; then
			return 1
		fi
	done <"$run_dir/others"
	asked_since=
	awaited_member=
	admission_deadline=
	silence_deadline=
	denied_by=
}

# note_denial NAME
note_denial() {
	[ -n "$admission_deadline" ] || admission_deadline=$(($(now) + admission_seconds))
	[ "$(now)" -lt "$admission_deadline" ] ||
		die "$exit_unreachable" "$1 has not let this node in for $admission_seconds s: it does not have the configuration that lists this node. See whether $1 reaches K2HR3; the container is started again by Docker."
	[ "$denied_by" = "$1" ] || log "$1 does not know this node yet, or says nothing. It is waited for, at most $admission_seconds s."
	denied_by=$1
}
