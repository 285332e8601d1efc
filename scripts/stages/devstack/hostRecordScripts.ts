/*
 * What stack.sh changes of the machine is found by looking before and after, since it asks nobody. The scripts need nothing that a fresh machine lacks.
 * Below the directory of the record:
 *   before/          while stack.sh runs, and after it was killed: how the machine was. The next run goes on with it.
 *   files            what was added or changed and by whom it is now: KIND, SHA-256 or what else tells it, PATH; with tabs between
 *   saved/           what those files were before that were changed or taken away
 *   entries, packages, users, groups   what was added, one a line
 *   sysctls          NAME, what it was, what stack.sh left; with tabs between
 */

/** Where to look. */
export type RecordPlaces = {
	/** Each file of these counts. */
	readonly deep: readonly string[];
	/** Of these what lies in them counts, as a whole. */
	readonly shallow: readonly string[];
};

/** Users are known by themselves; the rest is made anew by whoever needs it, or is another's, as the names of the network. */
const volatile = String.raw`/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/etc/(\.pwd\.lock|\.updated|ld\.so\.cache|mtab|resolv\.conf|adjtime)`;

const sysctls = [
	'net.ipv4.ip_forward', ...['all', 'default'].flatMap(name => [`net.ipv4.conf.${name}.rp_filter`, `net.ipv4.conf.${name}.proxy_arp`, `net.ipv6.conf.${name}.forwarding`, `net.ipv6.conf.${name}.disable_ipv6`]),
	...['iptables', 'ip6tables', 'arptables'].map(name => `net.bridge.bridge-nf-call-${name}`),
] as const;

const words = (list: readonly string[]): string => list.map(place => `"${place}"`).join(' ');

/** Shell functions over the directory of the record, `$record`. */
export const recordFunctions = ({deep, shallow}: RecordPlaces): string => String.raw`
look() {
	mkdir -p "$1"
	{
		find ${words(deep)} -xdev -type f -exec sha256sum --zero {} + | sed -z 's/  /\t/' | tr '\0' '\n'
		find ${words(deep)} -xdev -type l -printf 'link:%l\t%p\n' -o -type d -printf 'directory\t%p\n'
	} 2>/dev/null | { grep -Ev "$(printf '\t')(${volatile})$" || true; } | LC_ALL=C sort >"$1/files"
	find ${words(shallow)} -xdev -mindepth 1 -maxdepth 1 2>/dev/null | LC_ALL=C sort >"$1/entries"
	if command -v dpkg-query >/dev/null; then
		dpkg-query --show --showformat '$${'{'}db:Status-Status} $${'{'}Package}\n' | sed -n 's/^installed //p'
	else
		rpm --query --all --queryformat '%{NAME}\n'
	fi | LC_ALL=C sort -u >"$1/packages"
	getent passwd | cut -d : -f 1 | LC_ALL=C sort >"$1/users"
	getent group | cut -d : -f 1 | LC_ALL=C sort >"$1/groups"
	for name in ${sysctls.join(' ')}; do
		value=$(cat "/proc/sys/$(echo "$name" | tr . /)" 2>/dev/null) || continue
		printf '%s\t%s\n' "$name" "$value"
	done >"$1/sysctls"
}

copy() {
	mkdir -p "$(dirname "$2")"
	cp --archive --one-file-system --no-target-directory "$1" "$2"
}

begin() {
	if [ -e "$record/before" ]; then return; fi
	mkdir -p -m 700 "$record"
	rm -rf "$record/before.new"
	look "$record/before.new"
	for place in ${words(deep)}; do copy "$place" "$record/before.new/tree$place"; done
	mv "$record/before.new" "$record/before"
}

keep_new() {
	touch "$record/$1"
	LC_ALL=C comm -13 "$record/before/$1" "$record/after/$1" | LC_ALL=C sort -u - "$record/$1" >"$record/$1.new"
	mv "$record/$1.new" "$record/$1"
}

finish() {
	if [ ! -e "$record/before" ]; then return; fi
	look "$record/after"
	touch "$record/files" "$record/sysctls"
	mkdir -p "$record/saved"
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { was[$2] = $1; next }
		FILENAME == ARGV[2] { is[$2] = $1; next }
		{ kind[$3] = $1; value[$3] = $2; if ($1 == "added") came[$3] }
		# What has come into a directory of theirs since is theirs to take away.
		function is_below(path) {
			while (sub("/[^/]+$", "", path) && path != "") if (path in came) return 1
			return 0
		}
		END {
			for (path in is) if (!(path in was) || was[path] != is[path]) {
				if (!(path in kind)) kind[path] = (path in was) ? "changed" : "added"
				value[path] = is[path]
			}
			for (path in was) if (!(path in is)) {
				if (path in kind && kind[path] == "added") delete kind[path]
				else if (path in kind || !is_below(path)) { if (!(path in kind)) kind[path] = "changed"; value[path] = "absent" }
			}
			for (path in kind) print kind[path], value[path], path
		}
	' "$record/before/files" "$record/after/files" "$record/files" | LC_ALL=C sort -k 3 >"$record/files.new"
	awk -F '\t' '$1 == "changed" { print $3 }' "$record/files.new" | while read -r path; do
		if [ ! -e "$record/saved$path" ] && [ ! -L "$record/saved$path" ]; then
			copy "$record/before/tree$path" "$record/saved$path"
		fi
	done
	mv "$record/files.new" "$record/files"
	for list in entries packages users groups; do keep_new "$list"; done
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { was[$1] = $2; next }
		FILENAME == ARGV[2] { if ($1 in was && was[$1] != $2) { first[$1] = was[$1]; last[$1] = $2 }; next }
		{ first[$1] = $2; if (!($1 in last)) last[$1] = $3 }
		END { for (name in first) print name, first[name], last[name] }
	' "$record/before/sysctls" "$record/after/sysctls" "$record/sysctls" >"$record/sysctls.new"
	mv "$record/sysctls.new" "$record/sysctls"
	rm -rf "$record/after" "$record/before"
}
`;

/** $1: directory of the record; then the words of a command. Its exit code is kept. */
export const recordedScript = (places: RecordPlaces): string => `${recordFunctions(places)}
record=$1
shift
begin
code=0
"$@" || code=$?
finish || { [ "$code" -ne 0 ] || exit 1; }
exit "$code"
`;
