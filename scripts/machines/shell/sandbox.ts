/**
 * On the host, before nsenter. Arguments: process number of the sandbox's first process, argv. That number may have gone to another process
 * since it was looked up; a process that shares our namespace is none of a sandbox, and nothing may be run on the host by mistake.
 */
export const guardScript = `if [ ! -e "/proc/$1/ns/pid" ]; then
	echo "process $1 is gone" >&2
	exit 1
fi
if [ "/proc/$1/ns/pid" -ef /proc/self/ns/pid ] || [ "/proc/$1/ns/mnt" -ef /proc/self/ns/mnt ]; then
	echo "process $1 is not that of a sandbox" >&2
	exit 1
fi
shift
umask 022
exec "$@"
`;

/** Inside, for bash: standard input and output become a TCP connection. Arguments: host, port. */
export const connectScript = `exec 3<>"/dev/tcp/$1/$2" 4<&0 || exit 1
cat <&4 >&3 3<&- &
writer=$!
exec 4<&-
cat <&3
kill "$writer" 2>/dev/null
exit 0
`;
