import {quote, quoteAll} from '../quote.js';
import {jobGrace, type Command} from '../transport.js';
import type {JobSpec} from '../types.js';
import {processGroupFunctions} from './processGroup.js';

const centiseconds = (seconds: number | undefined): string => seconds === undefined ? '' : String(Math.max(1, Math.round(seconds * 100)));

const commandFunction = ({argv, env = {}, cwd}: Command): string => [
	'job_command() {',
	...(cwd === undefined ? [] : [`	cd -- ${quote(cwd)} || exit 126`]),
	...Object.entries(env).map(([name, value]) => `	export ${name}=${quote(value)}`),
	`	exec ${quoteAll(argv)}`,
	'}',
].join('\n');

/*
 * The child registers itself before it becomes the command, so a command never runs without a record. Descriptor 3 tells the starter so,
 * 9 is the starter's lock on the directory, 8 the runner's lock on its script, which is free when the runner is gone however it went.
 */
const childPart = `
if [ "\${2-}" = child ]; then
	exec 8<&-
	read -r boot </proc/sys/kernel/random/boot_id
	echo "$3 $4 $$ $boot $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$base.pid.new"
	mv -f -- "$base.pid.new" "$base.pid"
	echo "$$" >&3
	exec 3>&- 9<&-
	if [ -e "$base.input" ]; then
		exec <"$base.input"
		rm -f -- "$base.input"
	fi
	umask "$1"
	job_command
fi
`;

/** Ends the job by USR1 or USR2 to the runner. Sleeps as long as nothing can happen; looks at the runner, so that it does not outlive it. */
const watchPart = `
nap() {
	sleep "$(($1 / 100)).$(printf %02d "$(($1 % 100))")" &
	napping=$!
	wait "$napping"
}
watch_limits() {
	trap 'kill "$napping" 2>/dev/null; exit' TERM
	clock
	begin=$now changed=$now size=0
	while kill -s 0 "$$" 2>/dev/null; do
		clock
		pause=6000
		if [ -n "$limit" ]; then
			left=$((begin + limit - now))
			if [ "$left" -le 0 ]; then kill -s USR1 "$$" 2>/dev/null; left=100; fi
			[ "$left" -ge "$pause" ] || pause=$left
		fi
		if [ -n "$idle" ]; then
			size_now=$(stat -c %s -- "$base.log")
			[ "$size_now" = "$size" ] || changed=$now size=$size_now
			if [ "$((now - changed))" -ge "$idle" ]; then kill -s USR2 "$$" 2>/dev/null; fi
			poll=$((idle / 10))
			[ "$poll" -le 1000 ] || poll=1000
			[ "$poll" -ge 10 ] || poll=10
			[ "$poll" -ge "$pause" ] || pause=$poll
		fi
		nap "$pause"
	done
}
`;

const runnerPart = `
exec 8<"$0"
flock 8
umask 077
read -r line <"/proc/$$/stat"
set -- "$1" \${line##*) }
by=code
trap 'by=killed' TERM
trap 'by=timeout' USR1
trap 'by=idle' USR2
setsid sh "$0" "$1" child "$$" "\${21}" &
group=$!
exec 3>&- 9<&-
watcher=
if [ -n "$limit$idle" ]; then
	watch_limits 8<&- </dev/null &
	watcher=$!
fi
[ "$by" != code ] || wait "$group"
code=$?
if [ "$by" != code ]; then
	end_group "$group" ${jobGrace * 10}
	wait "$group"
	code=$?
	# A program that tidies up and exits 0 when told to stop has not done its work.
	[ "$code" -ne 0 ] || code=143
fi
echo "$by $code" >"$base.rc.new"
mv -f -- "$base.rc.new" "$base.rc"
[ -z "$watcher" ] || kill "$watcher" 2>/dev/null
exit 0
`;

/** The file `<id>.script`: run as `sh FILE UMASK` it is the job's runner, and with more arguments the job itself. */
export const jobScript = (spec: Pick<JobSpec, 'id' | 'timeout' | 'idleTimeout'>, command: Command): string => `#!/bin/sh
# Job ${spec.id.replaceAll(/\s+/g, ' ')}. Times are in hundredths of a second.
base=\${0%.script}
limit=${centiseconds(spec.timeout)}
idle=${centiseconds(spec.idleTimeout)}
${commandFunction(command)}
${childPart}${processGroupFunctions}${watchPart}${runnerPart}`;
