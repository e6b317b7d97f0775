/* SPDX-License-Identifier: MIT */
#include "checker/csr/csr_file.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/der.h"
#include "checker/cert/pem.h"
#include "checker/limits.h"

/* Shorter lines of base64 are words of a mail. */
#define ALONE_DIGITS 40

static void bytes_free(uint8_t *bytes)
{
	free(bytes);
}
DEFINE_CLEANUP(uint8_t *, bytes_free);

struct reading {
	const char *path;
	csr_file_each *each;
	void *arg;
	struct error *err;
	size_t count;
	bool wide;
};

/* LINE 0: the file has no lines. */
static bool reading_fail(const struct reading *r, size_t line, const char *reason)
{
	char why[ERROR_TEXT];

	phrase_from(why, sizeof why, reason);
	if (!line)
		return error_set(r->err, ERROR_SYNTAX, "%s: %s", r->path, why);
	return error_set(r->err, ERROR_SYNTAX, "%s:%zu: %s", r->path, line, why);
}

static bool give(struct reading *r, struct csr_found found)
{
	found.wide = r->wide;
	if (++r->count > LIMIT_CSRS)
		return error_set(r->err, ERROR_LIMIT, "%s: there are more than %d requests in it",
			r->path, LIMIT_CSRS);
	return r->each(r->arg, &found, r->err);
}

/* --- DER --- */

static bool read_der(struct reading *r, const uint8_t *bytes, size_t len)
{
	struct der_cursor cursor = der_cursor(bytes, len);
	struct der_item item;

	while (!der_is_done(&cursor) && (r->count == 0 || der_has(&cursor, DER_SEQUENCE))) {
		if (!der_take(&cursor, DER_SEQUENCE, &item))
			return reading_fail(r, 0, "the DER structure is cut short or damaged");
		if (!give(r, (struct csr_found){ .der = item.whole, .len = der_whole_len(&item) }))
			return false;
	}
	return true;
}

/* --- PEM --- */

static bool is_request(const char *label)
{
	return strcmp(label, "CERTIFICATE REQUEST") == 0 ||
	       strcmp(label, "NEW CERTIFICATE REQUEST") == 0;
}

/* A mail that was answered has marks in front of its lines, and a copy from a page has odd blanks.
 */
static size_t drop_marks(const char *at, const char *end, char *out)
{
	size_t len = 0;
	bool fresh = true;

	for (; at < end; at++) {
		bool blank = *at == ' ' || *at == '\t';

		if (fresh && (*at == '>' || *at == '|' || blank))
			continue;
		fresh = *at == '\n' || *at == '\r';
		out[len++] = *at;
	}
	return len;
}

static bool give_base64(struct reading *r, struct csr_found found, const char *at, const char *end)
{
	size_t room = (size_t)(end - at) + 3;
	CLEANUP(bytes_freep) uint8_t *text = malloc(room);
	CLEANUP(bytes_freep) uint8_t *der = malloc(room);

	if (!text || !der)
		return error_set_memory(r->err);
	struct pem_cursor body = { (char *)text, (char *)text + drop_marks(at, end, (char *)text),
		found.line };
	if (!pem_decode(&body, der, &found.len))
		return reading_fail(r, body.line,
			body.at < body.end ? "not base64 inside a PEM block"
					   : "the base64 of a PEM block is cut short");
	found.der = der;
	return give(r, found);
}

