/** Ends every script that looks at the fetched sources in directory $1: what is not as it was fetched is not used. */
const verify = 'cd "$1" && sha256sum --check --quiet --strict SHA256SUMS';

/**
 * `sh -eu` with this gives what was fetched the form in which it is kept: one archive of the tree, Python packages as they came, what
 * exactly they are, and the checksums of all that. Arguments: directory of the build, the tree, target directory; `ref` comes by standard input.
 */
export const keepSources = `
work=$1 tree=$2 target=$3
cat > "$work/ref"
tar --create --file="$work/trove.tar" --directory="$tree" .
rm -rf "$work/fetched"
cd "$work"
find . -type f ! -name SHA256SUMS -exec sha256sum {} + > SHA256SUMS
sync -f .
rm -rf "$target"
mv -T "$work" "$target"
`;

/** Prints the exact source and the number of Python packages; exit code 2 when nothing is there, 1 when it is not what was fetched. */
export const lookAtSources = `
[ -d "$1" ] || exit 2
${verify} || exit 1
cat ref
find . -name '*.whl' | wc -l
`;

/** Part of a script: Trove's tree in `into`/trove. */
export const unpackSources = (directory: string, into: string): string => `
mkdir '${into}/trove'
tar --extract --no-same-owner --file='${directory}/trove.tar' --directory='${into}/trove'
`;
