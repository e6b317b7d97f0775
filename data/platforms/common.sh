#!/bin/sh
# SPDX-License-Identifier: MIT
# common.sh - the part of a script that is the same for all servers with certificates in files
#
# Before it stand assignments, and a part that knows the server: platform_here, platform_find,
# platform_check, platform_reload.  platform_find prints a line for each file that may matter:
# a kind, a tab, a path; "full" has the server's own certificate and those above it, "trusted" has
# certificates that are never sent, "pair" has the server's own alone, with a second path behind a
# second tab for those above it; "keystore" is one of Java, with what opens it behind a second tab
# (keystore.sh).
#
# What the server has of its own, certificate and key, is never taken from anywhere but the server.
# shellcheck disable=SC2034,SC2153,SC2154 # assigned by the head, used by the platform's part
set -eu
LC_ALL=C
export LC_ALL
umask 077

TAB=$(printf '\t')
here=$(dirname "$0")
mode=apply
CONFIG=''
FILE=''
FILE_KIND=${FILE_KIND:-full}
PASSWORD_FILE=''
RELOAD=''
PATIENCE=15
WAIT=''
SOCKET=''
reload=yes
work=''
changing=''
stamp=$(date -u +%Y%m%dT%H%M%SZ)-$$

usage() {
	cat <<'END'
usage: sh THIS [OPTION...]
Puts the right certificates behind the server's own, and looks at what is sent then.
  --dry-run      say what would be done, and change nothing
  --verify       only look at what the server sends
  --undo         take the last run back
  --config FILE  the server's configuration, where it is not in its usual place
  --file FILE    the file with the server's certificate, instead of looking for it
  --socket FILE  the runtime API of HAProxy, where its configuration does not name it
  --reload COMMAND  how the server is made to read its files again, instead of the usual way
  --wait SECONDS how long what is sent may take to change
  --password-file FILE  the password of a keystore of Java
  --no-reload    change files only; whoever runs the server reloads it
Exit status: 0 done, or nothing to do; 1 failed, and rolled back; 2 wrong usage, or not this server.
END
}

say() {
	printf '%s\n' "$*"
}

die() { # status, words
	status=$1
	shift
	printf '%s\n' "$*" >&2
	exit "$status"
}

# --- Certificates ---

split_pem() { # file, folder: each block a file of it, by kind: .crt, .key, .pem
	mkdir -p "$2"
	awk -v folder="$2" '
		/-----BEGIN / {
			kind = "pem"
			if ($0 ~ /CERTIFICATE-----/) kind = "crt"
			if ($0 ~ /PRIVATE KEY-----/) kind = "key"
			out = sprintf("%s/%04d.%s", folder, ++count, kind)
			inside = 1
		}
		inside { sub(/\r$/, ""); print > out }
		/-----END / { if (inside) close(out); inside = 0 }' "$1"
}

print_of() { # file with one certificate: its SHA-256
	openssl x509 -in "$1" -noout -fingerprint -sha256 2>/dev/null |
		sed 's/.*=//; s/://g' | tr A-F a-f
}

