# What this node asks of K2HR3. Tokens reach curl by standard input: never on a command line, never in a message.
# Every question answers 0: done, 1: another try may help, 2: refused. The reason is then in $problem.
# shellcheck shell=dash

# request METHOD ADDRESS SECONDS [LINE...]: asks; the lines are curl's configuration. Sets http_status; 000 is no answer.
request() {
	local method=$1 address=$2 limit=$3 line lines=
	shift 3
	for line in "$@"; do
		lines="$lines$line
"
	done
	: >"$answer"
	curl --config - >"$answer-status" 2>"$answer-problem" <<END &
silent
show-error
request = "$method"
url = "$address"
max-time = $limit
max-filesize = 1048576
output = "$answer"
write-out = "%{http_code}"
$lines
END
	await $!
	http_status=$(cat "$answer-status")
	[ -n "$http_status" ] || http_status=000
}

# Without anything that may be a token, and not longer than a line.
harmless() {
	tr -d '\000-\037' | sed -e 's/[A-Za-z0-9+/=%_-]\{40,\}/***/g' | cut -c 1-300
}

# judge STATUS...: compares the answer with those that are wanted.
judge() {
	local wanted
	for wanted in "$@"; do
		[ "$http_status" != "$wanted" ] || return 0
	done
	case $http_status in
	000)
		problem="no answer ($(harmless <"$answer-problem"))"
		return 1
		;;
	esac
	problem="answer $http_status ($(harmless <"$answer"))"
	case $http_status in
	408 | 429 | 5??) return 1 ;;
	*) return 2 ;;
	esac
}

# assigned NAME: what the script gives to a variable. It is read and never run: nothing that comes over the network is executed here.
assigned() {
	sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}[[:space:]]*\$/\1/p" "$answer" | head -n 1
}

# fetch_extdata: what the extdata document tells: role_token, role_yrn, api_uri.
fetch_extdata() {
	local error
	request GET "$extdata_url" "$request_seconds" 'user-agent = "extdata_k2hr3_trove"'
	judge 200 || return
	role_token=$(assigned K2HR3_ROLE_TOKEN)
	role_yrn=$(assigned K2HR3_ROLE_NAME)
	api_uri=$(assigned K2HR3_API_HOST_URI)
	error=$(assigned K2HR3_ERROR_MSG)
	rm -f "$answer"
	case $error in
	'' | null) ;;
	*)
		problem="K2HR3 could not make the document: $(printf '%s' "$error" | harmless)"
		return 2
		;;
	esac
	is_extdata_complete
}

is_extdata_complete() {
	problem='the answer is not the registration document: it has no role token, no role, or no address of the API'
	case $role_token in
	'' | *[!A-Za-z0-9._-]*) return 2 ;;
	esac
	case $role_yrn in
	*[!A-Za-z0-9:/._@+-]*) return 2 ;;
	yrn:*:role:?*) ;;
	*) return 2 ;;
	esac
	case $api_uri in
	*[!A-Za-z0-9:/._-]*) return 2 ;;
	http://?* | https://?*) ;;
	*) return 2 ;;
	esac
}

# ask_membership METHOD SECONDS [LINE...]: of the role, for this node.
ask_membership() {
	local method=$1 limit=$2
	shift 2
	request "$method" "$api_uri/v1/role/$role_yrn" "$limit" get "data-urlencode = \"cuk=$cuk\"" \
		'data-urlencode = "extra=openstack-auto-v1"' "data-urlencode = \"tag=$node_name\"" "$@"
}

register() {
	# From here on K2HR3 may know this node, even if its answer gets lost.
	registered=yes
	ask_membership PUT "$request_seconds" "header = \"x-auth-token: R=$role_token\""
	judge 200 201
}

# unregister SECONDS: K2HR3 knows by the address who asks, so no token is needed.
unregister() {
	ask_membership DELETE "$1"
	# 403 and 404: it does not know this node, which is what is wanted.
	judge 200 204 403 404
}

# fetch_configuration: gets the INI file, and puts it where chmpx reads it when it is another one.
fetch_configuration() {
	local fetched=$config_dir/.k2hdkc.ini.new
	request GET "$api_uri/v1/resource/$(printf '%s' "$role_yrn" | sed 's/:role:/:resource:/')" "$request_seconds" \
		"header = \"x-auth-token: R=$role_token\""
	judge 200 || return
	if ! unescape_resource >"$fetched"; then
		problem="the answer holds no resource, or $config_dir cannot be written"
		return 2
	fi
	if [ -z "$(ini_value "$fetched" GLOBAL GROUP)" ]; then
		problem='the resource is no configuration of chmpx: it has no GROUP in [GLOBAL]'
		return 2
	fi
	if ! own_server "$fetched" >/dev/null; then
		problem="the resource does not list this node ($cuk). K2HR3 without room on its disk says that a node is registered and does not keep it"
		return 1
	fi
	install_configuration "$fetched"
}

# The string of the JSON member "resource" as it was before it was put into JSON.
unescape_resource() {
	awk -v cuk="$cuk" '
		{ text = text $0 }
		END {
			if (!match(text, /"resource"[ \t]*:[ \t]*"/)) exit 1
			text = substr(text, RSTART + RLENGTH)
			while (match(text, /["\\]/)) {
				plain = plain substr(text, 1, RSTART - 1)
				if (substr(text, RSTART, 1) == "\"") {
					gsub(/__SELF_INSTANCE_ID__/, cuk, plain)
					printf "%s", plain
					exit
				}
				mark = substr(text, RSTART + 1, 1)
				text = substr(text, RSTART + 2)
				if (mark == "n") plain = plain "\n"
				else if (mark == "t") plain = plain "\t"
				else if (mark == "u") text = substr(text, 5)
				else if (mark != "r") plain = plain mark
			}
			exit 1
		}' "$answer"
}

# install_configuration FILE: by rename, so that whoever reads sees the old or the new one. An unchanged one is left alone:
# chmpx would read it again.
install_configuration() {
	if [ -f "$ini" ] && [ "$(cat "$1")" = "$(cat "$ini")" ]; then
		rm -f "$1"
	elif mv -f "$1" "$ini"; then
		log "The configuration has $(ini_servers "$ini" | wc -l | tr -d ' ') server nodes."
	else
		problem="$ini cannot be written"
		return 2
	fi
	copy_configuration || log "$ini_copy cannot be written; a backup made by another container takes the default path of the database."
}

copy_configuration() {
	[ -f "$ini_copy" ] && [ "$(cat "$ini")" = "$(cat "$ini_copy")" ] && return
	cp "$ini" "$data_dir/.backup_k2hdkc.ini.new" && mv -f "$data_dir/.backup_k2hdkc.ini.new" "$ini_copy"
}
