# Boots the nspawn machine in its own network namespace and, where no systemd does that for it, in a cgroup of its own.
# The machine is found again by its name on nspawn's command line. After name, root and log come directories to bind, OUTSIDE:INSIDE.
name=$1
root=$2
log=$3
shift 3
for bind; do
  set -- "$@" --bind="$bind"
  shift
done
# Nodes of single loop devices are made inside: which number is free next is not known before.
for device in /dev/fuse /dev/loop-control; do
  if [ -e "$device" ]; then
    set -- "$@" --bind="$device"
  fi
done
set -- systemd-nspawn --directory="$root" --machine="$name" --register=no --keep-unit --resolv-conf=off --link-journal=no \
  --capability=all --system-call-filter="add_key keyctl bpf perf_event_open" --console=pipe --boot "$@"
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=1
if [ -d /run/systemd/system ]; then
  exec systemd-run --quiet --collect --unit="$name" --property=Delegate=yes --property=KillMode=mixed --property=TimeoutStopSec=90 \
    --setenv=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 --setenv=SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 \
    --property=StandardOutput="append:$log" --property=StandardError="append:$log" \
    nsenter --net="/run/netns/$name" "$@"
fi
# One unified hierarchy, or one directory for each of version 1 and a mixed one.
hierarchies=/sys/fs/cgroup
[ -f /sys/fs/cgroup/cgroup.procs ] || hierarchies='/sys/fs/cgroup/*'
for hierarchy in $hierarchies; do
  if [ -f "$hierarchy/cgroup.procs" ] && mkdir -p "$hierarchy/$name" 2>/dev/null; then
    # A hierarchy that needs more than a directory (cpuset) is left as it is.
    echo $$ > "$hierarchy/$name/cgroup.procs" 2>/dev/null || rmdir "$hierarchy/$name"
  fi
done
umask 077
: >> "$log"
umask 022
setsid nsenter --net="/run/netns/$name" "$@" </dev/null >>"$log" 2>&1 &
