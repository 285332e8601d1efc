# Where things are, how long they may take, what exit codes mean, and how messages are written.
# shellcheck shell=dash

# exit_failed: what was asked for could not be done. exit_setting: the environment lacks something.
# exit_unreachable: K2HR3 was away for too long. exit_refused: it refused. exit_unstable: a program kept dying.
readonly exit_failed=1 exit_usage=2 exit_setting=3 exit_unreachable=4 exit_refused=5 exit_unstable=6

config_dir=${K2HDKCTROVE_CONFIG_DIR:-/etc/antpickax}
data_dir=${K2HDKCTROVE_DATA_DIR:-/var/lib/antpickax/k2hdkc}
run_dir=${K2HDKCTROVE_RUN_DIR:-/run/k2hdkctrove}
instance_id_file=${K2HDKCTROVE_INSTANCE_ID_FILE:-/var/lib/cloud/data/instance-id}

# What chmpx and k2hdkc read, and its copy on the data volume for containers that have only that.
ini=$config_dir/k2hdkc.ini
ini_copy=$data_dir/backup_k2hdkc.ini

log() {
	printf '%s k2hdkctrove: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >&2
}

# die CODE MESSAGE
die() {
	local code=$1
	shift
	log "$*"
	exit "$code"
}

now() {
	date +%s
}

# seconds NAME DEFAULT: a number of seconds from the environment.
seconds() {
	local value
	eval "value=\${$1:-$2}"
	case $value in
	*[!0-9]* | '' | ??????*) die "$exit_setting" "$1 is '$value'; it must be a whole number of seconds below 100000." ;;
	esac
	printf '%s' "$value"
}
