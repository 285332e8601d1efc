/**
 * `sh -c` with this; arguments: path of the lock's text, seconds of silence after which the holder gives up. Standard input: the text in one
 * line, then any line as a sign of life, then `release`. The first line on standard output is `held AGE` or `acquired`, the next the text
 * found there. The kernel frees the flock whatever becomes of this shell; text that is left tells the next that it died.
 * Whose holder was killed has the flock until its shell has noticed, so it is waited for a second.
 * `read` takes no byte too many, and the reader must not inherit the lock. Written by cat, which says what is wrong with a disk; shells do not.
 */
export const lockHolderScript = String.raw`
umask 077
mkdir -p -- "$(dirname -- "$1")" || exit 1
exec 9>>"$1.flock" || exit 1
next_line() {
	timeout --foreground "$silence" sh -c 'read -r line && printf %s "$line"' 9>&-
}
silence=$2
if ! flock -w 1 9; then
	changed=$(stat -c %Y -- "$1" 2>/dev/null) || changed=$(date +%s)
	echo "held $(($(date +%s) - changed))"
	cat -- "$1" 2>/dev/null
	exit 0
fi
text=$(next_line) || exit 1
old=$(cat -- "$1" 2>/dev/null)
if [ "$old" != "$text" ]; then
	printf '%s\n' "$text" | cat >"$1.new" && sync -- "$1.new" && mv -f -- "$1.new" "$1" || exit 1
fi
echo acquired
printf '%s\n' "$old"
while line=$(next_line); do
	if [ "$line" = release ]; then
		rm -f -- "$1"
		exit 0
	fi
done
exit 1
`;
