import type {Probe} from '../../pipeline/types.js';

/** Written beside stack.sh as it ends: a line each of what the kernel has, its kind first. */
export const recordName = '.k2hdkc-network';

// What stack.sh sets of the kernel's network by command, and a reboot takes away: Open vSwitch brings its interfaces back, without addresses.
// It runs as root. $1: the range of floating addresses. It stands between single quotes in other scripts, so that it has none.
const lookPart = String.raw`
for link in $(ovs-vsctl --bare --columns=name find Interface type=internal); do
	[ -e "/sys/class/net/$link" ] || continue
	ip -4 -oneline address show dev "$link" scope global | while read -r number name family address rest; do
		echo "address $link $address $(cat "/sys/class/net/$link/address")"
	done
	ip -4 route show dev "$link" | sed "/proto kernel/d; s/ linkdown//; s/ *$//; s/^/route /; s/$/ dev $link/"
done
iptables --table nat --list-rules POSTROUTING | sed -n "/MASQUERADE/s/^-A POSTROUTING/masquerade/p" | grep -F -e "-s $1 " || true
for name in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables; do
	file=/proc/sys/$(echo "$name" | tr . /)
	[ ! -e "$file" ] || echo "sysctl $name $(cat "$file")"
done
`;

/** Part of the script that runs stack.sh, in its directory and as its user. $2: the range of floating addresses. Without Open vSwitch there is nothing to note. */
export const noteNetwork = `
if command -v ovs-vsctl >/dev/null; then
  sudo sh -euc '${lookPart}' sh "$2" >${recordName}.new
  mv -f ${recordName}.new ${recordName}
fi
`;

/** Prints what of the record the kernel does not have. $1: directory of stack.sh; $2: the range of floating addresses. */
export const missingScript = `
if [ ! -e "$1/${recordName}" ]; then exit; fi
here=$(mktemp)
trap 'rm -f "$here"' EXIT
sh -euc '${lookPart}' sh "$2" >"$here"
grep -v -x -F -f "$here" "$1/${recordName}" || true
`;

/** Makes the kernel have what the other script prints. Takes the same. */
export const bringBackScript = `
missing=$(${missingScript})
echo "$missing" | while read -r kind rest; do
	set -- $rest
	echo "$kind $rest"
	case $kind in
		address)
			ip link set dev "$1" address "$3"
			ip -4 address replace "$2" dev "$1"
			ip link set dev "$1" up;;
		route) ip -4 route replace "$@";;
		masquerade) iptables --table nat --append POSTROUTING "$@";;
		sysctl) echo "$2" >"/proc/sys/$(echo "$1" | tr . /)";;
	esac
done
`;

/** `missing`: what the script prints. */
export const networkProbe = (missing: string): Probe => {
	const lines = missing.trim().split('\n').filter(Boolean);
	return lines.length === 0
		? {state: 'present', evidence: 'the machine has the addresses, routes and rules that stack.sh has set'}
		: {state: 'absent', evidence: `gone, as after a reboot: ${lines.join('; ')}`};
};
