/* SPDX-License-Identifier: MIT */
#include "reports/request/recipe.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/csr/request.h"
#include "checker/limits.h"
#include "reports/request/quote.h"
#include "reports/request/recipe_parts.h"

/* A thousand names of 255 octets, each some times. */
#define RECIPE_BYTES (2u << 20)

static const struct {
	const char *name, *ending;
	bool (*put)(const struct request *request, struct buf *out, struct error *err);
	bool windows; /* lines, and marks for what is not ASCII */
	bool wide;    /* the mark is UTF-16's */
} recipes[RECIPE_COUNT] = {
	[RECIPE_OPENSSL] = { "openssl", ".cnf", recipe_put_openssl, false, false },
	[RECIPE_CERTREQ] = { "certreq", ".inf", recipe_put_certreq, true, true },
	[RECIPE_EXCHANGE] = { "exchange", ".ps1", recipe_put_exchange, true, false },
	[RECIPE_EXCHANGE_2010] = { "exchange-2010", ".ps1", recipe_put_exchange_2010, true, false },
	[RECIPE_KEYTOOL] = { "keytool", ".sh", recipe_put_keytool, false, false },
};

const char *recipe_name(size_t recipe)
{
	return recipe < RECIPE_COUNT ? recipes[recipe].name : NULL;
}

const char *recipe_ending(enum recipe recipe)
{
	return recipes[recipe].ending;
}

void recipe_stem(const struct request *request, char *out, size_t size)
{
	const char *name = request->names[0];
	bool star = strncmp(name, "*.", 2) == 0;

	(void)snprintf(out, size, "%s%s", star ? "wildcard." : "", name + (star ? 2 : 0));
}

static bool check_text(const char *text, struct error *err)
{
	char shown[200];

	if (!text || quote_is_plain(text))
		return true;
	text_printable(text, strlen(text), shown, sizeof shown);
	return error_set(err, ERROR_SYNTAX,
		"'%s' has characters that no request may have: control characters, or no UTF-8",
		shown);
}

/* Lists of names have separators of their own, which no quoting helps against. */
static bool check_name(const char *name, struct error *err)
{
	char shown[LIMIT_HOST_BYTES];

	if (*name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.*") == strlen(name))
		return true;
	text_printable(name, strlen(name), shown, sizeof shown);
	return error_set(err, ERROR_SYNTAX, "'%s' is no host name in A-labels", shown);
}

static bool check_texts(const struct request *request, struct error *err)
{
	const char *const texts[] = { request->common_name, request->country, request->state,
		request->locality, request->organization, request->friendly_name };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!check_text(texts[i], err))
			return false;
	for (size_t i = 0; i < request->count; i++)
		if (!check_name(request->names[i], err))
			return false;
	return true;
}

static bool is_ascii(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->data[i] >= 0x80)
			return false;
	return true;
}

static void put_lines(const struct buf *text, struct buf *out)
{
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '\n')
			(void)buf_add_char(out, '\r');
		(void)buf_add_char(out, text->data[i]);
	}
}

static void put_unit(struct buf *out, uint32_t unit)
{
	const char bytes[] = { (char)(unit & 0xff), (char)(unit >> 8) };

	(void)buf_add(out, bytes, sizeof bytes);
}

/* UTF-16LE with its mark, as Windows calls Unicode. */
static void put_wide(const struct buf *text, struct buf *out)
{
	put_unit(out, 0xfeff);
	for (size_t at = 0, step; at < text->len; at += step) {
		uint32_t point;

		step = text_utf8_next(text->data + at, text->len - at, &point);
		if (step == 0)
			break; /* check_texts() has seen to it that there is none */
		if (point == '\n')
			put_unit(out, '\r');
		if (point < 0x10000) {
			put_unit(out, point);
			continue;
		}
		put_unit(out, 0xd800 + ((point - 0x10000) >> 10));
		put_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
	}
}

bool recipe_put(
	enum recipe recipe, const struct request *request, struct buf *out, struct error *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(RECIPE_BYTES);

	if (!check_texts(request, err) || !recipes[recipe].put(request, &text, err))
		return false;
	if (text.failed)
		return error_set_memory(err);
	if (!recipes[recipe].windows) {
		(void)buf_add(out, buf_text(&text), text.len);
	} else if (recipes[recipe].wide && !is_ascii(&text)) {
		put_wide(&text, out);
	} else {
		if (!is_ascii(&text))
			(void)buf_add_text(out, "\xef\xbb\xbf");
		put_lines(&text, out);
	}
	return !out->failed || error_set_memory(err);
}

/* --- Of several recipes --- */

void recipe_put_x500(const struct request *request, struct buf *out)
{
	const struct {
		const char *type, *value;
	} parts[] = {
		{ "C", request->country },
		{ "S", request->state }, /* Microsoft's name of ST */
		{ "L", request->locality },
		{ "O", request->organization },
		{ "CN", request->common_name },
	};
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i].value)
			continue;
		(void)buf_addf(out, "%s%s=", first ? "" : ",", parts[i].type);
		quote_x500(out, parts[i].value);
		first = false;
	}
}

const char *recipe_friendly(const struct request *request)
{
	return request->friendly_name ? request->friendly_name : request->names[0];
}
