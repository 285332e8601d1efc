/**
 * `sh -eu` with this makes the two outputs of one tree: a disk that boots by BIOS, and a tar of the root. Arguments: file with the
 * configuration of GRUB, target directory, then the layers, topmost first. No loop device and no partition is mounted: the file system is written
 * straight into the disk's file (mke2fs -d), and GRUB's start sectors, which grub-bios-setup would write, are written here.
 * Layers are joined by an overlay in a mount namespace of its own (run it under `unshare --mount`), so that nothing stays mounted. The
 * newer calls for mounts, which Debian 13's mount prefers, take no list of layers that is longer than 255 characters.
 *
 * Layout, in sectors of 512 bytes: 0 boot.img, 2048 GRUB's core in a BIOS boot partition of 1 MiB, 4096 the root, 34 for the table's copy.
 * Numbers: boot.img has the sector of the core at 0x5c; the core's first sector has at 0x1f4 the sector of its rest.
 *
 * Clusters larger than the 64 KiB of qcow2's default make the disk 5 % smaller and take a fifth less to compress; a guest that reads from one has to unpack all of it.
 */
export const diskScript = String.raw`
umask 022
grub=$1 target=$2
shift 2
uuid=$(cat /proc/sys/kernel/random/uuid)
mkdir -p "$target/tree" "$target/boot/boot/grub"
sed "s/@ROOT_UUID@/$uuid/" "$grub" > "$target/boot/boot/grub/grub.cfg"
LIBMOUNT_FORCE_MOUNT2=always mount -t overlay overlay -o "ro,lowerdir=$(IFS=:; echo "$target/boot:$*")" "$target/tree"
disk=$target/disk.raw core_start=2048 root_start=4096

echo 'writing the tar and the file system'
tar --numeric-owner --xattrs --one-file-system --blocking-factor=128 -C "$target/tree" --exclude='./boot/*' --exclude='./usr/lib/modules/*' --exclude=./vmlinuz\* \
  --exclude=./initrd.img\* --exclude=./.k2hdkc-devstack-root --exclude=./etc/fstab -cf "$target/root.tar" . &
tar=$!
trap 'kill "$tar" 2>/dev/null || true' EXIT
content=$(du -sxm "$target/tree" | cut -f1)
root_sectors=$(((content + content / 8 + 128) * 2048))
rm -f "$disk"
truncate -s $(((root_start + root_sectors + 2048) * 512)) "$disk"
sfdisk --quiet "$disk" <<TABLE
label: gpt
start=$core_start, size=2048, type=21686148-6449-6E6F-744E-656564454649
start=$root_start, size=$root_sectors, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, attrs=LegacyBIOSBootable
TABLE
mke2fs -q -F -t ext4 -L root -U "$uuid" -E "offset=$((root_start * 512))" -d "$target/tree" "$disk" "$((root_sectors / 2))k"

echo 'writing the boot loader'
modules=/usr/lib/grub/i386-pc
printf 'search --no-floppy --fs-uuid --set=root %s\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n' "$uuid" > "$target/early.cfg"
grub-mkimage --format=i386-pc --directory=$modules --output="$target/core.img" --prefix=/boot/grub --config="$target/early.cfg" \
  biosdisk part_gpt ext2 search search_fs_uuid normal configfile linux echo test serial terminal minicmd
bytes() { # number, count of bytes, little endian
  number=$1 count=$2
  while [ "$count" -gt 0 ]; do
    printf "\\$(printf %03o $((number % 256)))"
    number=$((number / 256)) count=$((count - 1))
  done
}
put() { dd of="$1" bs=1 seek=$(($2)) conv=notrunc status=none; }
[ "$(stat -c %s "$target/core.img")" -le $((2048 * 512)) ]
bytes $((core_start + 1)) 8 | put "$target/core.img" 0x1f4
dd if="$target/core.img" of="$disk" bs=512 seek=$core_start conv=notrunc status=none
# Up to the partition table, whose entries of the protective MBR stay.
head -c 440 $modules/boot.img | put "$disk" 0
bytes $core_start 8 | put "$disk" 0x5c
# Some BIOS do not say which disk they booted: two no-operations take the place of the check, as grub-bios-setup does for hard disks.
printf '\220\220' | put "$disk" 0x66

echo 'compressing the disk'
qemu-img convert -c -O qcow2 -o compression_type=zstd,cluster_size=256k "$disk" "$target/disk.qcow2"
wait "$tar"
umount "$target/tree"
rm -rf "$disk" "$target/core.img" "$target/early.cfg" "$target/boot"
rmdir "$target/tree"
`;
