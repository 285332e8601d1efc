import type {Builder} from './builder.js';

/** Beginning of every script: $work, and what all builders have in common. */
const common = `
work=$1
shift
mkdir -p "$work"
# ROOT FILE
pack_root() {
  tar --create --numeric-owner --one-file-system --exclude=./.k2hdkc-devstack-root --directory="$1" --file="$2" .
}
# FILE KEY: a string that manifest.json of an archive has under a key; the first of a list.
of_manifest() {
  tar --extract --to-stdout --file="$1" manifest.json | sed -n "s/.*\\"$2\\":\\[\\{0,1\\}\\"\\([^\\"]*\\)\\".*/\\1/p"
}
`;

/** Words of a command that runs one of the scripts below with arguments. `work` is the script's own directory, on the disk and empty. */
export const containerCommand = ({runner, functions}: Pick<Builder, 'runner' | 'functions'>, script: string, work: string, ...words: readonly string[]): string[] =>
	[...runner, 'sh', '-euc', common.trimStart() + functions + script, 'sh', work, ...words];

/** ROOT NAME: a root file system as an image, in base.tar. */
export const importRoot = `
echo 'packing the root file system'
import_root "$1" "$2" "$work/base.tar"
`;

/** REFERENCE NAME: an image of a registry in base.tar, under another name. */
export const fetchImage = `
skopeo copy --retry-times 2 "docker://$1" "docker-archive:$work/base.tar:$2"
`;

/** BASE NAME: builds the Dockerfile over the image in BASE; the result is image/image.tar. */
export const buildImage = `
mkdir -p "$work/image"
build_image "$1" "$2" "$work/image/image.tar"
cp "$work/Dockerfile" "$work/image/"
`;
