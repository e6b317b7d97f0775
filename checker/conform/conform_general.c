/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "checker/base/text.h"
#include "checker/conform/conform_parts.h"
#include "checker/limits.h"
#include "checker/target/name.h"

#define LABEL_LONGEST 63
#define NAME_LONGEST 253 /* RFC 1035, 2.3.4, as text without the root's dot */

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_label(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_LONGEST || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_letter_or_digit(label[i]) && label[i] != '-')
			return false;
	return true;
}

bool conform_is_host(const char *name, size_t len, bool wildcard)
{
	if (wildcard && len > 2 && name[0] == '*' && name[1] == '.') {
		name += 2;
		len -= 2;
	}
	if (len == 0 || len > NAME_LONGEST)
		return false;
	for (size_t from = 0; from <= len;) {
		const char *dot = from < len ? memchr(name + from, '.', len - from) : NULL;
		size_t until = dot ? (size_t)(dot - name) : len;

		if (!is_label(name + from, until - from))
			return false;
		from = until + 1;
	}
	return true;
}

bool conform_copy(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	if (len >= size || memchr(bytes, 0, len))
		return false;
	memcpy(out, bytes, len);
	out[len] = '\0';
	return true;
}

/* RFC 5280, 4.2.1.6: Local-part "@" Domain, and nothing around it. */
bool conform_is_mailbox(const char *text, size_t len)
{
	const char *at = memchr(text, '@', len);
	size_t local = at ? (size_t)(at - text) : 0;
	bool quoted = len > 0 && text[0] == '"';

	if (quoted) {
		at = text + len;
		while (at > text && *--at != '@')
			;
		local = (size_t)(at - text);
	}
	if (local == 0 || (quoted && (local < 2 || text[local - 1] != '"')))
		return false;
	for (size_t i = 0; i < local; i++)
		if ((unsigned char)text[i] >= 0x7f || (unsigned char)text[i] < ' ' ||
			(!quoted && (text[i] == ' ' || strchr("()<>[]:;,\\\"", text[i]))))
			return false;
	return conform_is_host(text + local + 1, len - local - 1, false);
}

static bool is_scheme(const char *text, size_t len)
{
	if (len == 0 || !is_letter_or_digit(text[0]) || (text[0] >= '0' && text[0] <= '9'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_letter_or_digit(text[i]) && !memchr("+-.", text[i], 3))
			return false;
	return true;
}

/* RFC 9110, 4.2; RFC 4516, 2: without "//" it is no address. */
static bool wants_host(const char *scheme, size_t len)
{
	static const char *const schemes[] = { "http", "https", "ftp", "ldap", "ldaps" };
	char name[8] = "";

	if (len < sizeof name)
		memcpy(name, scheme, len);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (text_equal_nocase(name, schemes[i]))
			return true;
	return false;
}

/* 4.2.1.6: absolute; with an authority, one that has a host. */
bool conform_is_uri(const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	size_t at = colon ? (size_t)(colon - text) : 0;

	if (!colon || !is_scheme(text, at) || at + 1 == len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f)
			return false;
	if (len - at < 3 || memcmp(text + at, "://", 3) != 0)
		return !wants_host(text, at);
	return at + 3 < len && !memchr("/?#:", text[at + 3], 4);
}

/* Name ::= SEQUENCE OF (SET OF (SEQUENCE { OID, value })) */
bool conform_is_name(const uint8_t *bytes, size_t len)
{
	struct der_item sequence, set, pair, oid, value;

	if (!der_only(bytes, len, DER_SEQUENCE, &sequence))
		return false;
	for (struct der_cursor sets = der_inside(&sequence); !der_is_done(&sets);) {
		if (!der_take(&sets, DER_SET, &set) || set.len == 0)
			return false;
		for (struct der_cursor pairs = der_inside(&set); !der_is_done(&pairs);) {
			if (!der_take(&pairs, DER_SEQUENCE, &pair))
				return false;
			struct der_cursor inside = der_inside(&pair);
			if (!der_take(&inside, DER_OID, &oid) ||
				!der_is_oid(oid.content, oid.len) || !der_next(&inside, &value) ||
				!der_is_done(&inside))
				return false;
		}
	}
	return true;
}
