#!/bin/sh
# SPDX-License-Identifier: MIT
# haproxy.sh - where HAProxy has its certificates, and how it takes new ones
#
# One file has certificate, intermediates and mostly the key.  What the runtime API changes is in
# memory alone, so the file is changed, too; without the API the server is reloaded.
# shellcheck disable=SC2034,SC2154 # CONFIG, SOCKET, SERVICE and work are of the head and common.sh

platform_here() {
	command -v haproxy >/dev/null 2>&1 || return 1
	[ -n "$CONFIG" ] || CONFIG=/etc/haproxy/haproxy.cfg
	[ -e "$CONFIG" ]
}

haproxy_lines() {
	if [ -d "$CONFIG" ]; then
		cat -- "$CONFIG"/*.cfg
	else
		cat -- "$CONFIG"
	fi | sed 's/^[ 	]*//; s/^#.*//; s/[ 	]#.*//'
}

# What follows a word on its line, each on a line of its own, without quotes.
haproxy_values() { # word
	haproxy_lines | awk -v word="$1" '{
		gsub(/"/, "")
		for (i = 1; i < NF; i++) if ($i == word) print $(i + 1)
	}'
}

haproxy_whole() { # path: below crt-base where it is no whole one
	case $1 in
	/* | @*) printf '%s\n' "$1" ;;
	*) printf '%s%s\n' "${base:+$base/}" "$1" ;;
	esac
}

haproxy_files() { # path: itself, or all in that folder
	if [ -d "$1" ]; then
		for one in "$1"/*; do
			[ ! -f "$one" ] || printf 'full\t%s\n' "$one"
		done
	else
		printf 'full\t%s\n' "$1"
	fi
}

platform_find() {
	base=$(haproxy_values crt-base | head -n 1)
	haproxy_values crt >"$work/haproxy.crt"
	haproxy_values crt-list >"$work/haproxy.lists"
	while read -r list; do
		[ ! -r "$list" ] || sed 's/#.*//' "$list" | awk 'NF { print $1 }' >>"$work/haproxy.crt"
	done <"$work/haproxy.lists"
	while read -r path; do
		haproxy_files "$(haproxy_whole "$path")"
	done <"$work/haproxy.crt"
}

platform_check() {
	haproxy -c -q -f "$CONFIG" >"$work/haproxy.said" 2>&1 || {
		cat "$work/haproxy.said" >&2
		return 1
	}
}

# --- The runtime API ---

haproxy_socket() {
	if [ -n "$SOCKET" ]; then
		printf '%s\n' "$SOCKET"
		return
	fi
	haproxy_lines | awk '$1 == "stats" && $2 == "socket" && /level admin/ { print $3; exit }' |
		sed 's/^unix@//'
}

haproxy_ask() { # reads the question
	socat -t 10 - "UNIX-CONNECT:$socket" 2>/dev/null
}

# As HAProxy calls the file: by the path in its configuration, which may lead there by a link.
haproxy_name() { # path
	echo 'show ssl cert' | haproxy_ask | grep -v '^[#*]' >"$work/haproxy.names"
	while read -r name; do
		[ "$(readlink -f -- "$name" 2>/dev/null)" != "$1" ] || {
			printf '%s\n' "$name"
			return
		}
	done <"$work/haproxy.names"
	return 1
}

haproxy_set() { # path: what is in the file, all or nothing
	name=$(haproxy_name "$1") || return 1
	{
		printf 'set ssl cert %s <<\n' "$name"
		# An empty line ends what is sent.
		sed -n '/^[[:space:]]*$/d;/-----BEGIN /,/-----END /p' "$1"
		printf '\n'
	} | haproxy_ask >"$work/haproxy.said"
	if grep -q -E 'Transaction (created|updated)' "$work/haproxy.said" &&
		printf 'commit ssl cert %s\n' "$name" | haproxy_ask | grep -q 'Success'; then
		return
	fi
	printf 'abort ssl cert %s\n' "$name" | haproxy_ask >/dev/null || :
	return 1
}

haproxy_api() {
	socket=$(haproxy_socket)
	[ -n "$socket" ] && [ -S "$socket" ] && command -v socat >/dev/null 2>&1 || return 1
	cut -f 3 "$work/files" | sort -u >"$work/haproxy.set"
	while read -r path; do
		haproxy_set "$path" || return 1
	done <"$work/haproxy.set"
}

haproxy_signal() { # a master takes new workers, and the old ones end what they have begun
	pidfile=$(haproxy_lines | awk '$1 == "pidfile" { print $2; exit }')
	for one in "$pidfile" /run/haproxy.pid /var/run/haproxy.pid; do
		if [ -z "$one" ] || [ ! -s "$one" ]; then
			continue
		fi
		kill -USR2 "$(head -n 1 "$one")" && return
	done
	return 1
}

platform_reload() {
	if haproxy_api; then
		return
	fi
	if [ "$CONFIG" = /etc/haproxy/haproxy.cfg ] && command -v systemctl >/dev/null 2>&1 &&
		systemctl reload -- "${SERVICE:-haproxy}" 2>/dev/null; then
		return
	fi
	haproxy_signal
}