# Names each block of a certificate by its fingerprint: 0001-HEX.crt.
name_blocks() { # folder
	for block in "$1"/*.crt; do
		[ -e "$block" ] || continue
		print=$(print_of "$block")
		[ -z "$print" ] || mv "$block" "${block%.crt}-$print.crt"
	done
}

blocks_of() { # file, folder: split once
	[ -d "$2" ] && return
	split_pem "$1" "$2"
	name_blocks "$2"
}

block_of() { # folder, fingerprint: the file of the first block that is it
	for block in "$1"/*-"$2".crt; do
		[ -e "$block" ] || return 1
		printf '%s\n' "$block"
		return
	done
}

word() { # number, word...
	shift "$1"
	printf '%s\n' "$1"
}

fetch() { # url, file
	if command -v curl >/dev/null 2>&1; then
		curl -fsSL --max-time 30 -o "$2" -- "$1"
	elif command -v wget >/dev/null 2>&1; then
		wget -q -T 30 -O "$2" -- "$1"
	else
		return 1
	fi
}

as_pem() { # file, file: one certificate, PEM or DER, as PEM
	openssl x509 -in "$1" -out "$2" 2>/dev/null ||
		openssl x509 -inform DER -in "$1" -out "$2" 2>/dev/null
}

# Looks for one certificate wherever it may be: beside this script, in the server's files, at the CA.
get_certificate() { # fingerprint, name of its file, url, where to
	for folder in "$work"/blocks.*; do
		if [ -d "$folder" ] && block=$(block_of "$folder" "$1"); then
			cp "$block" "$4"
			return
		fi
	done
	if [ -f "$here/$2" ] && as_pem "$here/$2" "$4" && [ "$(print_of "$4")" = "$1" ]; then
		return
	fi
	[ "$3" != - ] || return 1
	if fetch "$3" "$work/fetched" && as_pem "$work/fetched" "$4"; then
		# A CA may keep the new certificate where the old one was, or the other way round.
		[ "$(print_of "$4")" != "$1" ] || return 0
		printf '%s\n' "$3 brings another certificate than the one that is wanted" >&2
	fi
	return 1
}

make_chain() { # $work/chain.pem, every certificate of it by its fingerprint
	[ -z "$CHAIN_FILE" ] || [ ! -f "$here/$CHAIN_FILE" ] ||
		blocks_of "$here/$CHAIN_FILE" "$work/blocks.chain"
	: >"$work/chain.pem"
	number=0
	for print in $NEW_SHA256; do
		number=$((number + 1))
		# shellcheck disable=SC2086 # lists of words
		name=$(word "$number" $NEW_FILES) url=$(word "$number" $NEW_URLS)
		get_certificate "$print" "$name" "$url" "$work/new.$number" ||
			die 1 "the certificate with SHA-256 $print is neither here nor to be had"
		cat "$work/new.$number" >>"$work/chain.pem"
	done
	[ "$number" -gt 0 ] || die 1 'the plan names no certificates'
}

# --- Files ---

find_files() { # $work/files: kind, tab, path[, tab, path]
	# What opens a keystore that was named is where keystore.sh put it.
	if [ -n "$FILE" ]; then
		printf '%s\t%s\t%s\n' "$FILE_KIND" "$FILE" "$work/access.0" >"$work/candidates"
	elif [ -n "$CERTIFICATE_FILE" ] && [ -f "$CERTIFICATE_FILE" ]; then
		printf '%s\t%s\t%s\n' "$FILE_KIND" "$CERTIFICATE_FILE" "$work/access.0" >"$work/candidates"
	else
		platform_find >"$work/candidates" || die 2 'the configuration cannot be read'
	fi
	sort -u "$work/candidates" >"$work/sorted"
	: >"$work/files"
	number=0
	while IFS=$TAB read -r kind path chain; do
		number=$((number + 1))
		if [ ! -f "$path" ] || [ ! -r "$path" ]; then
			continue
		fi
		path=$(readlink -f -- "$path")
		if [ "$kind" = keystore ]; then
			keystore_blocks "$path" "$work/blocks.$number" "$chain" || continue
		else
			blocks_of "$path" "$work/blocks.$number"
		fi
		if [ "$kind" = trusted ]; then
			has_old "$work/blocks.$number" || continue
		else
			block_of "$work/blocks.$number" "$LEAF_SHA256" >/dev/null || continue
		fi
		[ -z "$chain" ] || [ ! -e "$chain" ] || chain=$(readlink -f -- "$chain")
		printf '%s\t%s\t%s\t%s\n' "$kind" "$number" "$path" "$chain" >>"$work/files"
	done <"$work/sorted"
	grep -q -v '^trusted' "$work/files" || die 2 \
		"no file of this server has the certificate with SHA-256 $LEAF_SHA256; --file names it"
}

has_old() { # folder
	for print in $OLD_SHA256; do
		block_of "$1" "$print" >/dev/null && return 0
	done
	return 1
}

# The server's own certificate, then the chain; what is no certificate keeps its side of them.  With
# several keys there are several certificates of its own: then only what follows this one goes.
arrange_full() { # folder, without the chain?
	leaf=$(block_of "$1" "$LEAF_SHA256")
	keys=0
	for block in "$1"/*.key; do
		[ ! -e "$block" ] || keys=$((keys + 1))
	done
	state=before
	for block in "$1"/*; do
		if [ "$block" = "$leaf" ]; then
			cat "$block"
			[ -n "$2" ] || cat "$work/chain.pem"
			state=behind
			continue
		fi
		case $block in
		*.crt)
			if [ "$keys" -le 1 ] || [ "$state" = behind ]; then
				continue
			fi
			;;
		*)
			[ "$keys" -le 1 ] || [ "$state" = before ] || state=past
			;;
		esac
		cat "$block"
	done
}

arrange_trusted() { # folder
	for block in "$1"/*; do
		old=''
		for print in $OLD_SHA256; do
			case $block in *-"$print".crt) old=yes ;; esac
		done
		[ -n "$old" ] || cat "$block"
	done
	number=0
	for print in $NEW_SHA256; do
		number=$((number + 1))
		block_of "$1" "$print" >/dev/null || cat "$work/new.$number"
	done
}

note_change() { # path, file with what is to be there
	# How it is written does not matter, what is in it does.
	if [ -f "$1" ]; then
		grep -v '^[[:space:]]*$' "$1" | tr -d '\r' |
			sed -n '/-----BEGIN /,/-----END /p' >"$work/present"
		cmp -s "$work/present" "$2" && return
	fi
	printf '%s\t%s\n' "$2" "$1" >>"$work/changes"
}

find_changes() { # $work/changes: new content, tab, path
	: >"$work/changes"
	while IFS=$TAB read -r kind number path chain; do
		blocks="$work/blocks.$number"
		case $kind in
		full) arrange_full "$blocks" '' >"$work/content.$number" ;;
		trusted) arrange_trusted "$blocks" >"$work/content.$number" ;;
		pair)
			arrange_full "$blocks" alone >"$work/content.$number"
			note_change "$chain" "$work/chain.pem"
			;;
		esac
		if [ "$kind" != keystore ]; then
			note_change "$path" "$work/content.$number"
		elif keystore_content "$path" "$blocks" "$chain" "$work/content.$number"; then
			printf '%s\t%s\n' "$work/content.$number" "$path" >>"$work/changes"
		fi
	done <"$work/files"
	! command -v platform_changes >/dev/null || platform_changes
}

check_issuer() { # the first of the chain has to have issued the server's own certificate
	while IFS=$TAB read -r kind number path chain; do
		[ "$kind" != trusted ] || continue
		leaf=$(block_of "$work/blocks.$number" "$LEAF_SHA256")
		openssl verify -partial_chain -no_check_time -CAfile "$work/new.1" "$leaf" >/dev/null 2>&1 ||
			die 1 "the first certificate of the chain did not issue the one in $path"
	done <"$work/files"
}

# --- What the server sends ---

look_by_chainmend() {
	profile=$PROFILE
	[ ! -f "$here/$PROFILE" ] || profile=$here/$PROFILE
	"${CHAINMEND:-chainmend}" scan -q --no-progress --offline --revocation none --probe none \
		--profile "$profile" -f ndjson "$TARGET" 2>/dev/null |
		sed 's/.*"chain":\[//; s/\],"validation":.*//; s/\],"paths":.*//' |
		grep -o '"sha256":"[0-9a-f]*"' | sed 's/.*:"//; s/"//'
}

