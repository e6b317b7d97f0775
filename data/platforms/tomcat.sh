#!/bin/sh
# SPDX-License-Identifier: MIT
# tomcat.sh - where Tomcat has its certificates, and how it takes new ones
#
# From 8.5 on an element Certificate has them in PEM (certificateFile; certificateChainFile, which
# must not begin with the server's own) or in a keystore; before, the element Connector had.
# TLSCertificateReloadListener reloads before a certificate ends, and does not notice an intermediate.
# Without a restart only the manager reloads: --reload 'curl -fsS -K FILE .../manager/text/sslReload'
# shellcheck disable=SC2034,SC2153,SC2154 # what it reads is of the head and of common.sh, what it sets too

find_config() {
	[ -z "$CONFIG" ] || return 0
	for CONFIG in "${CATALINA_BASE:+$CATALINA_BASE/conf/server.xml}" /etc/tomcat*/server.xml \
		/var/lib/tomcat*/conf/server.xml /opt/tomcat*/conf/server.xml /usr/share/tomcat*/conf/server.xml; do
		[ -z "$CONFIG" ] || [ ! -f "$CONFIG" ] || return 0
	done
	CONFIG=''
	printf '%s\n' 'there is no server.xml where it usually is; --config FILE names it' >&2
	return 1
}

# Paths begin in the folder above conf; Debian has conf in /etc and the rest in /var/lib.
find_base() {
	base=${CATALINA_BASE:-}
	[ -z "$base" ] || return 0
	folder=$(dirname -- "$CONFIG")
	base=$(dirname -- "$folder")
	[ "$base" != /etc ] || base=/var/lib/$(basename -- "$folder")
}

find_unit() {
	[ -z "$SERVICE" ] || return 0
	command -v systemctl >/dev/null 2>&1 || return 0
	for unit in tomcat tomcat11 tomcat10 tomcat9 tomcat8; do
		if systemctl -q is-active "$unit" 2>/dev/null; then
			SERVICE=$unit
			return
		fi
	done
}

platform_here() {
	FILE_KIND=full
	case $FILE$CERTIFICATE_FILE in
	*.jks | *.p12 | *.pfx | *.keystore) FILE_KIND=keystore ;;
	esac
	find_config || return 1
	find_base
	find_unit
	[ -n "$SERVICE$RELOAD" ] || reload=no
	PATIENCE=90
	if [ "$FILE_KIND" = keystore ]; then
		find_keytool || return 1
		[ -n "$PASSWORD_FILE" ] || {
			printf '%s\n' 'the password of the keystore is in which file? --password-file FILE' >&2
			return 1
		}
		make_access 0 '' '' ''
	fi
}

# A line for each element that has a certificate: kind, file, chain, password, type, password of the
# key, with a bar between; what is not there is "-".
read_config() {
	awk -v base="$base" '
		function value(name, found, word) {
			if (!match(element, "[ \t]" name "[ \t]*=[ \t]*(\"[^\"]*\"|'"'[^']*'"')"))
				return ""
			word = substr(element, RSTART, RLENGTH)
			sub(/^[^=]*=[ \t]*./, "", word)
			word = substr(word, 1, length(word) - 1)
			gsub(/&lt;/, "<", word)
			gsub(/&gt;/, ">", word)
			gsub(/&quot;/, "\"", word)
			gsub(/&apos;/, "\047", word)
			gsub(/&amp;/, "\\&", word)
			return word
		}
		function path(word) {
			sub(/^\$\{catalina\.(base|home)\}\//, "", word)
			sub(/^file:\/*/, "/", word)
			return word == "" || word ~ /^\// ? word : base "/" word
		}
		function shown(word) { return word == "" ? "-" : word }
		function tell(kind, file, chain, password, type, key) {
			if (file == "" || file ~ /\$\{/ || index(file chain password key, "|"))
				return
			print kind "|" file "|" shown(chain) "|" shown(password) "|" shown(type) "|" shown(key)
		}
		{ text = text $0 " " }
		END {
			while ((begin = index(text, "<!--")) > 0) {
				rest = substr(text, begin + 4)
				end = index(rest, "-->")
				text = substr(text, 1, begin - 1) (end ? substr(rest, end + 3) : "")
			}
			gsub(/[\r\n]/, " ", text)
			count = split(text, elements, "<")
			for (i = 1; i <= count; i++) {
				element = elements[i]
				if (element !~ /^(Certificate|SSLHostConfig|Connector)[ \t]/) continue
				tell("pem", path(value("certificateFile")), path(value("certificateChainFile")))
				tell("store", path(value("certificateKeystoreFile")), "",
					value("certificateKeystorePassword"), value("certificateKeystoreType"),
					value("certificateKeyPassword"))
				tell("pem", path(value("SSLCertificateFile")), path(value("SSLCertificateChainFile")))
				tell("store", path(value("keystoreFile")), "", value("keystorePass"),
					value("keystoreType"), value("keyPass"))
			}
		}' "$CONFIG"
}

platform_find() {
	read_config >"$work/tomcat.txt" || return 1
	entry=0
	while IFS='|' read -r kind file chain password type key; do
		entry=$((entry + 1))
		if [ "$kind" = pem ] && [ "$chain" = - ]; then
			printf 'full\t%s\n' "$file"
		elif [ "$kind" = pem ]; then
			printf 'pair\t%s\t%s\n' "$file" "$chain"
		elif find_keytool; then
			[ "$password" != - ] || password=changeit
			[ "$type" != - ] || type=''
			[ "$key" != - ] || key=''
			make_access "$entry" "$password" "$type" "$key"
			printf 'keystore\t%s\t%s\n' "$file" "$work/access.$entry"
		fi
	done <"$work/tomcat.txt"
}

# Tomcat has no check of its own that leaves a running one alone; what was written has been read back.
platform_check() {
	return 0
}

platform_reload() {
	systemctl restart -- "$SERVICE"
}
