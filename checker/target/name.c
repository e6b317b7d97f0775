/* SPDX-License-Identifier: MIT */
#include "checker/target/name.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"

#define LABEL_OCTETS 63
#define NAME_OCTETS 253
#define IDN_FLAGS (IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT)

/* No text that is longer can have an A-label form of 253 octets: a code point has 4 bytes at most.
 */
#define TEXT_BYTES (NAME_OCTETS * 4 + 4)

static bool check_label(const char *label, size_t len, struct error *err)
{
	if (len == 0)
		return error_set(err, ERROR_SYNTAX, "the host name has an empty label");
	for (size_t i = 0; i < len; i++) {
		char c = label[i];
		bool ldh = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';

		if (!ldh && c != '_')
			return error_set(err, ERROR_SYNTAX,
				"the character \"%c\" is not allowed in a host name", c);
	}
	if (len > LABEL_OCTETS)
		return error_set(err, ERROR_SYNTAX,
			"a label of the host name is longer than %d octets", LABEL_OCTETS);
	if (label[0] == '-' || label[len - 1] == '-')
		return error_set(err, ERROR_SYNTAX, "the label \"%.*s\" begins or ends with \"-\"",
			(int)len, label);
	return true;
}

/*
 * What ends in a number is an address or nothing: resolvers read "1.2.3" and
 * "0x7f000001" as IPv4, and no top-level domain is a number (RFC 3696, 2).
 */
static bool ends_in_number(const char *label, size_t len)
{
	if (len > 1 && label[0] == '0' && label[1] == 'x')
		return strspn(label + 2, "0123456789abcdef") >= len - 2;
	return strspn(label, "0123456789") >= len;
}

/* NAME is lower case and without a trailing dot. */
static bool check_name(const char *name, struct error *err)
{
	const char *label = name;
	size_t len = strcspn(label, ".");

	while (check_label(label, len, err) && label[len] == '.') {
		label += len + 1;
		len = strcspn(label, ".");
	}
	if (err->code != ERROR_NONE)
		return false;
	if (strlen(name) > NAME_OCTETS)
		return error_set(
			err, ERROR_SYNTAX, "the host name is longer than %d octets", NAME_OCTETS);
	if (ends_in_number(label, len))
		return error_set(err, ERROR_SYNTAX,
			"\"%s\" ends in a number, but is not an IPv4 address", name);
	return true;
}

/* Valid UTF-8 without NUL; *RET_ASCII when there is nothing to convert. */
static bool look_over(const char *text, size_t len, bool *ret_ascii, struct error *err)
{
	bool ascii = true;

	if (len == 0)
		return error_set(err, ERROR_SYNTAX, "the host name is empty");
	if (len >= TEXT_BYTES)
		return error_set(
			err, ERROR_SYNTAX, "the host name is longer than %d octets", NAME_OCTETS);
	for (size_t at = 0, step; at < len; at += step) {
		uint32_t point;

		step = text_utf8_next(text + at, len - at, &point);
		if (step == 0)
			return error_set(err, ERROR_SYNTAX, "the host name is not valid UTF-8");
		if (point == 0)
			return error_set(err, ERROR_SYNTAX, "the host name has a NUL byte");
		ascii = ascii && point < 0x80;
	}
	*ret_ascii = ascii;
	return true;
}

/* The A-label form of TEXT (ended by NUL), not checked any further, into OUT. */
static bool convert(const char *text, char *out, size_t size, struct error *err)
{
	uint8_t *ascii = NULL;
	int rc = idn2_lookup_u8((const uint8_t *)text, &ascii, IDN_FLAGS);

	if (rc == IDN2_MALLOC)
		return error_set_memory(err);
	if (rc != IDN2_OK)
		return error_set(err, ERROR_SYNTAX, "the name is not valid in IDNA2008: %s",
			idn2_strerror(rc));

	size_t len = strlen((const char *)ascii);
	if (len < size)
		memcpy(out, ascii, len + 1);
	idn2_free(ascii);
	if (len >= size)
		return error_set(
			err, ERROR_SYNTAX, "the host name is longer than %d octets", NAME_OCTETS);
	return true;
}

