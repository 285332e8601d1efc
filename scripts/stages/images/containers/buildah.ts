/**
 * Beginning of every script that makes or looks at container images. `store` is buildah with a store of its own below $work, so that
 * nothing of the host's is touched and all of it goes with that directory. The script must run in a mount namespace of its own:
 * what buildah mounts then goes with the process, however that ends.
 */
const withStore = `
work=$1
shift
mkdir -p "$work"
driver=overlay
# A kernel or a file system without overlays: copying takes longer and always works.
buildah --root "$work/store-overlay" --runroot "$work/run-overlay" --storage-driver overlay info >/dev/null 2>&1 || driver=vfs
store() {
  buildah --root "$work/store-$driver" --runroot "$work/run-$driver" --storage-driver "$driver" "$@"
}
build() {
  # docker: the other format has no health check. No layer is kept: they would hold what a later instruction removes.
  store build --isolation chroot --network host --format docker --layers=false --pull-never --quiet "$@"
}
`;

/** Words of a command that runs a script with arguments, away from the host's mounts. `work` is the script's own directory. */
export const containerCommand = (script: string, work: string, ...words: readonly string[]): string[] => ['unshare', '--mount', 'sh', '-euc', withStore.trimStart() + script, 'sh', work, ...words];

/** ROOT NAME: a root file system as an image, in base.tar. */
export const importRoot = `
root=$1 name=$2
mkdir -p "$work/context"
echo 'packing the root file system'
tar --create --numeric-owner --one-file-system --exclude=./.k2hdkc-devstack-root --directory="$root" --file="$work/context/root.tar" .
printf 'FROM scratch\\nADD root.tar /\\n' > "$work/Dockerfile"
build --file "$work/Dockerfile" --tag "$name" "$work/context"
store push --quiet "$name" "docker-archive:$work/base.tar:$name"
`;

/** REFERENCE NAME: an image of a registry in base.tar, under another name. */
export const fetchImage = `
skopeo copy --retry-times 2 "docker://$1" "docker-archive:$work/base.tar:$2"
`;

/** BASE NAME: builds the Dockerfile over the image in BASE; the result is image/image.tar. */
export const buildImage = `
base=$1 name=$2
store pull --quiet "docker-archive:$base"
mkdir -p "$work/image"
build --file "$work/Dockerfile" --tag "$name" "$work/context"
store push --quiet "$name" "docker-archive:$work/image/image.tar:$name"
cp "$work/Dockerfile" "$work/image/"
`;
