import type {Run} from './contract.js';

/**
 * IMAGE: prints what the image is, a line each: `config JSON`, `package KIND|NAME|VERSION|ARCHITECTURE`, `found WHAT PATH`,
 * `ran NAME CODE OUTPUT`. Its programs run in it as its user, without an environment.
 */
export const inspectScript = (runs: ReadonlyArray<Pick<Run, 'name' | 'command'>>): string => `
open_image "$1"
printf 'config {"Docker":%s}\\n' "$(tar --extract --to-stdout --file="$1" "$(of_manifest "$1" Config)" | tr -d '\\n')"
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
  output=$(inside timeout 20 "$@") || code=$?
  printf 'ran %s %s %s\\n' "$name" "$code" "$(printf '%s' "$output" | tr -c '[:print:]' ' ' | cut -c 1-400)"
}
${runs.map(({name, command}) => `ran ${name} ${command}`).join('\n')}
if [ -e "$root/var/lib/dpkg/status" ]; then
  dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat='package deb|\${Package}|\${Version}|\${Architecture}\\n'
elif [ -e "$root/lib/apk/db/installed" ]; then
  awk '/^P:/ { name = substr($0, 3) } /^V:/ { version = substr($0, 3) } /^A:/ { print "package apk|" name "|" version "|" substr($0, 3) }' "$root/lib/apk/db/installed"
else
  inside rpm --query --all --queryformat 'package rpm|%{NAME}|%{VERSION}-%{RELEASE}|%{ARCH}\\n'
fi
`;
