#!/bin/sh
# Entrypoint of the container image k2hdkc-trove: runs one K2HDKC server node of a Trove cluster.
# Which parts there are and what they answer is told in docs/images/database.md.
# shellcheck shell=dash
set -u

parts=$(dirname "$0")/k2hdkctrove
# shellcheck source=images/database/k2hdkctrove/settings.sh
. "$parts/settings.sh"
# shellcheck source=images/database/k2hdkctrove/configuration.sh
. "$parts/configuration.sh"
# shellcheck source=images/database/k2hdkctrove/ring.sh
. "$parts/ring.sh"

usage() {
	cat <<'END'
Usage: k2hdkctrove.sh [COMMAND]

  start, s                                 registers this node with K2HR3 and runs K2HDKC; the default
  stop, a      [SECONDS]                   takes the running node out of its ring and of K2HR3; with SECONDS, once the ring
                                           has merged and agrees, and not at all when that takes longer
  settle       [SECONDS]                   waits until the node serves and has its part of the data
  status, t                                prints HEALTHY when the node serves, otherwise RUNNING
  backup, b   [DIRECTORY [SNAPSHOT]]       writes DIRECTORY/snapshots/SNAPSHOT/SNAPSHOT.k2har
  delete, d   [DIRECTORY [SNAPSHOT]]       removes it
  restore, r  [DIRECTORY [SNAPSHOT]]       loads it into the database

DIRECTORY is the data directory and SNAPSHOT trovebackup unless given.
END
}

wrong_usage() {
	log "$1"
	usage >&2
	exit "$exit_usage"
}

# seconds_at_most_one COMMAND [SECONDS]
seconds_at_most_one() {
	case $(($# - 1)):${2:-0} in
	[01]:*[!0-9]* | [01]:??????*) wrong_usage "The seconds that the ring has, '$2', must be a whole number below 100000." ;;
	[01]:*) ;;
	*) wrong_usage "'$1' takes at most the seconds that the ring has." ;;
	esac
}

# without_arguments COMMAND COUNT
without_arguments() {
	[ "$2" -eq 0 ] || wrong_usage "'$1' takes no further argument."
}

command=${1:-start}
[ $# -eq 0 ] || shift
case $command in
start | s)
	without_arguments start $#
	# shellcheck source=images/database/k2hdkctrove/supervisor.sh
	. "$parts/supervisor.sh"
	start
	;;
stop | a)
	seconds_at_most_one "$command" "$@"
	# shellcheck source=images/database/k2hdkctrove/stop.sh
	. "$parts/stop.sh"
	stop "${1:-0}"
	;;
settle)
	seconds_at_most_one settle "$@"
	settle "${1:-0}"
	;;
status | t)
	without_arguments status $#
	print_status
	;;
backup | b | delete | d | restore | r)
	[ $# -le 2 ] || wrong_usage "'$command' takes at most a directory and the name of a snapshot."
	# shellcheck source=images/database/k2hdkctrove/snapshot.sh
	. "$parts/snapshot.sh"
	snapshot "$command" "${1:-$data_dir}" "${2:-trovebackup}"
	;;
help | -h | --help) usage ;;
*) wrong_usage "There is no command '$command'." ;;
esac
