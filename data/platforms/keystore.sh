#!/bin/sh
# SPDX-License-Identifier: MIT
# keystore.sh - keystores of Java (JKS and PKCS#12): what is in them, and another chain behind a key
#
# A chain is part of the key's entry.  An intermediate that is added under a name of its own does
# not change it; the entry gets a new chain when the certificates are imported under its own alias
# as the answer of the CA, the server's own first.  keytool then adds the root to the chain where
# the keystore trusts it (or all those of Java, with -trustcacerts), so a trusted root is put aside
# meanwhile.  It works on a copy; passwords are in files, since arguments are seen by everybody.
# shellcheck disable=SC2034,SC2153,SC2154 # assigned by the head and common.sh, used by them

FILE_KIND=keystore
KEYTOOL=''

find_keytool() {
	for KEYTOOL in "${JAVA_HOME:+$JAVA_HOME/bin/keytool}" "$(command -v keytool)"; do
		[ -z "$KEYTOOL" ] || [ ! -x "$KEYTOOL" ] || return 0
	done
	printf '%s\n' 'keytool of Java is not installed' >&2
	return 1
}

# What is needed to open a keystore lies in a folder: password, and where they are known type and
# key (the password of the key, where that is another).
make_access() { # number, password, type, password of the key
	access=$work/access.$1
	mkdir -p "$access"
	if [ -n "$PASSWORD_FILE" ]; then
		cat -- "$PASSWORD_FILE" >"$access/password"
	else
		printf '%s\n' "$2" >"$access/password"
	fi
	printf '%s' "$3" >"$access/type"
	[ -z "$4" ] || [ "$4" = "$2" ] || printf '%s\n' "$4" >"$access/key"
}

keystore_tool() { # keystore, access, word...
	store=$1 access=$2
	shift 2
	set -- "$@" -keystore "$store" -storepass:file "$access/password"
	[ ! -s "$access/type" ] || set -- "$@" -storetype "$(cat "$access/type")"
	"$KEYTOOL" -J-Duser.language=en "$@" </dev/null
}

# Each certificate a block named by its fingerprint, and beside the folder a list of them:
# fingerprint, tab, "own" or "trusted", tab, alias.
keystore_blocks() { # keystore, folder, access
	mkdir -p "$2"
	keystore_tool "$1" "$3" -list -rfc >"$2.txt" 2>&1 || {
		sed -n '/^keytool error/p' "$2.txt" >&2
		return 1
	}
	awk -v folder="$2" '
		/^Alias name: / { alias = substr($0, 13) }
		/^Entry type: / { kind = $3 == "PrivateKeyEntry" ? "own" : "trusted" }
		/^-----BEGIN CERTIFICATE-----/ {
			block = sprintf("%s/%04d.crt", folder, ++count)
			print block "\t" kind "\t" alias
			inside = 1
		}
		inside { print > block }
		/^-----END / { if (inside) close(block); inside = 0 }' "$2.txt" >"$2.blocks"
	while IFS=$TAB read -r block kind alias; do
		printf '%s\t%s\t%s\n' "$(print_of "$block")" "$kind" "$alias"
	done <"$2.blocks" >"$2.entries"
	name_blocks "$2"
}

chain_of() { # folder, alias: the fingerprints of the entry, one a line
	awk -F '\t' -v alias="$2" '$2 == "own" && $3 == alias { print $1 }' "$1.entries"
}

keystore_aliases() { # folder: entries whose own certificate is the one that is served
	awk -F '\t' -v leaf="$LEAF_SHA256" '
		$2 == "own" && $3 != last && $1 == leaf { print $3 }
		{ last = $2 == "own" ? $3 : "" }' "$1.entries"
}

import_reply() { # keystore, access, alias, file
	set -- "$1" "$2" -importcert -noprompt -alias "$3" -file "$4"
	[ ! -s "$2/key" ] || set -- "$@" -keypass:file "$2/key"
	keystore_tool "$@" >"$work/keytool.txt" 2>&1 || {
		cat "$work/keytool.txt" >&2
		return 1
	}
}

# Trusted certificates that keytool put at the end of a chain: fingerprint, tab, alias.
appended() { # folder, alias
	chain_of "$1" "$2" >"$work/chain.now"
	while read -r print; do
		for one in $LEAF_SHA256 $NEW_SHA256; do [ "$one" != "$print" ] || continue 2; done
		awk -F '\t' -v print="$print" '$2 == "trusted" && $1 == print { print $1 "\t" $3 }' "$1.entries"
	done <"$work/chain.now"
}

set_chain() { # keystore, access, alias, folder to read it into
	cat "$(block_of "$4" "$LEAF_SHA256")" "$work/chain.pem" >"$work/reply.pem"
	import_reply "$1" "$2" "$3" "$work/reply.pem" || return 1
	keystore_blocks "$1" "$4.then" "$2" || return 1
	appended "$4.then" "$3" >"$work/aside"
	[ -s "$work/aside" ] || return 0
	while IFS=$TAB read -r print other; do
		cp "$(block_of "$4.then" "$print")" "$work/aside.$print"
		keystore_tool "$1" "$2" -delete -alias "$other" >/dev/null 2>&1 || return 1
	done <"$work/aside"
	import_reply "$1" "$2" "$3" "$work/reply.pem" || return 1
	while IFS=$TAB read -r print other; do
		keystore_tool "$1" "$2" -importcert -noprompt -alias "$other" \
			-file "$work/aside.$print" >/dev/null 2>&1 || return 1
	done <"$work/aside"
}

has_chain() { # folder, alias
	{
		printf '%s\n' "$LEAF_SHA256"
		# shellcheck disable=SC2086 # a list of words
		printf '%s\n' $NEW_SHA256
	} >"$work/chain.wanted"
	chain_of "$1" "$2" | cmp -s - "$work/chain.wanted"
}

trusted_old() { # folder: aliases of retired certificates that the keystore trusts
	for print in $OLD_SHA256; do
		awk -F '\t' -v print="$print" '$2 == "trusted" && $1 == print { print $3 }' "$1.entries"
	done
}

# The keystore as it should be; 1 when it is.
keystore_content() { # keystore, folder, access, file
	changed=''
	cp -- "$1" "$4"
	keystore_aliases "$2" >"$work/aliases"
	while IFS= read -r alias; do
		has_chain "$2" "$alias" && continue
		changed=yes
		set_chain "$4" "$3" "$alias" "$2" || die 1 "keytool could not change the entry $alias of $1"
	done <"$work/aliases"
	trusted_old "$2" >"$work/aliases"
	while IFS= read -r alias; do
		changed=yes
		keystore_tool "$4" "$3" -delete -alias "$alias" >/dev/null 2>&1 ||
			die 1 "keytool could not delete the entry $alias of $1"
	done <"$work/aliases"
	[ -n "$changed" ]
}
