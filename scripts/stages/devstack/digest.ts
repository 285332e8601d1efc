/** A function for scripts: `digest DIRECTORY` prints one SHA-256, in hex, of names and content of the files below. What Python makes beside its sources is none of them. */
export const digestFunction = String.raw`
digest() {
	(
		cd "$1" 2>/dev/null || exit 0
		find . '(' -name __pycache__ -o -name '*.egg-info' -o -name build ')' -prune -o -type f -print0 | LC_ALL=C sort --zero-terminated | xargs --null --no-run-if-empty sha256sum | sha256sum | cut -d ' ' -f 1
	)
}
`;