static bool read_pem(struct reading *r, const char *text, size_t len, bool *ret_other)
{
	struct pem_cursor c = { text, text + len, 1 };
	char label[PEM_LABEL_BYTES], closing[PEM_LABEL_BYTES];

	while (pem_skip_to(&c, pem_begin)) {
		struct csr_found found = { .line = c.line };

		if (!pem_read_label(&c, pem_begin, label))
			return reading_fail(
				r, found.line, "the BEGIN line of a PEM block is damaged");
		const char *body = c.at;

		if (!pem_skip_to(&c, pem_dashes) || !pem_is_at(&c, pem_end))
			return reading_fail(
				r, found.line, "the PEM block that begins here has no END line");
		const char *end = c.at;
		if (!pem_read_label(&c, pem_end, closing))
			return reading_fail(r, c.line, "the END line of a PEM block is damaged");
		found.mixed = strcmp(label, closing) != 0;
		*ret_other |= !is_request(label);
		if (is_request(label) && found.mixed && !is_request(closing))
			return reading_fail(
				r, c.line, "the END line does not fit the BEGIN line of its block");
		if (is_request(label) && !give_base64(r, found, body, end))
			return false;
	}
	return true;
}

/* --- Base64 without BEGIN and END --- */

/* The end of the line at AT, and whether it is nothing but base64. */
static const char *line_end(const char *at, const char *end, size_t *ret_digits, bool *ret_pure)
{
	*ret_digits = 0;
	*ret_pure = true;
	for (; at < end && *at != '\n' && *at != '\r'; at++) {
		if (pem_is_digit(*at) || *at == '=')
			++*ret_digits;
		else if (*at != ' ' && *at != '\t' && !(*at == '>' && *ret_digits == 0))
			*ret_pure = false;
	}
	return at;
}

/* A request is a SEQUENCE of more than 127 bytes, so its base64 begins with "MI". */
static bool begins(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '>'))
		at++;
	return end - at > 2 && at[0] == 'M' && at[1] == 'I';
}

static bool read_alone(struct reading *r, const char *text, size_t len)
{
	struct pem_cursor c = { text, text + len, 1 };
	const char *begin = NULL;
	size_t line = 0;

	while (c.at < c.end) {
		size_t digits;
		bool pure;
		const char *end = line_end(c.at, c.end, &digits, &pure);

		if (!begin && pure && digits >= ALONE_DIGITS && begins(c.at, end)) {
			begin = c.at;
			line = c.line;
		} else if (begin && (!pure || digits == 0)) {
			if (!give_base64(r, (struct csr_found){ .line = line }, begin, c.at))
				return false;
			begin = NULL;
		}
		while (c.at < end)
			pem_step(&c);
		if (c.at < c.end && *c.at == '\r' && c.at + 1 < c.end && c.at[1] == '\n')
			pem_step(&c);
		if (c.at < c.end)
			pem_step(&c);
	}
	return !begin || give_base64(r, (struct csr_found){ .line = line }, begin, c.end);
}

/* --- All of it --- */

static bool read_text(struct reading *r, const char *text, size_t len)
{
	bool other = false;

	if (!read_pem(r, text, len, &other) ||
		(!other && r->count == 0 && !read_alone(r, text, len)))
		return false;
	if (r->count > 0)
		return true;
	return reading_fail(r, 0,
		other ? "there are PEM blocks in it, but no signing request"
		      : "there is no signing request in it");
}

static bool read_wide(struct reading *r, const uint8_t *bytes, size_t len, enum pem_wide wide)
{
	CLEANUP(bytes_freep) uint8_t *text = malloc(len / 2 + 1);

	if (!text)
		return error_set_memory(r->err);
	r->wide = true;
	return read_text(r, (const char *)text, pem_narrow(bytes, len, wide, (char *)text));
}

bool csr_file_read(const char *path, const uint8_t *bytes, size_t len, csr_file_each *each,
	void *arg, struct error *err)
{
	struct reading r = { .path = path, .each = each, .arg = arg, .err = err };

	if (len == 0)
		return reading_fail(&r, 0, "there is no signing request in it");
	enum pem_wide wide = pem_wideness(bytes, len);
	if (wide != PEM_NOT_WIDE)
		return read_wide(&r, bytes, len, wide);
	/* No text begins so: a SEQUENCE with a length of more than 127. */
	if (len >= 2 && bytes[0] == DER_SEQUENCE && (bytes[1] & 0x80))
		return read_der(&r, bytes, len);
	return read_text(&r, (const char *)bytes, len);
}
