#!/bin/sh
# SPDX-License-Identifier: MIT
# dovecot.sh - where Dovecot has its certificates, and how it takes new ones
#
# ssl_server_cert_file (2.4) or ssl_cert (before) has the certificate first, then the intermediates;
# local_name and local blocks may have their own.
# shellcheck disable=SC2154 # CONFIG and work are of common.sh

dovecot_run() { # doveconf or doveadm, word...
	tool=$1
	shift
	if [ -n "$CONFIG" ]; then
		"$tool" -c "$CONFIG" "$@"
	else
		"$tool" "$@"
	fi
}

platform_here() {
	command -v doveconf >/dev/null 2>&1 && command -v doveadm >/dev/null 2>&1
}

platform_find() {
	dovecot_run doveconf -n >"$work/dovecot.txt" 2>/dev/null || return 1
	sed -n -E 's/^[ 	]*(ssl_server_cert_file|ssl_server_alt_cert_file|ssl_cert|ssl_alt_cert)[ 	]*=[ 	]*<?[ 	]*//p' \
		"$work/dovecot.txt" | sed 's/^"//; s/"$//; s/[ 	]*$//' | sed -n 's/^\(\/.*\)$/full	\1/p'
}

platform_check() {
	dovecot_run doveconf -n >/dev/null
}

platform_reload() {
	dovecot_run doveadm reload 2>/dev/null
}
