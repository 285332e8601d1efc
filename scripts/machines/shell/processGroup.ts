/**
 * POSIX sh: `end_group PGID TENTHS` sends TERM to a process group, waits up to TENTHS of a second, then sends KILL.
 * Zombies do not count as living: their new parent may take its time, and `kill -0` cannot tell.
 */
export const processGroupFunctions = `
group_lives() {
	for entry in /proc/[0-9]*/stat; do
		{ read -r line <"$entry"; } 2>/dev/null || continue
		line=\${line##*) }
		case $line in [ZX]*) continue ;; esac
		line=\${line#* * }
		[ "\${line%% *}" != "$1" ] || return 0
	done
	return 1
}
clock() {
	read -r now line </proc/uptime
	now=\${now%.*}\${now#*.}
}
await_group() {
	clock
	deadline=$((now + $2 * 10))
	while [ "$now" -lt "$deadline" ] && group_lives "$1"; do
		sleep 0.1
		clock
	done
}
end_group() {
	kill -s TERM -- "-$1" 2>/dev/null || return 0
	await_group "$1" "$2"
	kill -s KILL -- "-$1" 2>/dev/null || return 0
	await_group "$1" 20
}
`;

/** `sh -c` with this, then PGID and TENTHS as arguments. */
export const endGroupScript = `${processGroupFunctions}end_group "$1" "$2"\n`;
