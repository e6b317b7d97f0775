#!/bin/sh
# SPDX-License-Identifier: MIT
# keystore.sh - keystores of Java (JKS and PKCS#12): what is in them, and another chain behind a key
#
# A chain is part of the key's entry.  An intermediate that is added under a name of its own does
# not change it; the entry gets a new chain when the certificates are imported under its own alias
# as the answer of the CA, the server's own first.  -trustcacerts would add the root to it.
#
# When Java reads a PKCS#12 it puts chains together again by the names of all certificates in the
# file.  So a retired intermediate must be in none of its entries, since it has the name of the
# current one, and a root that the keystore trusts is sent: that does no harm and is left.
#
# keytool works on a copy; passwords are in files, since arguments are seen by everybody.
# shellcheck disable=SC2034,SC2153,SC2154 # assigned by the head and common.sh, used by them

FILE_KIND=keystore
MAY_SEND_ROOT=yes
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
		{ sub(/\r$/, "") }
		/^Alias name: / { alias = substr($0, 13) }
		/^Entry type: / { kind = $3 == "PrivateKeyEntry" ? "own" : "trusted" }
		/^-----BEGIN CERTIFICATE-----/ {
			block = sprintf("%s/%04d.crt", folder, ++count)
			print block "\t" kind "\t" alias
			inside = 1
		}
		inside { print > block }
		/^-----END / { if (inside) close(block); inside = 0 }' "$2.txt" >"$2.blocks"
	while IFS=$TAB read -r block role alias; do
		printf '%s\t%s\t%s\n' "$(print_of "$block")" "$role" "$alias"
	done <"$2.blocks" >"$2.entries"
	name_blocks "$2"
}

chain_of() { # folder, alias: the fingerprints of the entry, one a line
	alias=$2 awk -F '\t' '$2 == "own" && $3 == ENVIRON["alias"] { print $1 }' "$1.entries"
}

# Entries with the certificate that is served, and others that have a retired one in their chain.
keystore_aliases() { # folder
	awk -F '\t' -v leaf="$LEAF_SHA256" -v old="$OLD_SHA256" '
		BEGIN { count = split(old, words, " "); for (i = 1; i <= count; i++) retired[words[i]] }
		$2 != "own" { last = ""; next }
		{ first = $3 != last; last = $3 }
		first && $1 == leaf || !first && $1 in retired {
			if (!($3 in told)) print $3
			told[$3]
		}' "$1.entries"
}

import_reply() { # keystore, access, alias, file
	set -- "$1" "$2" -importcert -noprompt -alias "$3" -file "$4"
	[ ! -s "$2/key" ] || set -- "$@" -keypass:file "$2/key"
	keystore_tool "$@" >"$work/keytool.txt" 2>&1 || {
		cat "$work/keytool.txt" >&2
		return 1
	}
}

set_chain() { # keystore, access, alias, folder
	leaf=$(block_of "$4" "$(chain_of "$4" "$3" | sed 1q)")
	openssl verify -partial_chain -no_check_time -CAfile "$work/new.1" "$leaf" >/dev/null 2>&1 || return 1
	cat "$leaf" "$work/chain.pem" >"$work/reply.pem"
	import_reply "$1" "$2" "$3" "$work/reply.pem"
}

# Behind what is wanted there may be a root that the keystore trusts.
has_chain() { # folder, alias
	chain_of "$1" "$2" | sed 1d >"$work/chain.now"
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' $NEW_SHA256 >"$work/chain.wanted"
	sed "$(wc -l <"$work/chain.wanted")q" "$work/chain.now" | cmp -s - "$work/chain.wanted" &&
		! has_retired "$work/chain.now"
}

has_retired() { # file with fingerprints
	for print in $OLD_SHA256; do
		grep -q "$print" "$1" && return 0
	done
	return 1
}

trusted_old() { # folder: aliases of retired certificates that the keystore trusts
	for print in $OLD_SHA256; do
		awk -F '\t' -v sha256="$print" '$2 == "trusted" && $1 == sha256 { print $3 }' "$1.entries"
	done
}

# The keystore as it should be; 1 when it is.
keystore_content() { # keystore, folder, access, file
	keystore_aliases "$2" >"$work/aliases"
	trusted_old "$2" >"$work/retired"
	while IFS= read -r alias; do
		has_chain "$2" "$alias" || printf '%s\n' "$alias"
	done <"$work/aliases" >"$work/wrong"
	[ -s "$work/wrong" ] || [ -s "$work/retired" ] || return 1
	cp -- "$1" "$4"
	while IFS= read -r alias; do
		keystore_tool "$4" "$3" -delete -alias "$alias" >/dev/null 2>&1 ||
			die 1 "keytool could not delete the entry $alias of $1"
	done <"$work/retired"
	while IFS= read -r alias; do
		set_chain "$4" "$3" "$alias" "$2" || die 1 "the entry $alias of $1 could not be changed"
	done <"$work/wrong"
	keystore_blocks "$4" "$2.then" "$3" || die 1 "what keytool made of $1 cannot be read"
	while IFS= read -r alias; do
		has_chain "$2.then" "$alias" || die 1 "keytool made another chain of the entry $alias of $1"
	done <"$work/aliases"
}
