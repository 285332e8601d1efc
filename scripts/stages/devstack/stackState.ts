import type {Probe} from '../../pipeline/types.js';
import {noteFunctions} from './checkout.js';
import {noteNetwork, recordName} from './networkState.js';

/** Written beside stack.sh when it has ended well, with the time. */
const doneMark = '.k2hdkc-done';

/** Files beside stack.sh by which it, clean.sh and this tool know what was made. Another checkout in that place needs them too. */
export const stackNotes = ['.stackenv', doneMark, recordName, 'local.conf'] as const;

/** Where stack.sh stands, and what it made. */
export type StackState = {
	/** `begun`: it was started and has not ended well. */
	readonly state: 'absent' | 'begun' | 'done';
	/** When it ended well, UTC. */
	readonly when?: string;
	/** Units of DevStack's services, and whether each runs. */
	readonly units: ReadonlyArray<{readonly name: string; readonly runs: boolean}>;
};

/** $1: directory of stack.sh. */
export const stateScript = `
if [ -e "$1/${doneMark}" ]; then echo "done $(cat "$1/${doneMark}")"; elif [ -e "$1/.stackenv" ]; then echo begun; else echo absent; fi
systemctl list-unit-files --no-legend 'devstack@*.service' 2>/dev/null | while read -r unit rest; do
  case $unit in devstack@.service) continue;; esac
  echo "$unit $(systemctl is-active "$unit")"
done
`;

export const parseStackState = (output: string): StackState => {
	const [first = '', ...lines] = output.trim().split('\n');
	const [state = '', when] = first.trim().split(' ');
	return {
		state: state === 'done' || state === 'begun' ? state : 'absent', ...(when === undefined ? {} : {when}),
		units: lines.map(line => line.trim().split(' ')).map(([name = '', runs]) => ({name, runs: runs === 'active'})),
	};
};

/** Whether stack.sh has made everything. Whether it runs is another step's: stack.sh would make all databases anew. */
export const stackProbe = ({state, when = 'some time', units}: StackState): Probe => {
	if (state === 'absent') {
		return {state: 'absent', evidence: 'stack.sh has not been run'};
	}

	if (state === 'begun') {
		return {state: 'broken', evidence: 'stack.sh was begun and has not ended well'};
	}

	return units.length === 0
		? {state: 'broken', evidence: `stack.sh ended well at ${when}, and no unit of DevStack is there any more`}
		: {state: 'present', evidence: `stack.sh ended well at ${when}, and has made ${units.length} services`};
};

/** `answers`: their APIs do. */
export const servicesProbe = ({units}: StackState, answers: boolean): Probe => {
	const stopped = units.filter(({runs}) => !runs).map(({name}) => name);
	if (stopped.length > 0 || units.length === 0) {
		return {state: 'absent', evidence: units.length === 0 ? 'there are no units of DevStack' : `not running: ${stopped.join(', ')}`};
	}

	return answers
		? {state: 'present', evidence: `${units.length} services run, and their APIs answer`}
		: {state: 'broken', evidence: `${units.length} services run, and not all of their APIs answer`};
};

/** What stack.sh is at, read from a line of its output: it traces the calls that announce its phases. */
export const phaseOf = (line: string): string | undefined => {
	const found = /:\s+echo_summary\s+(?:'([^']+)'|"([^"]+)"|(\S.*))$/.exec(line.trimEnd());
	return found?.[1] ?? found?.[2] ?? found?.[3];
};

/** What stack.sh traces of its end after it has failed, and what its dump of the machine says of Open vSwitch where that is not there. */
export const afterwards = /^\++ \S+:(?:exit_trap|err_trap|kill_spinner):\d+ |^ovs-\w+: /;

/** $1: directory of stack.sh; $2: the range of floating addresses. One that was begun is taken down first, or it would meet itself. However it ends, what it did to the checkouts is noted. */
export const stackScript = `
${noteFunctions}
cd "$1"
rm -f ${doneMark} ${recordName}
clean=$(untouched "$1/..")
trap 'echo "$clean" | note' EXIT
trap 'exit 143' TERM
if [ -e .stackenv ]; then ./unstack.sh || echo "unstack.sh ended with code $?"; fi
./stack.sh
${noteNetwork}
date -u +%Y-%m-%dT%H:%M:%SZ >${doneMark}.new
mv -f ${doneMark}.new ${doneMark}
`;

/** What runs is taken down by clean.sh too, before it removes data, settings and units. */
export const cleanScript = `
cd "$1"
rm -f ${doneMark} ${recordName}
if [ -e .stackenv ]; then ./clean.sh; fi
`;
