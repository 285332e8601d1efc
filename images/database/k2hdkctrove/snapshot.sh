# The commands `backup`, `delete` and `restore`. They work without a supervisor, also in another container that has the data volume.
# shellcheck shell=dash

# snapshot COMMAND DIRECTORY NAME
snapshot() {
	local directory archive
	case $2 in
	/*) ;;
	*) die "$exit_usage" "The data directory '$2' must be an absolute path." ;;
	esac
	case $3 in
	. | .. | -* | *[!A-Za-z0-9._-]*) die "$exit_usage" "The name of the snapshot, '$3', may have letters, digits, dot, underscore and hyphen." ;;
	esac
	directory=$2/snapshots/$3
	archive=$directory/$3.k2har
	find_database
	umask 077
	case $1 in
	b*) backup "$directory" "$archive" ;;
	d*) delete "$directory" "$archive" ;;
	r*) restore "$archive" ;;
	esac
}

# The file of the database and the configuration that tells of it, if there is one.
find_database() {
	local file
	described_by=
	for file in "$ini_copy" "$ini"; do
		if [ -r "$file" ]; then
			described_by=$file
			break
		fi
	done
	database=
	[ -z "$described_by" ] || database=$(ini_value "$described_by" K2HDKC K2HFILE)
	database=${database:-$data_dir/k2hdkc.k2h}
}

# why_not PATH: what stands against writing there.
why_not() {
	local directory=$1
	[ -d "$directory" ] || directory=$(dirname "$directory")
	if ! touch "$directory/.writable" 2>/dev/null; then
		printf '%s cannot be written: it is read-only, full, or not of user %s' "$directory" "$(id -u)"
	else
		rm -f "$directory/.writable"
		df -P -k "$directory" | awk 'NR == 2 { print $4 " KiB are free on " $6 }'
	fi
}

# archive_command FILE COMMAND [OPTION...]: k2hlinetool ends with 0 when an archive could not be written or read, so what it says counts too.
archive_command() {
	local file=$1 what=$2 commands said code
	shift 2
	commands=$(mktemp) || die "$exit_failed" 'No temporary file could be made; is /tmp full?'
	printf '%s\nexit\n' "$what" >"$commands"
	said=$(k2hlinetool -f "$file" "$@" -run "$commands" 2>&1 </dev/null)
	code=$?
	rm -f "$commands"
	case $said in
	*ERR]* | *'error occurred'*) code=1 ;;
	esac
	[ "$code" -eq 0 ] || printf '%s\n' "$said" | tail -n 5 >&2
	return "$code"
}

# backup DIRECTORY ARCHIVE: under another name first, so that the archive is whole when it is there. k2hlinetool makes it writable for
# everybody, whatever the umask is.
backup() {
	local partial=$1/.partial
	[ -f "$database" ] || die "$exit_failed" "There is no database to back up: $database does not exist."
	mkdir -p "$1" || die "$exit_failed" "No directory for the backup could be made: $(why_not "$(dirname "$(dirname "$1")")")."
	if archive_command "$database" "ar put $partial" && [ -f "$partial" ] && chmod 600 "$partial" && flush "$partial" && mv -f "$partial" "$2"; then
		log "Backed up to $2, $(wc -c <"$2" | tr -d ' ') bytes."
		return
	fi
	rm -f "$partial"
	die "$exit_failed" "The backup to $2 failed; $(why_not "$1")."
}

# flush FILE: to the disk, before it gets its name.
flush() {
	sync "$1" 2>/dev/null || sync
}

# delete DIRECTORY ARCHIVE
delete() {
	if [ ! -e "$2" ]; then
		log "There is no $2; nothing to delete."
	elif rm -f "$2" 2>/dev/null; then
		log "Deleted $2."
	else
		die "$exit_failed" "$2 could not be deleted; $(why_not "$1")."
	fi
	rm -f "$1/.partial" 2>/dev/null
	rmdir "$1" 2>/dev/null
	return 0
}

# restore ARCHIVE
restore() {
	[ -f "$1" ] || die "$exit_failed" "There is no archive $1."
	if [ -f "$database" ]; then
		archive_command "$database" "ar load $1" || die "$exit_failed" "Loading $1 into $database failed; $(why_not "$(dirname "$database")")."
	else
		restore_into_new "$1"
	fi
	log "Restored $1 into $database."
}

# A database that is only half loaded must not be found by k2hdkc.
restore_into_new() {
	local new=$database.restoring
	rm -f "$new"
	# The options are words of their own.
	# shellcheck disable=SC2046
	if ! archive_command "$new" "ar load $1" $(database_options) || ! mv "$new" "$database"; then
		rm -f "$new"
		die "$exit_failed" "Loading $1 into a new $database failed; $(why_not "$(dirname "$database")")."
	fi
}

# How a new database is made: what k2hdkc itself would take from the configuration. Where no node has run yet there is none, and the guest
# agent tells what it will be.
database_options() {
	printf ' -mask %s -cmask %s -elementcnt %s -pagesize %s -fullmap' \
		"$(described K2HMASKBIT "${k2hdkc_mask_bits-}" 8)" "$(described K2HCMASKBIT "${k2hdkc_collision_mask_bits-}" 8)" \
		"$(described K2HMAXELE "${k2hdkc_max_elements-}" 32)" "$(described K2HPAGESIZE "${k2hdkc_page_size-}" 512)"
}

# described KEY TOLD DEFAULT
described() {
	local value=
	[ -z "$described_by" ] || value=$(ini_value "$described_by" K2HDKC "$1")
	for value in "$value" "$2" "$3"; do
		case $value in
		'' | *[!0-9]*) ;;
		*) break ;;
		esac
	done
	printf '%s' "$value"
}
