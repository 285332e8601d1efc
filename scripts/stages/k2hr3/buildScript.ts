/**
 * Run inside the root, where the prefix lies below /usr/local and our files beside. It proves that the programs find their libraries here and
 * that addons fit this Node; what is missing is named.
 */
export const buildInside = `
ldconfig
install -d -o k2hr3 -g k2hr3 -m 700 /etc/k2hr3 /var/lib/k2hr3 /var/log/k2hr3
modules=/usr/local/lib/node_modules
# A configuration that came with the prefix gives way.
ln -sf /etc/k2hr3/api.json "$modules/k2hr3-api/config/local.json"
[ ! -d "$modules/k2hr3-app" ] || ln -sf /etc/k2hr3/app.json "$modules/k2hr3-app/config/local.json"
for unit in /etc/systemd/system/k2hr3-*.service; do systemctl --quiet enable "\${unit##*/}"; done
for program in chmpx chmpxstatus k2hdkc; do
  lacking=$(ldd "/usr/local/bin/$program" 2>/dev/null | sed -n 's/ => not found//p' | tr -d '\\t' | tr '\\n' ' ')
  [ -z "$lacking" ] || { echo "/usr/local/bin/$program does not find $lacking" >&2; exit 1; }
done
find "$modules" -path '*/build/Release/*.node' -not -path '*/obj.target/*' | while read -r addon; do
  node -e 'process.dlopen({exports: {}}, process.argv[1])' "$addon" || { echo "$addon does not fit Node $(node --version)" >&2; exit 1; }
done
`;

/**
 * `sh -eu` with this, under `unshare --mount`, lays files over a root and runs INSIDE there, which adds to the files. Arguments: root, directory with the
 * files, directory for what is needed meanwhile.
 */
export const buildScript = `
root=$1 files=$2 target=$3
mkdir -p "$target/work" "$target/tree"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$files,workdir=$target/work" "$target/tree"
mount --bind /proc "$target/tree/proc"
chroot "$target/tree" sh -euc "$INSIDE"
umount "$target/tree/proc" "$target/tree"
rm -rf "$target/work"
rmdir "$target/tree"
`;
