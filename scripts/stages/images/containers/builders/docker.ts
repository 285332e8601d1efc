import type {Builder} from './builder.js';

/**
 * Label of all that is made in the daemon, by which it is removed. Every container inherits those of its image, and so does every image
 * between two instructions; the finished image must not have one of ours, so it is a label that the Dockerfile sets, as its last instruction.
 */
const label = 'org.opencontainers.image.title';

/**
 * The daemon of the host, with BuildKit or without, whichever its client takes. $owner is the same for all scripts of one purpose and
 * environment: it comes from the directory without the hash of the inputs. The history of the image keeps it, so it tells nothing of the host. A configuration of the client of our own: the user's may name proxies, which
 * docker puts into containers and builds, and a builder elsewhere, which does not see the daemon's images.
 */
const functions = `
DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}')
mkdir -p "$work/docker"
echo '{}' >"$work/docker/config.json"
ln -sfn "\${DOCKER_CONFIG:-\${HOME:-/root}/.docker}/cli-plugins" "$work/docker/cli-plugins"
unset DOCKER_CONTEXT DOCKER_DEFAULT_PLATFORM BUILDX_BUILDER BUILDX_CONFIG
export DOCKER_HOST DOCKER_CONFIG="$work/docker" BUILDX_NO_DEFAULT_ATTESTATIONS=1
owner=work-$(printf '%s' "$work" | sed -E 's/-[0-9a-f]{16}//' | sha256sum | cut -c 1-16)
ours="${label}=k2hdkc-devstack/$owner"
image="localhost/k2hdkc-devstack/$owner"
remove_ours() {
  docker ps --all --quiet --filter "label=$ours" | xargs --no-run-if-empty docker rm --force --volumes
  docker image rm --force "$image:made"
  docker image prune --force --filter "label=$ours"
  docker image rm --force "$image:given"
} >/dev/null 2>&1
trap 'remove_ours || true' EXIT
trap 'exit 143' HUP INT TERM
remove_ours || true
# FILE: an archive's image into the daemon, under a name of ours.
give() {
  skopeo copy --quiet "docker-archive:$1" "docker-archive:$work/given.tar:$image:given"
  docker load --quiet --input "$work/given.tar" >/dev/null
  rm "$work/given.tar"
}
# NAME FILE: what was made, in an archive. Daemons write several forms, skopeo reads all and writes one.
take() {
  docker save --output "$work/made.tar" "$image:made"
  skopeo copy --quiet "docker-archive:$work/made.tar" "docker-archive:$2:$1"
  rm "$work/made.tar"
}
import_root() {
  pack_root "$1" "$work/root.tar"
  docker import "$work/root.tar" "$image:made"
  rm "$work/root.tar"
  take "$2" "$3"
}
build_image() {
  made_name=$2 made_file=$3
  give "$1"
  awk -v named="$(of_manifest "$1" RepoTags)" -v given="$image:given" -v ours="$ours" '
    $1 == "FROM" { if ($2 == named) $2 = given; print; print "LABEL " ours; next }
    index($0, "LABEL ${label}=") == 1 { title = $0; next }
    { print }
    END { if (title == "") exit 1; print title }
  ' "$work/Dockerfile" >"$work/Dockerfile.docker"
  set --
  for proxy in http_proxy https_proxy ftp_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY NO_PROXY; do
    # Without its value, which is not for a command line. Docker keeps these in no image.
    if printenv "$proxy" >/dev/null; then set -- "$@" --build-arg "$proxy"; fi
  done
  docker build "$@" --network host --no-cache --force-rm --file "$work/Dockerfile.docker" --tag "$image:made" "$work/context"
  take "$made_name" "$made_file"
}
open_image() {
  give "$1"
  # It is never started; an image that names no command of its own is none without one here.
  container=$(docker create --network none --label "$ours" "$image:given" true)
  root=$work/root
  mkdir "$root"
  docker export --output "$work/root.tar" "$container"
  tar --extract --numeric-owner --same-owner --same-permissions --file="$work/root.tar" --directory="$root"
  rm "$work/root.tar"
}
inside() {
  docker run --rm --network none --no-healthcheck --label "$ours" --entrypoint sh "$image:given" -c 'exec "$@" 2>&1' sh "$@" 2>/dev/null
}
`;

export const docker: Builder = {
	name: 'docker',
	// It is the user's; the tool neither installs nor starts it.
	packages: [],
	runner: [],
	functions,
};
