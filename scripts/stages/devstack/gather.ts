import {quote} from '../../machines/quote.js';
import type {Machine} from '../../machines/types.js';
import {baseRef} from './checkout.js';
import {parseFacts, type MachineFacts} from './facts.js';

export type Places = {
	/** Where DevStack's checkouts will be. */
	readonly directory: string;
	/** A file that is there once this environment has begun to build. */
	readonly mark: string;
};

/** Seconds for all of it: a name server that is silent takes some. */
const patience = 60;

// A checkout that this tool has made, as `fetch` does, is no trace of another DevStack.
// A program that is missing leaves its part empty. Where systemd-resolved answers, its own file names the servers behind it. Nothing of this changes anything.
const factsScript = ({directory, mark}: Places): string => `
part() { printf '\\n== %s\\n' "$1"; }
part system; cat /etc/os-release 2>/dev/null || true
part architecture; uname -m
part cpus; getconf _NPROCESSORS_ONLN || true
part flag; grep --max-count=1 --only-matching --word-regexp 'vmx\\|svm' /proc/cpuinfo | head -n 1 || true
part kvm; if [ -c /dev/kvm ]; then echo yes; fi
part nesting; cat /sys/module/kvm_intel/parameters/nested /sys/module/kvm_amd/parameters/nested 2>/dev/null || true
part container; systemd-detect-virt --container 2>/dev/null || true
part hypervisor; systemd-detect-virt --vm 2>/dev/null || true
part memory; cat /proc/meminfo
part disk
place=${quote(directory)}
while [ ! -d "$place" ]; do place=$(dirname "$place"); done
df --output=avail,target --block-size=1M "$place" | tail -n 1
part host; uname -n
part host-addresses; getent ahosts "$(uname -n)" | cut -d ' ' -f 1 || true
part name-servers
for file in /run/systemd/resolve/resolv.conf /etc/resolv.conf; do
  if [ -r "$file" ]; then sed -n 's/^nameserver[[:space:]]*//p' "$file"; break; fi
done
part time; date +%s
part synchronised; timedatectl show --property=NTPSynchronized --value 2>/dev/null || true
part user; id -un
part uid; id -u
part sudo; if sudo -n true 2>/dev/null; then echo yes; fi
part addresses; ip -4 -oneline address show scope global 2>/dev/null || true
part routes; ip -json -4 route show table all 2>/dev/null || true
part listeners; ss --no-header --listening --tcp --numeric --processes 2>/dev/null || true
part units; systemctl list-units --type=service --state=active --plain --no-legend 2>/dev/null | cut -d ' ' -f 1 || true
part missing
for program in git sudo runuser useradd; do if ! command -v "$program" >/dev/null; then echo "$program"; fi; done
part ours; if [ -e ${quote(mark)} ]; then echo yes; fi
part traces
ours() { [ -e "$1/.git/${baseRef}" ] || grep --quiet --no-messages ' ${baseRef}$' "$1/.git/packed-refs"; }
for trace in ${quote(directory)}/devstack ${quote(directory)}/data /etc/systemd/system/devstack@*.service; do if [ -e "$trace" ] && ! ours "$trace"; then echo "$trace"; fi; done
`;

/** Looks at a machine, and only looks. */
export const gatherFacts = async (machine: Pick<Machine, 'script'>, places: Places): Promise<MachineFacts> => {
	const {stdout} = await machine.script(factsScript(places), {timeout: patience});
	return parseFacts(stdout, Date.now() / 1000);
};
