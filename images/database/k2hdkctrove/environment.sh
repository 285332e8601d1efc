# What Trove hands over in the environment.
# shellcheck shell=dash

# A configuration group cannot leave a value out, so words for "none" stand for it.
unset_empty_proxies() {
	local name value
	for name in http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY; do
		eval "value=\${$name-}"
		case $value in
		'' | [Ff]alse | FALSE | [Nn]o | NO | [Ee]mpty | EMPTY | [Nn]/[Aa] | 0 | [Nn]one | NONE) unset "$name" ;;
		esac
	done
}

require_environment() {
	local name value missing=
	for name in cluster_name extdata_url chmpx_server_port chmpx_server_ctlport chmpx_slave_ctlport; do
		eval "value=\${$name-}"
		[ -n "$value" ] || missing="$missing $name"
	done
	[ -z "$missing" ] || die "$exit_setting" "Not set in the environment:$missing. They come from the configuration group of the instance; attach one that has them."
	check_url extdata_url "${extdata_url-}"
	for name in chmpx_server_port chmpx_server_ctlport chmpx_slave_ctlport; do
		eval "value=\$$name"
		case $value in
		*[!0-9]*) die "$exit_setting" "$name is '$value'; it must be a port number." ;;
		esac
	done
}

# check_url NAME VALUE: the value is not shown, because there is a token in it.
check_url() {
	case $2 in
	*[!A-Za-z0-9:/._~%?=\&+,@-]*) ;;
	http://?* | https://?*) return ;;
	esac
	die "$exit_setting" "$1 is no address that begins with http:// or https:// and has only characters that an address may have."
}

read_instance_id() {
	cuk=$(tr -d '[:space:]' 2>/dev/null <"$instance_id_file")
	case $cuk in
	'') die "$exit_setting" "There is no instance id in $instance_id_file. cloud-init writes it; its directory must be a volume of this container." ;;
	*[!A-Za-z0-9._-]*) die "$exit_setting" "The instance id in $instance_id_file has characters other than letters, digits, dot, underscore and hyphen." ;;
	esac
}

# The name by which the members of the cluster reach this one.
choose_node_name() {
	local domain
	node_name=${K2HDKCTROVE_NODE_NAME:-$(cat /proc/sys/kernel/hostname)}
	case $node_name in
	*.*) ;;
	*)
		domain=$(awk '$1 == "search" || $1 == "domain" { last = $NF } END { print last }' /etc/resolv.conf 2>/dev/null)
		case $domain in
		'' | .) node_name=$(hostname -f 2>/dev/null || printf '%s' "$node_name") ;;
		*) node_name=$node_name.${domain%.} ;;
		esac
		;;
	esac
	warn_of_unusable_name
}

# chmpx looks for itself among the members by address, and never finds a loopback one.
warn_of_unusable_name() {
	local address
	command -v getent >/dev/null || return
	address=$(getent hosts "$node_name" | awk '{ print $1; exit }')
	case $address in
	'') log "This node is called $node_name, and that name does not resolve. chmpx will not find itself; add the name to DNS or /etc/hosts." ;;
	127.* | ::1) log "This node is called $node_name, and that name resolves to $address. chmpx will not find itself; the name must lead to the address of the network." ;;
	esac
}
