/**
 * Run inside the guest's root, where Trove's source lies in /src/trove with the hunk applied and our package in /src/trove_k2hdkc. The virtual
 * environment has Trove itself, our package, and what /src/wheels has; all else are packages of the distribution. No index is asked from inside.
 */
export const agentInside = `
venv=/opt/guest-agent-venv
python3 -m venv --system-site-packages --without-pip "$venv"
cp -r /src/trove /src/trove_k2hdkc /tmp/
rm -rf /tmp/trove_k2hdkc/build /tmp/trove_k2hdkc/*.egg-info
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
install() { python3 -m pip --python "$venv/bin/python" install --quiet --no-cache-dir --ignore-installed --no-deps --no-index --no-build-isolation "$@"; }
[ ! -d /src/wheels ] || install /src/wheels/*.whl
install /tmp/trove /tmp/trove_k2hdkc
rm -rf /tmp/trove /tmp/trove_k2hdkc
cd /
"$venv/bin/python" -c 'import trove.cmd.guest, trove_k2hdkc.guestagent.manager; assert trove.__file__.startswith("/opt/"), trove.__file__'
`;

/** \`sh -eu\` with this, under \`unshare --mount\`: the layer that the script makes over a root. Arguments: root, directory with the sources, target. */
export const agentScript = `
root=$1 sources=$2 target=$3
mkdir -p "$target/layer" "$target/work" "$target/tree"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$target/layer,workdir=$target/work" "$target/tree"
systemd-nspawn --quiet --directory="$target/tree" --register=no --keep-unit --as-pid2 --console=pipe --private-network --resolv-conf=off --timezone=off \\
  --bind-ro="$sources:/src" sh -euc "$INSIDE"
umount "$target/tree"
rm -rf "$target/work" "$target/tree" "$target/layer/src" "$target/layer/tmp" "$target/layer/run" "$target/layer/var/cache" "$target/layer/etc"
`;
