#!/bin/sh
# SPDX-License-Identifier: MIT
# generic.sh - a server that nobody knows: the file is named, and reloading is somebody else's
#
# The plan may name the file (the label certificate_file), or --file does; the label service names
# a unit of systemd that can be reloaded.
# shellcheck disable=SC2034,SC2154 # what it reads is of the head, what it sets of common.sh

platform_here() {
	if [ -z "$FILE" ] && [ -z "$CERTIFICATE_FILE" ]; then
		printf '%s\n' 'which file has the certificate? --file FILE names it' >&2
		return 1
	fi
	[ -n "$SERVICE" ] || reload=no
}

platform_find() {
	return 1
}

platform_check() {
	return 0
}

platform_reload() {
	systemctl reload -- "$SERVICE"
}
