#!/bin/sh
# SPDX-License-Identifier: MIT
# postfix.sh - where Postfix has its certificates, and how it takes new ones
#
# smtpd_tls_chain_files (from 3.4 on) has key, certificate, intermediates in this order, in one file
# or several; smtpd_tls_cert_file has the certificate first.  A service of master.cf may have its own.
# shellcheck disable=SC2154 # CONFIG and work are of common.sh

postfix_conf() {
	if [ -n "$CONFIG" ]; then
		postconf -c "$CONFIG" "$@"
	else
		postconf "$@"
	fi
}

postfix_run() {
	if [ -n "$CONFIG" ]; then
		postfix -c "$CONFIG" "$@"
	else
		postfix "$@"
	fi
}

platform_here() {
	command -v postconf >/dev/null 2>&1 && command -v postfix >/dev/null 2>&1
}

# Maps of server names have keys and certificates of their own; they are made of text files.
postfix_maps() {
	postfix_conf -h -x tls_server_sni_maps 2>/dev/null | tr -s ' ,' '\n' | grep -E '^(hash|btree|lmdb|cdb|dbm|texthash):' || :
}

platform_find() {
	{
		postfix_conf -n -x 2>/dev/null || return 1
		postfix_conf -P -x 2>/dev/null || :
	} | sed -n -E 's/.*smtpd_tls_(chain_files|cert_file|eccert_file|dcert_file)[ 	]*=[ 	]*//p' \
		>"$work/postfix.values"
	postfix_maps | while IFS=: read -r _ map; do
		[ ! -r "$map" ] || sed 's/^#.*//; s/^[^ 	]*//' "$map"
	done >>"$work/postfix.values"
	tr -s ' ,	' '\n' <"$work/postfix.values" | sed -n 's/^\(\/.*\)$/full	\1/p'
}

platform_check() {
	postfix_run check 2>"$work/postfix.said" || {
		cat "$work/postfix.said" >&2
		return 1
	}
}

platform_reload() {
	postfix_maps >"$work/postfix.maps"
	while read -r map; do
		case $map in texthash:*) continue ;; esac
		postmap -F "$map" || return 1
	done <"$work/postfix.maps"
	postfix_run reload 2>/dev/null
}
