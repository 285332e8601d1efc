import {recordFunctions, type RecordPlaces} from './hostRecordScripts.js';

/*
 * Packages go first: much of the rest is theirs. What others need, or what has changed since, is left and told, each on a line that begins with `left: `.
 * Removing the settings of a package may ask; nobody is there to answer. A package that apt protects (e2fsprogs of Debian 13) was not there before either,
 * and nothing but what came is removed.
 */
const packagesPart = String.raw`
installed() { if command -v dpkg-query >/dev/null; then dpkg-query --show --showformat '$${'{'}db:Status-Status} $${'{'}Package}\n' "$1" 2>/dev/null | grep -q -v '^not-installed '; else rpm --query --quiet "$1"; fi; }
remove() {
	if command -v apt-get >/dev/null; then
		DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --allow-remove-essential "$@" purge $names </dev/null
	else
		dnf --assumeyes --noautoremove remove $names
	fi
}
names=
while read -r name; do
	if installed "$name"; then names="$names $name"; fi
done <"$record/packages"
kept=
if [ -n "$names" ]; then
	others=
	if command -v apt-get >/dev/null; then
		others=$(remove --simulate | sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' | LC_ALL=C sort -u | LC_ALL=C comm -23 - "$record/packages" | tr '\n' ' ')
	fi
	if [ -n "$others" ]; then
		kept=yes
		echo "left: the packages that came with stack.sh, since others need them: $others"
	else
		remove --yes
	fi
fi
`;

/** Longest path first, so that a directory comes after what is in it. */
const filesPart = String.raw`
now() {
	if [ -L "$1" ]; then printf 'link:%s' "$(readlink "$1")"
	elif [ -d "$1" ]; then printf directory
	elif [ -f "$1" ]; then sha256sum <"$1" | cut -d ' ' -f 1
	else printf absent; fi
}
back() {
	rm -rf -- "$1"
	copy "$record/saved$1" "$1"
}
tab=$(printf '\t')
LC_ALL=C sort --reverse --field-separator "$tab" --key 3 "$record/files" | while IFS="$tab" read -r kind value path; do
	is=$(now "$path")
	if [ "$kind" = added ]; then
		case $is in
			absent) ;;
			directory) rmdir --ignore-fail-on-non-empty -- "$path";;
			"$value") rm -f -- "$path";;
			*) echo "left: $path, which has changed since";;
		esac
	elif [ "$is" = "$(now "$record/saved$path")" ]; then :
	elif [ "$is" = "$value" ] || [ "$is" = absent ]; then back "$path"
	else echo "left: $path, which has changed since"
	fi
done
`;

/** A checkout with anybody's work in it is nobody's rest. Users of packages stay on Debian when those go, and some of their programs run on. */
const othersPart = String.raw`
processes_of() {
	for process in /proc/[0-9]*; do
		if [ "$(stat --format=%U "$process" 2>/dev/null)" = "$1" ]; then echo "$process"; fi
	done
}
end_left() {
	for process in $(processes_of "$1"); do
		case $(readlink "$process/exe") in *' (deleted)') kill "$(basename "$process")" 2>/dev/null || true;; esac
	done
	tries=0
	while [ -n "$(processes_of "$1")" ] && [ "$tries" -lt 20 ]; do
		tries=$((tries + 1))
		sleep 0.2
	done
}
while read -r path; do
	if [ -e "$path/.git" ] && [ -n "$(runuser --user "$(stat --format=%U "$path")" -- git -C "$path" status --porcelain 2>/dev/null || echo unknown)" ]; then
		echo "left: $path, which has local changes"
	else
		rm -rf --one-file-system -- "$path"
	fi
done <"$record/entries"
while read -r name; do
	if getent passwd "$name" >/dev/null; then end_left "$name"; userdel "$name" 2>/dev/null || echo "left: user $name, who still has processes"; fi
done <"$record/users"
while read -r name; do
	if getent group "$name" >/dev/null; then groupdel "$name" || echo "left: group $name"; fi
done <"$record/groups"
`;

const sysctlsPart = String.raw`
while IFS="$tab" read -r name was left; do
	file=/proc/sys/$(echo "$name" | tr . /)
	if [ "$(cat "$file" 2>/dev/null)" = "$left" ]; then echo "$was" >"$file"; fi
done <"$record/sysctls"
systemctl daemon-reload 2>/dev/null || true
`;

/** $1: directory of the record, which goes at the end. */
export const restoreScript = (places: RecordPlaces): string => `${recordFunctions(places)}
record=$1
finish
if [ ! -e "$record/files" ]; then exit 0; fi
${packagesPart}
${filesPart}
if [ -z "$kept" ]; then
${othersPart}
fi
${sysctlsPart}
rm -rf -- "$record"
`;
