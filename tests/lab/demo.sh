#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh [CHAINMEND [LAB [OPTION...]]] - shows chainmend on a fleet in every state (demo.py)
set -eu
here=$(dirname "$0")
chainmend=${1:-$here/../../build/chainmend}
lab=${2:-$here/../../build/tests/lab}
[ $# -lt 2 ] || shift
[ $# -lt 1 ] || shift
for program in "$chainmend" "$lab"; do
	[ -x "$program" ] || {
		echo "demo: $program is missing: ./dev build, ninja -C build tests/lab" >&2
		exit 2
	}
done
exec python3 -B "$here/demo.py" --out "${DEMO_OUT:-$here/../../build/demo}" "$@" "$chainmend" "$lab"
