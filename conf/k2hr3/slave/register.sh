#!/bin/sh
# Registers this server with K2HR3 as a slave node of its cluster, and leaves what the updater of its configuration reads.
# The registration document is a script; it is read for three values and never run. May be repeated.
set -eu
umask 077
directory=/etc/antpickax
document=$(mktemp)
trap 'rm -f "$document"' EXIT
mkdir -p "$directory"
chmod 0755 "$directory"

# Tokens reach curl by standard input: never on a command line.
printf 'url = "%s"\n' "$(cat /etc/k2hdkc-slave/extdata-url)" |
	curl --silent --show-error --fail --max-time 20 --retry 10 --retry-connrefused --user-agent extdata_k2hr3_trove --output "$document" --config -

assigned() {
	sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}[[:space:]]*\$/\1/p" "$document" | head -n 1
}
token=$(assigned K2HR3_ROLE_TOKEN)
role=$(assigned K2HR3_ROLE_NAME)
api=$(assigned K2HR3_API_HOST_URI)
cuk=$(cat /var/lib/cloud/data/instance-id)
name=$(hostname -f 2>/dev/null || hostname)
for value in "$token" "$role" "$api" "$cuk"; do
	case $value in
	'' | *[!A-Za-z0-9:/._@+-]*) echo "The answer of K2HR3 is not a registration document." >&2 && exit 1 ;;
	esac
done

printf 'header = "x-auth-token: R=%s"\n' "$token" |
	curl --silent --show-error --fail --max-time 20 --retry 10 --retry-connrefused --request PUT --get --config - \
		--data-urlencode "cuk=$cuk" --data-urlencode extra=openstack-auto-v1 --data-urlencode "tag=$name" "$api/v1/role/$role" >/dev/null

write() {
	printf '%s' "$2" >"$directory/$1"
}
write k2hr3-role-token "$token"
write k2hr3-role-name "$role"
write k2hr3-role-tenant "${role%%:role:*}"
write k2hr3-cuk "$cuk"
write k2hr3-cuk-param "cuk=$cuk"
write k2hr3-extra-param extra=openstack-auto-v1
write k2hr3-tag-param "tag=$name"
write k2hr3-apiarg "cuk=$cuk"
write k2hr3-api-uri "$api"
