import type {Builder} from './builder.js';

/** No daemon: a store of its own below $work, so that nothing of the host's is touched and all of it goes with that directory. */
const functions = String.raw`
# By itself buildah raises these limits to a million, which a machine that is a container may not.
limit() { prlimit --pid $$ --noheadings --raw --output SOFT,HARD "--$1" | tr ' ' ':' | sed 's/unlimited/-1/g'; }
export CONTAINERS_CONF_OVERRIDE="$work/containers.conf"
printf '[containers]\ndefault_ulimits = ["nofile=%s", "nproc=%s"]\n' "$(limit nofile)" "$(limit nproc)" > "$CONTAINERS_CONF_OVERRIDE"
driver=overlay
# A kernel or a file system without overlays: copying takes longer and always works.
buildah --root "$work/store-overlay" --runroot "$work/run-overlay" --storage-driver overlay info >/dev/null 2>&1 || driver=vfs
store() {
  buildah --root "$work/store-$driver" --runroot "$work/run-$driver" --storage-driver "$driver" "$@"
}
build() {
  # docker: the other format has no health check. No layer is kept: they would hold what a later instruction removes. No label of its own.
  store build --isolation chroot --network host --format docker --identity-label=false --layers=false --pull-never --quiet "$@"
}
import_root() {
  mkdir -p "$work/context"
  pack_root "$1" "$work/context/root.tar"
  printf 'FROM scratch\nADD root.tar /\n' > "$work/Dockerfile"
  build --file "$work/Dockerfile" --tag "$2" "$work/context"
  store push --quiet "$2" "docker-archive:$3:$2"
}
build_image() {
  store pull --quiet "docker-archive:$1"
  build --file "$work/Dockerfile" --tag "$2" "$work/context"
  store push --quiet "$2" "docker-archive:$3:$2"
}
open_image() {
  container=$(store from --pull-never "$(store pull --quiet "docker-archive:$1")")
  root=$(store mount "$container")
}
inside() {
  ended=0
  # By a file: the pipe of a short run loses what is written last.
  store run --isolation chroot "$container" -- sh -c 'exec "$@" >/tmp/ran 2>&1' sh "$@" 2>/dev/null || ended=$?
  cat "$root/tmp/ran"
  rm -f "$root/tmp/ran"
  return "$ended"
}
`;

export const buildah: Builder = {
	name: 'buildah',
	packages: ['buildah'],
	// What it mounts goes with the process, however that ends.
	runner: ['unshare', '--mount'],
	functions,
};
