/* SPDX-License-Identifier: MIT */
/*
 * buf - a byte buffer that grows up to a maximum it was given
 *
 * There is no buffer without a maximum.  Bytes are always followed by a NUL
 * that is not counted, so a buf of text is a C string.  Once an append did not
 * fit, or memory ran out, the buffer is `failed` and every later append is
 * refused: a caller may append many times and look once.
 */
#ifndef CHECKER_BASE_BUF_H
#define CHECKER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "checker/base/attr.h"

struct error;

struct buf {
	char *data; /* NULL until the first append */
	size_t len;
	size_t room;
	size_t max;
	bool failed;
};

#define BUF_INIT(max_)                                                            \
	{                                                                         \
		.data = NULL, .len = 0, .room = 0, .max = (max_), .failed = false \
	}

void buf_release(struct buf *buf);

/* buf_add() where there is no room yet. */
bool buf_add_more(struct buf *buf, const void *bytes, size_t len);

/* False when the bytes did not fit; nothing is appended then. */
static inline bool buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (buf->failed || len >= buf->room - buf->len || len > buf->max - buf->len)
		return buf_add_more(buf, bytes, len);
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return true;
}

static inline bool buf_add_text(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

static inline bool buf_add_char(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

bool buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Drops the first LEN bytes; all of them when LEN is more. */
void buf_drop(struct buf *buf, size_t len);
void buf_clear(struct buf *buf);

/* The text, never NULL. */
const char *buf_text(const struct buf *buf);

/*
 * Appends a whole file, or standard input for "-".  A file that is larger than
 * the maximum, a directory, or a read error is an error that names the path.
 */
MUST_USE bool buf_read_file(struct buf *buf, const char *path, struct error *err);

#endif
