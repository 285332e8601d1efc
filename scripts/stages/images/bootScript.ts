/** Begins each line on the serial line that answers a question. */
const mark = 'GUEST-CHECK';

/** Questions to a guest that has just booted; each prints `name value`. Run as root by cloud-init. */
const questions = String.raw`
echo "docker $(systemctl is-active docker)"
echo "ssh $(systemctl is-active ssh)"
echo "networkd $(systemctl is-active systemd-networkd)"
echo "root-mib $(df --output=size -m / | tail -n 1 | tr -d ' ')"
echo "ipv6-off $(cat /proc/sys/net/ipv6/conf/all/disable_ipv6)"
echo "agent-unit $(systemctl is-enabled guest-agent)"
echo "trove-groups $(id -nG trove)"
echo "host-keys $(ls /etc/ssh | grep -c '^ssh_host_.*_key$')"
echo "datastore-ports $(/opt/guest-agent-venv/bin/python -c '
from trove.common import cfg
from trove.guestagent import dbaas
import trove_k2hdkc.guestagent.manager
print(*cfg.CONF.k2hdkc.tcp_ports)' 2>&1 | tail -n 1)"
echo "failed-units $(systemctl --failed --no-legend --plain | cut -d ' ' -f 1 | tr '\n' ' ')"
`;

/** Data of the data source NoCloud, as files of a volume named CIDATA. The guest answers and switches itself off. */
export const seedFiles: Readonly<Record<string, string>> = {
	'meta-data': 'instance-id: boot-1\nlocal-hostname: guest\n',
	'user-data': `#cloud-config
runcmd:
  - |
    { ${questions.trim().split('\n').join('\n    ')}
    } 2>&1 | sed 's/^/${mark} /' > /dev/ttyS0
power_state: {mode: poweroff, delay: now, timeout: 60}
`,
};

/** Name and value of each answer on the serial line; undefined when the guest did not answer. */
export const parseAnswers = (serial: string): ReadonlyMap<string, string> => {
	const answers = [...serial.matchAll(new RegExp(String.raw`${mark} (\S+) ?(.*?)\s*$`, 'gm'))];
	return new Map(answers.map(([, name = '', value = '']) => [name, value]));
};

type Expectation = readonly [name: string, wanted: string, holds: (value: string) => boolean];

const is = (name: string, value: string): Expectation => [name, value, found => found === value];

const expectations: readonly Expectation[] = [
	is('docker', 'active'), is('ssh', 'active'), is('networkd', 'active'),
	['root-mib', 'the size of the disk', value => Number(value) > 7000],
	is('agent-unit', 'enabled'), is('trove-groups', 'trove docker'),
	['host-keys', 'at least one', value => Number(value) > 0],
	['datastore-ports', 'those of k2hdkc', value => /\b8020\b/.test(value)],
	is('failed-units', ''),
];

/** What is wrong with a guest that said this on its serial line; empty when nothing is. */
export const judgeBoot = (serial: string, ipv6: boolean): readonly string[] => {
	const answers = parseAnswers(serial);
	if (answers.size === 0) {
		return [serial.includes('Linux version') ? 'the kernel booted, but cloud-init did not run the questions' : 'no kernel booted'];
	}

	return [
		...[...expectations, is('ipv6-off', ipv6 ? '0' : '1')].flatMap(([name, wanted, holds]) => {
			const value = answers.get(name);
			return value !== undefined && holds(value) ? [] : [`${name} is ${value === undefined ? 'not known' : `"${value}"`}, not ${wanted}`];
		}),
		...(/Cloud-init v\. .* finished at/.test(serial) ? [] : ['cloud-init did not finish']),
	];
};

/**
 * `sh -eu` with this boots a disk as Nova would: BIOS, virtio, nothing but the disk itself, made larger, and a volume with the seed. Arguments: disk,
 * directory for what goes away, directory of the seed, file for the serial line. The serial line is printed as it comes. Where the processor's
 * virtualisation is there but boots no kernel (nested, or filtered) the guest is emulated.
 */
export const bootScript = String.raw`
disk=$1 work=$2 seed=$3 serial=$4
qemu-img create -q -f qcow2 -F qcow2 -b "$disk" "$work/disk.qcow2" 8G
start() { # accelerator, processor
  : > "$serial"
  qemu-system-x86_64 -machine "accel=$1" -cpu "$2" -smp 2 -m 2048 -display none -no-reboot -monitor none -serial "file:$serial" \
    -drive "file=$work/disk.qcow2,if=virtio,format=qcow2,cache=unsafe" \
    -drive "file.driver=vvfat,file.dir=$seed,file.label=CIDATA,format=raw,if=virtio,read-only=on" \
    -netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net </dev/null &
  qemu=$!
}
kvm=no
if [ -w /dev/kvm ]; then
  start kvm host
  tries=0
  until grep -aq 'Linux version' "$serial"; do
    kill -0 "$qemu" 2>/dev/null && [ "$tries" -lt 20 ] || break
    sleep 1
    tries=$((tries + 1))
  done
  if grep -aq 'Linux version' "$serial"; then
    kvm=yes
  else
    kill -KILL "$qemu" 2>/dev/null || true
    wait "$qemu" 2>/dev/null || true
    echo 'KVM boots no kernel here; the processor is emulated, which takes minutes'
  fi
fi
[ "$kvm" = yes ] || start tcg max
tail -n +1 -s 0.5 -f --pid="$qemu" "$serial"
wait "$qemu"
rm -f "$work/disk.qcow2"
`;