look_by_openssl() {
	place=$ADDRESS
	case $place in *:*) place="[$place]" ;; esac
	set -- -connect "$place:$PORT" -showcerts
	case $LOOK in
	rsa) set -- "$@" -tls1_2 -cipher aRSA ;;
	ecdsa) set -- "$@" -tls1_2 -cipher aECDSA ;;
	tls1.2) set -- "$@" -tls1_2 ;;
	esac
	if [ -n "$SNI" ]; then
		set -- "$@" -servername "$SNI"
	else
		set -- "$@" -noservername
	fi
	[ -z "$STARTTLS" ] || set -- "$@" -starttls "$STARTTLS"
	rm -rf "$work/sent"
	openssl s_client "$@" </dev/null 2>/dev/null >"$work/sent.txt" || :
	split_pem "$work/sent.txt" "$work/sent"
	for block in "$work/sent"/*.crt; do
		[ ! -e "$block" ] || print_of "$block"
	done
}

look() { # the fingerprints of what is sent, in order
	if [ "$LOOK" = main ] && command -v "${CHAINMEND:-chainmend}" >/dev/null 2>&1; then
		look_by_chainmend || :
	elif [ "$STARTTLS" != none ]; then
		look_by_openssl
	fi
}

is_sent() { # is it what it should be?
	{
		printf '%s\n' "$LEAF_SHA256"
		# shellcheck disable=SC2086 # a list of words
		printf '%s\n' $NEW_SHA256
	} >"$work/wanted"
	look >"$work/seen"
	if [ "${MAY_SEND_ROOT:-no}" = yes ]; then
		sed "$(wc -l <"$work/wanted")q" "$work/seen" | cmp -s - "$work/wanted" || return 1
		if has_retired "$work/seen"; then
			return 1
		fi
	else
		cmp -s "$work/wanted" "$work/seen"
	fi
}

verify() { # new workers may take some seconds
	tries=0
	until is_sent; do
		tries=$((tries + 1))
		[ "$tries" -lt "$1" ] || return 1
		sleep 1
	done
}

tell() { # of what is sent
	if [ ! -s "$work/seen" ]; then
		say "$TARGET: nothing could be read"
		return
	fi
	say "$TARGET sends:"
	while read -r print; do
		as='not in the plan'
		[ "$print" != "$LEAF_SHA256" ] || as='its own'
		for one in $NEW_SHA256; do [ "$one" != "$print" ] || as='as planned'; done
		for one in $OLD_SHA256; do [ "$one" != "$print" ] || as='RETIRED'; done
		say "  $print $as"
	done <"$work/seen"
}

# --- Changing ---

reload_server() {
	if [ -n "$RELOAD" ]; then
		sh -c "$RELOAD"
	else
		platform_reload
	fi
}

replace() { # content, path
	next="$2.chainmend.$$"
	if [ -e "$2" ]; then
		cp -p -- "$2" "$next" && cat -- "$1" >"$next" || return 1
	else
		cp -- "$1" "$next" && chmod 644 -- "$next" || return 1
	fi
	mv -f -- "$next" "$2"
}

back_up() {
	# All that one run changes, wherever it is, is taken back together.
	cut -f 2 "$work/changes" >"$work/run"
	while IFS=$TAB read -r content path; do
		folder=$(dirname -- "$path")/chainmend-backup-$stamp
		mkdir -p -- "$folder"
		if [ -e "$path" ]; then
			cp -p -- "$path" "$folder/$(basename -- "$path")"
		else
			: >"$folder/$(basename -- "$path").absent"
		fi
		cp -- "$work/run" "$folder/chainmend-run"
	done <"$work/changes"
}

restore() { # backup folder, path
	name=$(basename -- "$2")
	if [ -e "$1/$name" ]; then
		replace "$1/$name" "$2"
	elif [ -e "$1/$name.absent" ]; then
		rm -f -- "$2"
	fi
}

roll_back() {
	changing=''
	say 'rolling back'
	while IFS=$TAB read -r content path; do
		rm -f -- "$path.chainmend.$$"
		folder=$(dirname -- "$path")/chainmend-backup-$stamp
		restore "$folder" "$path"
	done <"$work/changes"
	while IFS=$TAB read -r content path; do
		folder=$(dirname -- "$path")/chainmend-backup-$stamp
		[ ! -d "$folder" ] || mv -- "$folder" "$folder.rolled-back"
	done <"$work/changes"
	[ "$reload" = no ] || reload_server || say 'the server could not be reloaded: look at it now'
}

give_up() {
	printf '%s\n' "$*" >&2
	roll_back
	exit 1
}

clean_up() {
	status=$?
	trap - EXIT
	[ -z "$changing" ] || {
		roll_back
		[ "$status" -ne 0 ] || status=1
	}
	[ -z "$work" ] || rm -rf -- "$work"
	exit "$status"
}

put_in_place() {
	changing=yes
	while IFS=$TAB read -r content path; do
		replace "$content" "$path" || give_up "$path cannot be written"
	done <"$work/changes"
	platform_check || give_up 'the server does not accept its configuration'
	if [ "$reload" = no ]; then
		changing=''
		say 'files are changed; the server has to be reloaded'
		return
	fi
	reload_server || give_up 'the server could not be reloaded'
	verify "${WAIT:-$PATIENCE}" || {
		tell
		give_up 'the server does not send what it should'
	}
	changing=''
	tell
	say 'done'
}

apply() {
	find_files
	make_chain
	check_issuer
	find_changes
	if [ ! -s "$work/changes" ]; then
		if [ "$reload" = no ] || is_sent; then
			say 'nothing to do'
			return
		fi
		[ "$mode" = apply ] || {
			say 'files are as they should be; the server would be reloaded'
			return
		}
		platform_check || die 1 'the server does not accept its configuration'
		reload_server || die 1 'the server could not be reloaded'
		verify "${WAIT:-$PATIENCE}" || {
			tell
			die 1 'files are as they should be, and the server sends something else'
		}
		say 'reloaded; files were as they should be'
		return
	fi
	verb=changing
	[ "$mode" = apply ] || verb='would change'
	while IFS=$TAB read -r content path; do
		say "$verb $path"
	done <"$work/changes"
	[ "$mode" = apply ] || {
		say 'would check the configuration and reload the server'
		return
	}
	back_up
	put_in_place
}

# --- Taking it back ---

last_backup() { # path: the newest folder beside it that has it
	name=$(basename -- "$1") found=''
	for folder in "$(dirname -- "$1")"/chainmend-backup-*; do
		case $folder in *.undone | *.rolled-back) continue ;; esac
		if [ -e "$folder/$name" ] || [ -e "$folder/$name.absent" ]; then
			found=$folder
		fi
	done
	[ -n "$found" ] && printf '%s\n' "$found"
}

undo() {
	find_files
	: >"$work/restored"
	while IFS=$TAB read -r kind number path chain; do
		for one in "$path" "$chain"; do
			[ -n "$one" ] || continue
			folder=$(last_backup "$one") || continue
			printf '%s\t%s\n' "$folder" "$one" >>"$work/restored"
		done
	done <"$work/files"
	if [ ! -s "$work/restored" ]; then
		say 'nothing to undo'
		return
	fi
	# The newest run that had any of them.
	run=$(cut -f 1 "$work/restored" | sed 's/.*\///' | sort | tail -n 1)
	list=$(grep -F -- "/$run$TAB" "$work/restored" | head -n 1 | cut -f 1)/chainmend-run
	while IFS= read -r path; do
		printf '%s\t%s\n' "$(dirname -- "$path")/$run" "$path"
	done <"$list" >"$work/changes"
	while IFS=$TAB read -r folder path; do
		say "restoring $path"
		restore "$folder" "$path" || die 1 "$path cannot be written"
	done <"$work/changes"
	cut -f 1 "$work/changes" | sort -u >"$work/folders"
	while read -r folder; do
		mv -- "$folder" "$folder.undone"
	done <"$work/folders"
	[ "$reload" = no ] || {
		platform_check || die 1 'the server does not accept its configuration'
		reload_server || die 1 'the server could not be reloaded'
		sleep 1
		is_sent || :
		tell
	}
}

only_verify() {
	good=yes
	verify 3 || good=no
	tell
	if command -v "${CHAINMEND:-chainmend}" >/dev/null 2>&1; then
		profile=$PROFILE
		[ ! -f "$here/$PROFILE" ] || profile=$here/$PROFILE
		"${CHAINMEND:-chainmend}" scan --profile "$profile" --no-progress "$TARGET" || :
	fi
	[ "$good" = yes ] || die 1 'that is not what is planned'
	say 'that is what is planned'
}

main() {
	while [ $# -gt 0 ]; do
		case $1 in
		--dry-run) mode=dry-run ;;
		--undo) mode=undo ;;
		--verify) mode=verify ;;
		--no-reload) reload=no ;;
		--config | --file | --password-file | --reload | --socket | --wait)
			[ $# -gt 1 ] || die 2 "$1: something has to follow"
			case $1 in
			--config) CONFIG=$2 ;;
			--file) FILE=$2 ;;
			--password-file) PASSWORD_FILE=$2 ;;
			--reload) RELOAD=$2 ;;
			--wait) WAIT=$2 ;;
			--socket) SOCKET=$2 ;;
			esac
			shift
			;;
		-h | --help)
			usage
			exit 0
			;;
		*)
			usage >&2
			exit 2
			;;
		esac
		shift
	done
	case $WAIT in *[!0-9]*) die 2 '--wait: a number of seconds has to follow' ;; esac
	command -v openssl >/dev/null 2>&1 || die 2 'openssl is not installed'
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	work=$(mktemp -d) || die 1 'no temporary folder can be made'
	if [ "$mode" = verify ]; then
		only_verify
		return
	fi
	platform_here || die 2 'this server is not installed here'
	if [ "$mode" = undo ]; then
		undo
	else
		apply
	fi
}

main "$@"
