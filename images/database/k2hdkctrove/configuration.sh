# Reads the INI file that K2HR3 makes for this node.
# shellcheck shell=dash

# ini_value FILE SECTION KEY: the first value of a key in a section.
ini_value() {
	awk -v section="[$2]" -v key="$3" '
		{ sub(/\r$/, ""); gsub(/^[ \t]+|[ \t]+$/, "") }
		/^\[/ { inside = ($0 == section) }
		inside && index($0, "=") {
			name = substr($0, 1, index($0, "=") - 1)
			value = substr($0, index($0, "=") + 1)
			gsub(/[ \t]/, "", name)
			sub(/^[ \t]+/, "", value)
			if (name == key) { print value; exit }
		}' "$1" 2>/dev/null
}

# ini_servers FILE: the server nodes in their order, a line each: NAME|CTLPORT|CUK|CUSTOM_ID_SEED|CTLENDPOINTS
ini_servers() {
	awk -v global="$(ini_value "$1" GLOBAL CTLPORT)" '
		function finish() {
			if (in_server) {
				port = ("CTLPORT" in field) ? field["CTLPORT"] : global
				print field["NAME"] "|" port "|" field["CUK"] "|" field["CUSTOM_ID_SEED"] "|" field["CTLENDPOINTS"]
			}
			split("", field)
		}
		{ sub(/\r$/, ""); gsub(/^[ \t]+|[ \t]+$/, "") }
		/^\[/ { finish(); in_server = ($0 == "[SVRNODE]") }
		in_server && index($0, "=") {
			name = substr($0, 1, index($0, "=") - 1)
			value = substr($0, index($0, "=") + 1)
			gsub(/[ \t]/, "", name)
			sub(/^[ \t]+/, "", value)
			field[name] = value
		}
		END { finish() }' "$1"
}

# own_server FILE: the line of ini_servers that is this node.
own_server() {
	ini_servers "$1" | awk -F '|' -v cuk="$(ini_value "$1" GLOBAL SELFCUK)" '$3 == cuk { print; found = 1; exit } END { exit !found }'
}

# earlier_servers FILE: those that are listed before this node.
earlier_servers() {
	ini_servers "$1" | awk -F '|' -v cuk="$(ini_value "$1" GLOBAL SELFCUK)" '$3 == cuk { exit } { print }'
}

# other_servers FILE: all but this node.
other_servers() {
	ini_servers "$1" | awk -F '|' -v cuk="$(ini_value "$1" GLOBAL SELFCUK)" '$3 != cuk'
}
