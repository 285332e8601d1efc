/**
 * `sh -c` scripts for files; contents come on standard input. Arguments of both write scripts: path, octal mode or '', owner or '', and
 * for `writeFile` the size in bytes: a dropped link must not leave a part under the file's name.
 */
export const writeFileScript = `set -eu
directory=$(dirname -- "$1")
mkdir -p -- "$directory"
umask 077
temporary=$(mktemp -- "$directory/.k2hdkc-devstack.XXXXXXXXXX")
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 143' HUP INT PIPE TERM
exec 3>"$temporary"
[ -z "$3" ] || chown -- "$3" "$temporary"
chmod -- "$2" "$temporary"
cat >&3
exec 3>&-
size=$(stat -c %s -- "$temporary")
[ "$size" -eq "$4" ] || { echo "only $size of $4 bytes arrived" >&2; exit 1; }
sync -- "$temporary"
mv -fT -- "$temporary" "$1"
sync -- "$directory"
`;

/** Arguments: path. Prints the name of a new directory beside it and unpacks the tar stream into it. */
export const unpackScript = `set -eu
directory=$(dirname -- "$1")
mkdir -p -- "$directory"
temporary=$(mktemp -d -- "$directory/.k2hdkc-devstack.XXXXXXXXXX")
trap 'rm -rf -- "$temporary"' EXIT
trap 'exit 143' HUP INT PIPE TERM
tar -x -p --no-same-owner -f - -C "$temporary"
trap - EXIT
echo "$temporary"
`;

/** Arguments: path, owner or '', name of the unpacked directory. What had the name before goes once the new one has it. */
export const placeDirectoryScript = `set -eu
[ -z "$2" ] || chown -R -- "$2" "$3"
sync -f -- "$3"
old=
if [ -e "$1" ] || [ -L "$1" ]; then
	old=$3.old
	mv -T -- "$1" "$old"
fi
mv -T -- "$3" "$1"
sync -- "$(dirname -- "$1")"
[ -z "$old" ] || rm -rf -- "$old"
`;
