/** Begins each line on the serial line that answers a question. */
export const answerMark = 'GUEST-CHECK';

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
echo "admin-keys $(cat /home/*/.ssh/authorized_keys 2>/dev/null | grep -c .)"
echo "fallback-dns $(systemd-analyze cat-config systemd/resolved.conf | sed -n 's/^FallbackDNS=//p')"
echo "docker-proxies $(tr '\0' '\n' < "/proc/$(systemctl show --property MainPID --value docker)/environ" | grep -c '^https\?_proxy=')"
echo "agent-proxies $(systemctl show --property EnvironmentFiles --value guest-agent | grep proxy)"
echo "apt-proxies $(apt-config dump --format '%v%n' Acquire::http::Proxy Acquire::https::Proxy | grep -c ://)"
bundle=$(/opt/guest-agent-venv/bin/python -c 'import certifi; print(certifi.where())')
# All in one go: a guest without KVM takes half a second to read the bundle. Bundles of authorities have some that are no longer valid.
echo "authorities $(openssl verify -no_check_time -partial_chain -CAfile "$bundle" /usr/local/share/ca-certificates/k2hdkc-*.crt 2>&1 | grep -c ': OK$')"
echo "controller-key $(stat -c '%a %U' /etc/trove/controller.key 2>/dev/null)"
systemctl start guest-images 2>/dev/null
echo "container-images $(docker image ls --quiet | wc -l)"
echo "archives $(ls /opt/trove/images 2>/dev/null | wc -l)"
echo "failed-units $(systemctl --failed --no-legend --plain | cut -d ' ' -f 1 | tr '\n' ' ')"
`;

/** Data of the data source NoCloud, as files of a volume named CIDATA. The guest answers and switches itself off. */
export const seedFiles: Readonly<Record<string, string>> = {
	'meta-data': 'instance-id: boot-1\nlocal-hostname: guest\n',
	'user-data': `#cloud-config
runcmd:
  - |
    { ${questions.trim().split('\n').join('\n    ')}
    } 2>&1 | sed 's/^/${answerMark} /' > /dev/ttyS0
power_state: {mode: poweroff, delay: now, timeout: 60}
`,
};
