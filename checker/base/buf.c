/* SPDX-License-Identifier: MIT */
#include "checker/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"

#define CHUNK_BYTES 65536u /* that are read at once */

void buf_release(struct buf *buf)
{
	if (!buf)
		return;
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->room = 0;
}

/* Room for LEN more bytes and the NUL. */
static bool make_room(struct buf *buf, size_t len)
{
	if (buf->failed || len > buf->max - buf->len) {
		buf->failed = true;
		return false;
	}
	size_t need = buf->len + len + 1;
	if (need <= buf->room)
		return true;

	size_t room = buf->room ? buf->room : 256;
	while (room < need)
		room *= 2;
	/* `failed` does not tell that memory ran out from what is too long. */
	char *moved = heap_retake(buf->data, room);
	if (!moved) {
		buf->failed = true;
		return false;
	}
	buf->data = moved;
	buf->room = room;
	return true;
}

bool buf_add_more(struct buf *buf, const void *bytes, size_t len)
{
	if (!make_room(buf, len))
		return false;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return true;
}

bool buf_addf(struct buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0 || !make_room(buf, (size_t)len)) {
		buf->failed = true;
		return false;
	}
	va_start(args, fmt);
	(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)len;
	return true;
}

void buf_drop(struct buf *buf, size_t len)
{
	if (len >= buf->len) {
		buf_clear(buf);
		return;
	}
	memmove(buf->data, buf->data + len, buf->len - len + 1);
	buf->len -= len;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

/* It goes straight to where it stays: what is secret leaves no copy behind. */
static bool read_all(struct buf *buf, int fd, const char *path, struct error *err)
{
	for (;;) {
		size_t left = buf->max - buf->len, len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
		char beyond;

		if (!make_room(buf, len))
			return error_set_memory(err);
		ssize_t got = read(fd, len ? buf->data + buf->len : &beyond, len ? len : 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s: cannot be read", path);
		if (got > 0 && len == 0) {
			buf->failed = true;
			return error_set(
				err, ERROR_LIMIT, "%s: larger than %zu bytes", path, buf->max);
		}
		buf->len += (size_t)got;
		buf->data[buf->len] = '\0';
		if (got == 0)
			return true;
	}
}

bool buf_read_file(struct buf *buf, const char *path, struct error *err)
{
	struct stat info;

	if (strcmp(path, "-") == 0)
		return read_all(buf, STDIN_FILENO, "standard input", err);

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, errno, "%s: cannot be opened", path);
	bool read = false;
	if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
		(void)error_set(err, ERROR_IO, "%s: is a directory", path);
	else
		read = read_all(buf, fd, path, err);
	(void)close(fd);
	return read;
}
