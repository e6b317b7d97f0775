#!/bin/sh
# SPDX-License-Identifier: MIT
# java-keystore.sh - a keystore of Java that is named: of WebLogic, of an appliance, of an own program
#
# --file names it, or the plan does (the label certificate_file); --password-file has its password.
# Programs read a keystore when they start: --reload is a command that makes this one do it again,
# for WebLogic "Restart SSL" of the console or its REST interface.
# shellcheck disable=SC2034,SC2154 # what it reads is of the head, what it sets of common.sh

platform_here() {
	find_keytool || return 1
	if [ -z "$FILE" ] && [ -z "$CERTIFICATE_FILE" ]; then
		printf '%s\n' 'which keystore has the certificate? --file FILE names it' >&2
		return 1
	fi
	[ -n "$PASSWORD_FILE" ] || {
		printf '%s\n' 'the password of the keystore is in which file? --password-file FILE' >&2
		return 1
	}
	make_access 0 '' '' ''
	[ -n "$SERVICE$RELOAD" ] || reload=no
}

platform_find() {
	return 1
}

platform_check() {
	return 0
}

platform_reload() {
	systemctl restart -- "$SERVICE"
}
