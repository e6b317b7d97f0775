#!/bin/sh
# SPDX-License-Identifier: MIT
# apache.sh - where Apache httpd has its certificates, and how it takes new ones
#
# From 2.4.8 on SSLCertificateFile has the server's own and those above it.  Before, and wherever
# SSLCertificateChainFile is set, that file has those above it.  What is in SSLCACertificateFile is
# for certificates of clients, and nobody is sent it.
# shellcheck disable=SC2034,SC2154 # APACHE_OLD is of apache-2.2.sh, CONFIG and work are of common.sh

apache_run() {
	# Debian's configuration needs the environment that its own script knows.
	for tool in apache2ctl apachectl apache2 httpd; do
		command -v "$tool" >/dev/null 2>&1 || continue
		if [ -n "$CONFIG" ]; then
			"$tool" -f "$CONFIG" "$@"
		else
			"$tool" "$@"
		fi
		return
	done
	return 127
}

platform_here() {
	apache_run -v >"$work/apache.version" 2>/dev/null || return 1
	[ "$(apache_age)" = new ] || APACHE_OLD=yes
	return 0
}

apache_age() {
	sed -n 's/.*Apache\/\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\).*/\1 \2 \3/p' "$work/apache.version" |
		awk '{ print ($1 * 1000000 + $2 * 1000 + $3 >= 2004008) ? "new" : "old" }'
}

apache_compiled() { # name: what the program has been built with
	apache_run -V 2>/dev/null | sed -n "s/.*$1=\"\(.*\)\".*/\1/p"
}

apache_main() {
	if [ -n "$CONFIG" ]; then
		printf '%s\n' "$CONFIG"
		return
	fi
	main=$(apache_compiled SERVER_CONFIG_FILE)
	case $main in
	/*) printf '%s\n' "$main" ;;
	*) printf '%s/%s\n' "$(apache_compiled HTTPD_ROOT)" "$main" ;;
	esac
}

# One line for each directive, without quotes, continued lines joined.
apache_lines() { # file
	awk '{
		sub(/\r$/, "")
		if (sub(/\\$/, "")) { line = line $0; next }
		line = line $0
		gsub(/^[ \t]+|[ \t]+$/, "", line)
		gsub(/"/, "", line)
		if (line != "" && line !~ /^#/) print line
		line = ""
	}' "$1"
}

# All that is read, in order, with a line that says which file comes.
apache_read() { # file, depth
	if [ "$2" -ge 16 ] || [ ! -r "$1" ]; then
		return 0
	fi
	printf '@file %s\n' "$1"
	apache_lines "$1" >"$work/apache.$2"
	while IFS= read -r line <&3; do
		case $line in
		[Ii][Nn][Cc][Ll][Uu][Dd][Ee]*[\ \	]*)
			pattern=${line#*[ 	]}
			case $pattern in
			/*) ;;
			*) pattern=$root/$pattern ;;
			esac
			# shellcheck disable=SC2086 # a pattern
			for part in $pattern; do
				if [ -d "$part" ]; then
					for one in "$part"/*; do
						(apache_read "$one" $(($2 + 1)))
					done
				else
					(apache_read "$part" $(($2 + 1)))
				fi
			done
			printf '@file %s\n' "$1"
			;;
		*)
			printf '%s\n' "$line"
			;;
		esac
	done 3<"$work/apache.$2"
}

# A host's own settings; those outside of any host are where a host has none.
apache_pairs() {
	awk -v root="$root" '
		function whole(path) { return path ~ /^\// ? path : root "/" path }
		function say(i) {
			for (i = 1; i <= count; i++)
				print files[i] "\t" places[i] "\t" (own != "" ? own : chain)
			count = 0
			own = ""
		}
		/^@file / { file = substr($0, 7); next }
		{ name = tolower($1); value = $0; sub(/^[^ \t]+[ \t]+/, "", value) }
		name ~ /^<virtualhost/ { inside = 1; count = 0; own = ""; next }
		name ~ /^<\/virtualhost/ { say(); inside = 0; next }
		name == "sslcertificatefile" && value !~ /^pkcs11:/ {
			files[++count] = whole(value)
			places[count] = file
			next
		}
		name == "sslcertificatechainfile" && inside { own = whole(value); next }
		name == "sslcertificatechainfile" { chain = whole(value); next }
		END { say() }' "$work/apache.all"
}

platform_find() {
	main=$(apache_main)
	[ -r "$main" ] || return 1
	root=$(apache_lines "$main" | awk 'tolower($1) == "serverroot" { sub(/^[^ \t]+[ \t]+/, ""); print }')
	[ -n "$root" ] || root=$(apache_compiled HTTPD_ROOT)
	apache_read "$main" 0 >"$work/apache.all"
	apache_pairs >"$work/apache.pairs"
	while IFS=$TAB read -r path place chain; do
		if [ -n "$chain" ]; then
			printf 'pair\t%s\t%s\n' "$path" "$chain"
		elif [ -n "${APACHE_OLD:-}" ]; then
			printf 'pair\t%s\t%s.chain.pem\n' "$path" "$path"
		else
			printf 'full\t%s\n' "$path"
		fi
	done <"$work/apache.pairs"
}

# Before 2.4.8 the chain is sent only where a directive names its file: where there is none, it gets
# a line behind that of the certificate.
platform_changes() {
	[ -n "${APACHE_OLD:-}" ] && [ -f "$work/apache.pairs" ] || return 0
	while IFS=$TAB read -r path place chain; do
		[ -z "$chain" ] || continue
		real=$(readlink -f -- "$path")
		cut -f 3 "$work/files" | grep -qxF -- "$real" || continue
		place=$(readlink -f -- "$place")
		content=$(awk -F "$TAB" -v place="$place" '$2 == place { print $1 }' "$work/changes")
		next=$work/apache.conf.$(awk 'END { print NR }' "$work/changes")
		path="$path" awk '
			{ print }
			tolower($1) == "sslcertificatefile" && index($0, ENVIRON["path"]) {
				print "SSLCertificateChainFile \"" ENVIRON["path"] ".chain.pem\""
			}' "${content:-$place}" >"$next"
		if [ -n "$content" ]; then
			cp -- "$next" "$content"
		else
			printf '%s\t%s\n' "$next" "$place" >>"$work/changes"
		fi
	done <"$work/apache.pairs"
}

platform_check() {
	apache_run -t 2>"$work/apache.said" || {
		cat "$work/apache.said" >&2
		return 1
	}
}

# Workers end what they have begun; the configuration is checked first.
platform_reload() {
	apache_run -k graceful 2>/dev/null
}
