/* SPDX-License-Identifier: MIT */
#include "checker/cert/pem.h"

#include <string.h>

/* So much of a text tells whether it is UTF-16, where no mark says so. */
#define TELLING 64
#define TELLING_LEAST 8

const char pem_begin[] = "-----BEGIN ", pem_end[] = "-----END ", pem_dashes[] = "-----";

bool pem_is_at(const struct pem_cursor *c, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(c->end - c->at) >= len && memcmp(c->at, mark, len) == 0;
}

void pem_step(struct pem_cursor *c)
{
	/* CRLF counts at its LF, a lone CR is a line's end as well. */
	bool lone = *c->at == '\r' && (c->at + 1 == c->end || c->at[1] != '\n');

	c->line += *c->at == '\n' || lone;
	c->at++;
}

bool pem_skip_to(struct pem_cursor *c, const char *mark)
{
	while (c->at < c->end && !pem_is_at(c, mark))
		pem_step(c);
	return c->at < c->end;
}

bool pem_read_label(struct pem_cursor *c, const char *mark, char label[static PEM_LABEL_BYTES])
{
	size_t len = 0;

	for (c->at += strlen(mark); c->at < c->end && !pem_is_at(c, pem_dashes); c->at++) {
		if (*c->at == '\n' || *c->at == '\r' || len + 1 >= PEM_LABEL_BYTES)
			return false;
		label[len++] = *c->at;
	}
	label[len] = '\0';
	if (c->at == c->end)
		return false;
	c->at += strlen(pem_dashes);
	return true;
}

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool pem_is_digit(char c)
{
	return base64_value(c) >= 0;
}

bool pem_decode(struct pem_cursor *c, uint8_t *out, size_t *ret_len)
{
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, len = 0;

	for (; c->at < c->end; pem_step(c)) {
		int value = base64_value(*c->at);

		if (strchr(" \t\r\n", *c->at) && *c->at)
			continue;
		if (*c->at == '=' && ++pads <= 2)
			continue;
		if (value < 0 || pads)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (++digits % 4)
			continue;
		out[len++] = (uint8_t)(bits >> 16);
		out[len++] = (uint8_t)(bits >> 8);
		out[len++] = (uint8_t)bits;
	}
	if ((digits + pads) % 4)
		return false;
	if (pads)
		out[len++] = (uint8_t)(pads == 2 ? bits >> 4 : bits >> 10);
	if (pads == 1)
		out[len++] = (uint8_t)(bits >> 2);
	*ret_len = len;
	return true;
}

static bool is_ascii(uint8_t byte)
{
	return byte != 0 && byte < 0x80;
}

enum pem_wide pem_wideness(const uint8_t *bytes, size_t len)
{
	size_t count = len < TELLING ? len & ~(size_t)1 : TELLING;
	bool little = count >= TELLING_LEAST, big = little;

	if (len >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
		return PEM_WIDE_LITTLE;
	if (len >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
		return PEM_WIDE_BIG;
	for (size_t i = 0; i < count; i += 2) {
		little = little && is_ascii(bytes[i]) && bytes[i + 1] == 0;
		big = big && bytes[i] == 0 && is_ascii(bytes[i + 1]);
	}
	return little ? PEM_WIDE_LITTLE : big ? PEM_WIDE_BIG : PEM_NOT_WIDE;
}

size_t pem_narrow(const uint8_t *bytes, size_t len, enum pem_wide wide, char *out)
{
	size_t low = wide == PEM_WIDE_LITTLE ? 0 : 1;

	for (size_t i = 0; i < len / 2; i++) {
		uint8_t c = bytes[2 * i + low], high = bytes[2 * i + 1 - low];

		out[i] = (char)(high == 0 && c < 0x80 ? c : '?');
	}
	return len / 2;
}