static bool to_ascii(const char *text, size_t len, bool wildcard, char *out, struct error *err)
{
	char whole[TEXT_BYTES], ascii[TEXT_BYTES];
	bool plain = false;

	if (!look_over(text, len, &plain, err))
		return false;
	size_t star = wildcard && len > 2 && memcmp(text, "*.", 2) == 0 ? 2 : 0;
	memcpy(whole, text + star, len - star);
	whole[len - star] = '\0';
	if (plain)
		memcpy(ascii, whole, len - star + 1);
	else if (!convert(whole, ascii, sizeof ascii, err))
		return false;

	text_lower(ascii);
	size_t end = strlen(ascii);
	if (end > 1 && ascii[end - 1] == '.')
		ascii[--end] = '\0';
	if (!check_name(ascii, err))
		return false;
	if (star + end > NAME_OCTETS)
		return error_set(
			err, ERROR_SYNTAX, "the host name is longer than %d octets", NAME_OCTETS);
	memcpy(out, text, star);
	memcpy(out + star, ascii, end + 1);
	return true;
}

bool name_to_ascii(const char *text, size_t len, bool wildcard, char out[static LIMIT_HOST_BYTES],
	struct error *err)
{
	struct error why = { .code = ERROR_NONE };

	return to_ascii(text, len, wildcard, out, &why) || error_set(err, why.code, "%s", why.text);
}

static bool is_printable(const char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0, step; at < len; at += step) {
		uint32_t point;

		step = text_utf8_next(text + at, len - at, &point);
		if (step == 0 || text_is_unsafe(point))
			return false;
	}
	return true;
}

/* Only what leads back to the very same name may stand for it. */
static bool leads_back(const char *unicode, const char *name)
{
	struct error ignored = { .code = ERROR_NONE };
	char back[LIMIT_HOST_BYTES];

	return name_to_ascii(unicode, strlen(unicode), false, back, &ignored) &&
	       text_equal_nocase(back, name);
}

static bool has_a_label(const char *name)
{
	for (const char *label = name; label; label = strchr(label, '.')) {
		label += *label == '.';
		if ((label[0] == 'x' || label[0] == 'X') && (label[1] == 'n' || label[1] == 'N') &&
			label[2] == '-' && label[3] == '-')
			return true;
	}
	return false;
}

void name_to_unicode(const char *name, char *out, size_t size)
{
	size_t star = strncmp(name, "*.", 2) == 0 ? 2 : 0;
	char *unicode = NULL;

	text_printable(name, strlen(name), out, size);
	if (!has_a_label(name))
		return;
	if (idn2_to_unicode_8z8z(name + star, &unicode, IDN_FLAGS) != IDN2_OK)
		return;
	if (is_printable(unicode) && leads_back(unicode, name + star) &&
		strlen(unicode) + star < size) {
		memcpy(out, name, star);
		memcpy(out + star, unicode, strlen(unicode) + 1);
	}
	idn2_free(unicode);
}

static bool equal_nocase(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return false;
	for (size_t i = 0; i < a_len; i++) {
		char x = a[i], y = b[i];

		x = (char)(x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x);
		y = (char)(y >= 'A' && y <= 'Z' ? y + ('a' - 'A') : y);
		if (x != y)
			return false;
	}
	return true;
}

/* "*" and at least two labels, none of them empty, and no other "*". */
static bool is_wildcard(const char *pattern)
{
	if (pattern[0] != '*' || pattern[1] != '.')
		return false;

	const char *rest = pattern + 2;
	size_t len = strlen(rest);
	return !strchr(rest, '*') && !strstr(rest, "..") && strchr(rest, '.') && rest[0] != '.' &&
	       rest[len - 1] != '.';
}

bool name_matches(const char *pattern, const char *name)
{
	size_t name_len = strlen(name), pattern_len = strlen(pattern);

	if (name_len > 1 && name[name_len - 1] == '.')
		name_len--;
	if (name_len == 0 || name_is_address(name, NULL))
		return false;
	if (!strchr(pattern, '*'))
		return equal_nocase(pattern, pattern_len, name, name_len);
	if (!is_wildcard(pattern))
		return false;

	size_t first = strcspn(name, ".");
	return first > 0 && first < name_len &&
	       equal_nocase(pattern + 1, pattern_len - 1, name + first, name_len - first);
}

bool name_is_address(const char *text, int *ret_family)
{
	unsigned char address[sizeof(struct in6_addr)];
	int family = 0;

	if (inet_pton(AF_INET, text, address) == 1)
		family = AF_INET;
	else if (inet_pton(AF_INET6, text, address) == 1)
		family = AF_INET6;
	if (family && ret_family)
		*ret_family = family;
	return family != 0;
}

bool name_canonical_address(const char *text, char out[static LIMIT_ADDRESS_BYTES])
{
	unsigned char address[sizeof(struct in6_addr)];
	int family;

	return name_is_address(text, &family) && inet_pton(family, text, address) == 1 &&
	       inet_ntop(family, address, out, LIMIT_ADDRESS_BYTES);
}
