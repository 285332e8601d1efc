#!/bin/sh
# Waits until every server node that runs lets this node in, at most a minute. They read again every few seconds who is in their cluster; chmpx takes one
# that denies it for one that is down, and does not come back to it. The configuration may be named.
set -eu
ini=${1:-/etc/antpickax/k2hdkc.ini}
deadline=$(($(date +%s) + 60))

# servers: names and control ports.
servers() {
	awk '$1 ~ /^\[/ { section = $1 }
		section == "[SVRNODE]" && $1 == "NAME" { name = $3 }
		section == "[SVRNODE]" && $1 == "CTLPORT" { print name, $3 }' "$ini"
}

# denies NAME PORT: whether it ends the connection without a word. One that takes none is away, and one that says nothing for long is busy.
denies() {
	answer=$(echo SELFSTATUS | curl --silent --noproxy '*' --max-time 2 "telnet://$1:$2") && code=0 || code=$?
	case $code in
	0 | 52 | 55 | 56) [ -z "$answer" ] ;;
	*) return 1 ;;
	esac
}

servers | while read -r name port; do
	while denies "$name" "$port"; do
		[ "$(date +%s)" -lt "$deadline" ] || {
			echo "$name does not let this node in. See whether it reaches K2HR3; this is tried again." >&2
			exit 1
		}
		sleep 1
	done
done
