import {ToolError} from '../../errors/toolError.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

/** Exit code of the script when the link's name belongs to something else. */
const taken = 9;

const createScript = ({machineName, linkName, addresses: {current}}: SandboxEnv): string => `
[ -e '/run/netns/${machineName}' ] || ip netns add '${machineName}'
if ip link show '${linkName}' >/dev/null 2>&1 && ! ip -netns '${machineName}' link show host0 >/dev/null 2>&1; then
  # Our own link whose other end went with an older namespace has our address.
  ip -oneline -4 address show dev '${linkName}' | grep -qw '${current.host}/${current.prefix}' || exit ${taken}
  ip link delete '${linkName}'
fi
ip link show '${linkName}' >/dev/null 2>&1 || ip link add '${linkName}' type veth peer name host0 netns '${machineName}'
ip address replace '${current.host}/${current.prefix}' dev '${linkName}'
ip link set '${linkName}' up
ip -netns '${machineName}' link set lo up
ip -netns '${machineName}' address replace '${current.machine}/${current.prefix}' dev host0
ip -netns '${machineName}' link set host0 up
ip -netns '${machineName}' route replace default via '${current.host}'
ip route replace '${current.publicCidr}' via '${current.machine}' dev '${linkName}'
ip netns exec '${machineName}' nft -f - <<'RULES'
table inet k2hdkc_devstack
delete table inet k2hdkc_devstack
table inet k2hdkc_devstack {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "host0" ip saddr != ${current.host} drop
    iifname "host0" meta nfproto ipv6 drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname "host0" ip saddr != ${current.host} drop
  }
}
RULES
`;

const lookScript = ({machineName, linkName, addresses: {current}}: SandboxEnv): string => `
ip -oneline -4 address show dev '${linkName}' 2>/dev/null | grep -qw '${current.host}/${current.prefix}' || { echo 'the link ${linkName} with ${current.host} is not there'; exit 0; }
ip -netns '${machineName}' -oneline -4 address show dev host0 2>/dev/null | grep -qw '${current.machine}/${current.prefix}' || { echo 'the namespace ${machineName} with ${current.machine} is not there'; exit 0; }
ip route show '${current.publicCidr}' | grep -qw '${current.machine}' || { echo 'the route to ${current.publicCidr} is not there'; exit 0; }
ip netns exec '${machineName}' nft list table inet k2hdkc_devstack 2>/dev/null | grep -q '${current.host} drop' || { echo 'the packet filter of ${machineName} is not there'; exit 0; }
`;

/** Network namespace of the machine and the one link to the host. Nothing beyond the host can reach it, nor it anything. */
export const sandboxNetwork: SandboxStep = {
	id: 'sandbox.network',
	stage: 'machine',
	title: 'Network of the sandbox machine',
	needs: ['environment', 'host.packages'],
	inputs: ({addresses: {current}, machineName}) => ({machineName, ...current}),
	async probe({env}) {
		const {stdout} = await env.host.script(lookScript(env), {allow: 'any'});
		const missing = stdout.trim();
		return missing === ''
			? {state: 'present', evidence: `${env.linkName} connects ${env.addresses.current.host} and ${env.addresses.current.machine}`}
			: {state: 'absent', evidence: missing};
	},
	async apply({env}) {
		const {code} = await env.host.script(createScript(env), {allow: [0, taken]});
		if (code === taken) {
			throw new ToolError('K2D3007', `The network interface ${env.linkName} is in use by something else`, {
				remedy: `Remove or rename it (ip link show ${env.linkName}), then resume. Or build under another name: --name NAME.`,
			});
		}
	},
	undo: {
		depth: 'services',
		async undo({env: {host, linkName, machineName}}) {
			// The link goes first: a namespace lives on for a moment after its name is gone, and its links with it.
			await host.script(`ip link delete '${linkName}' 2>/dev/null || true\n[ ! -e '/run/netns/${machineName}' ] || ip netns delete '${machineName}'\n`);
		},
	},
	rerun: 'undo-first',
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
	volatile: true,
};
