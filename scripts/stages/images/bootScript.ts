/** How long nothing may come; an emulated processor needs a minute until the kernel speaks, on a busy host more. Below the step's time without output. */
const silentSeconds = 240;

/**
 * `sh -eu` with this boots a disk as Nova would: BIOS, virtio, nothing but the disk itself, made larger, and a volume with the seed. Arguments: disk,
 * directory for what goes away, directory of the seed, file for the serial line. The serial line is printed as it comes. Where the processor's
 * virtualisation is there but boots no kernel (nested, or filtered) the guest is emulated. A disk that boots nothing keeps the serial line silent and
 * would run for ever: it is ended.
 */
export const bootScript = String.raw`
disk=$1 work=$2 seed=$3 serial=$4
size=$(qemu-img info --output=json "$disk" | sed -n 's/^ *"virtual-size": \([0-9]*\).*/\1/p' | sort -n | tail -n 1)
[ "$size" -gt $((8 << 30)) ] || size=$((8 << 30))
qemu-img create -q -f qcow2 -F qcow2 -b "$disk" "$work/disk.qcow2" "$size"
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
tries=0
while [ ! -s "$serial" ] && [ "$tries" -lt ${silentSeconds} ] && kill -0 "$qemu" 2>/dev/null; do
  sleep 1
  tries=$((tries + 1))
done
[ -s "$serial" ] || kill -KILL "$qemu" 2>/dev/null || true
tail -n +1 -s 0.5 -f --pid="$qemu" "$serial"
wait "$qemu" || [ ! -s "$serial" ]
rm -f "$work/disk.qcow2"
`;
