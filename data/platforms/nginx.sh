#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx.sh - where nginx has its certificates, and how it takes new ones
#
# ssl_certificate has the server's own first, then the intermediates.  ssl_trusted_certificate is
# never sent; a retired certificate in it is replaced all the same.
# shellcheck disable=SC2154 # CONFIG is of common.sh

nginx_run() {
	if [ -n "$CONFIG" ]; then
		nginx -c "$CONFIG" "$@"
	else
		nginx "$@"
	fi
}

platform_here() {
	command -v nginx >/dev/null 2>&1
}

# Paths that are not whole ones begin where the main file of the configuration is.
platform_find() {
	nginx_run -T 2>/dev/null >"$work/nginx.txt" || return 1
	awk -v quote="'" '
		/^# configuration file .*:$/ && !folder {
			folder = $0
			sub(/^# configuration file /, "", folder)
			sub(/[^\/]*$/, "", folder)
			next
		}
		{ sub(/(^|[ \t])#.*/, ""); text = text " " $0 }
		END {
			count = split(text, parts, /[;{}]/)
			for (i = 1; i <= count; i++) {
				part = parts[i]
				gsub(/^[ \t]+|[ \t]+$/, "", part)
				kind = ""
				if (part ~ /^ssl_certificate[ \t]/) kind = "full"
				if (part ~ /^ssl_trusted_certificate[ \t]/) kind = "trusted"
				if (!kind) continue
				sub(/^[a-z_]+[ \t]+/, "", part)
				gsub("[\"" quote "]", "", part)
				if (part ~ /^(data|engine|store):/ || part ~ /\$/) continue
				print kind "\t" (part ~ /^\// ? "" : folder) part
			}
		}' "$work/nginx.txt"
}

platform_check() {
	nginx_run -t -q
}

platform_reload() {
	nginx_run -s reload 2>/dev/null
}
