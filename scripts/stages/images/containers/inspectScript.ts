import type {Run} from './contract.js';

/**
 * IMAGE: prints what the image is, a line each: `config JSON`, `package KIND|NAME|VERSION|ARCHITECTURE`, `found WHAT PATH`,
 * `ran NAME CODE OUTPUT`. Its programs run in it as its user, without an environment.
 */
export const inspectScript = (runs: ReadonlyArray<Pick<Run, 'name' | 'command'>>): string => `
image=$1
id=$(store pull --quiet "docker-archive:$image")
printf 'config %s\\n' "$(store inspect --type image "$id" | tr -d '\\n')"
container=$(store from --pull-never "$id")
root=$(store mount "$container")
du --summarize --block-size=1 --one-file-system "$root" | sed 's/^\\([0-9]*\\).*/size \\1/'
find "$root" -xdev -type f -perm /6000 -printf 'found setuid /%P\\n'
find "$root" -xdev -type d -perm -0002 ! -perm -1000 -printf 'found writable /%P\\n'
find "$root" -xdev -type f -perm -0002 -printf 'found writable /%P\\n'
find "$root/etc" "$root/root" -xdev \\( -path '*/sudoers*' -o -name 'id_*' -o -name '*.key' \\) -type f -printf "found secret %p\\n" | sed "s|$root||"
grep -r -l -i -E '^[^#]*(http|https|ftp)_?proxy.*=.*://|Acquire::https?::Proxy' "$root/etc/environment" "$root/etc/profile.d" "$root/etc/apt" 2>/dev/null | sed "s|^$root|found proxy |" || true
ran() {
  name=$1
  shift
  code=0
  # By a file: the pipe of a short run loses what is written last.
  store run --isolation chroot "$container" -- sh -c 'exec timeout 20 "$@" >/tmp/ran 2>&1' sh "$@" 2>/dev/null || code=$?
  printf 'ran %s %s %s\\n' "$name" "$code" "$(tr -c '[:print:]' ' ' <"$root/tmp/ran" | cut -c 1-400)"
  rm -f "$root/tmp/ran"
}
${runs.map(({name, command}) => `ran ${name} ${command}`).join('\n')}
if [ -e "$root/var/lib/dpkg/status" ]; then
  dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat='package deb|\${Package}|\${Version}|\${Architecture}\\n'
elif [ -e "$root/lib/apk/db/installed" ]; then
  awk '/^P:/ { name = substr($0, 3) } /^V:/ { version = substr($0, 3) } /^A:/ { print "package apk|" name "|" version "|" substr($0, 3) }' "$root/lib/apk/db/installed"
else
  store run --isolation chroot "$container" -- rpm --query --all --queryformat 'package rpm|%{NAME}|%{VERSION}-%{RELEASE}|%{ARCH}\\n'
fi
`;
