#!/bin/sh
# SPDX-License-Identifier: MIT
# limbo.sh SUITE FILE [OPTION...] - hands a suite, plain or gzip, to the program that judges it
set -eu
suite=$1 file=$2
shift 2
[ -r "$file" ] || {
	echo "limbo: $file cannot be read" >&2
	exit 2
}
if gzip -t "$file" 2>/dev/null; then
	gzip -dc "$file" | "$suite" - "$@"
else
	"$suite" "$file" "$@"
fi
