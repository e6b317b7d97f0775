/* SPDX-License-Identifier: MIT */
#include "checker/base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/error.h"

#define CHUNK_BYTES 65536u

static void init(struct lines *lines, const char *name, size_t most)
{
	*lines = (struct lines){ .fd = -1,
		.name = name,
		.line = BUF_INIT(most + 1),
		.ahead = BUF_INIT(most + 2 * CHUNK_BYTES),
		.most = most };
}

bool lines_open(struct lines *lines, const char *path, size_t most, struct error *err)
{
	bool standard = strcmp(path, "-") == 0;

	init(lines, standard ? "standard input" : path, most);
	lines->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	return lines->fd >= 0 || error_set_errno(err, errno, "%s", path);
}

bool lines_open_fd(struct lines *lines, const char *name, int fd, size_t most, struct error *err)
{
	init(lines, name, most);
	lines->fd = fd;
	lines->is_lent = true;
	return lseek(fd, 0, SEEK_SET) == 0 || error_set_errno(err, errno, "%s", name);
}

bool lines_open_bytes(
	struct lines *lines, const char *name, const char *bytes, size_t len, struct error *err)
{
	init(lines, name, len);
	lines->ended = true;
	return buf_add(&lines->ahead, bytes, len) || error_set_memory(err);
}

void lines_close(struct lines *lines)
{
	if (lines->fd > STDIN_FILENO && !lines->is_lent)
		(void)close(lines->fd);
	lines->fd = -1;
	buf_release(&lines->line);
	buf_release(&lines->ahead);
}

/* More of the file behind what is ahead. */
static bool fill(struct lines *lines, struct error *err)
{
	char chunk[CHUNK_BYTES];
	ssize_t got;

	buf_drop(&lines->ahead, lines->used);
	lines->used = 0;
	if (lines->ahead.len > lines->most)
		return error_set(err, ERROR_LIMIT, "%s:%zu: the line is longer than %zu bytes",
			lines->name, lines->number + 1, lines->most);
	do {
		got = read(lines->fd, chunk, sizeof chunk);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(err, errno, "%s", lines->name);
	lines->ended = got == 0;
	return buf_add(&lines->ahead, chunk, (size_t)got) || error_set_memory(err);
}

/* LEN bytes of what is ahead are the line. */
static bool take(struct lines *lines, const char *at, size_t len, struct error *err)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (len > 0 && at[len - 1] == '\r')
		len--;
	if (lines->number == 0 && len >= 3 && memcmp(at, mark, 3) == 0)
		at += 3, len -= 3;
	buf_clear(&lines->line);
	lines->number++;
	if (len > lines->most)
		return error_set(err, ERROR_LIMIT, "%s:%zu: the line is longer than %zu bytes",
			lines->name, lines->number, lines->most);
	return buf_add(&lines->line, at, len) || error_set_memory(err);
}

bool lines_next(struct lines *lines, struct error *err)
{
	size_t looked = 0;

	for (;;) {
		const char *at = buf_text(&lines->ahead) + lines->used;
		size_t left = lines->ahead.len - lines->used;
		const char *end = left > looked ? memchr(at + looked, '\n', left - looked) : NULL;

		if (!end && !lines->ended) {
			looked = left;
			if (!fill(lines, err))
				return false;
			continue;
		}
		if (!end && left == 0)
			return false;
		size_t len = end ? (size_t)(end - at) : left;
		lines->used += len + (end != NULL);
		return take(lines, at, len, err);
	}
}
