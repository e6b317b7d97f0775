/* SPDX-License-Identifier: MIT */
#include "checker/target/target_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/target/target_reader.h"

/* The longest line, and its end. */
#define AHEAD (LIMIT_LINE_BYTES + 2u)

/* Large enough that what is left over is not moved too often. */
#define WINDOW_BYTES (4 * AHEAD)

static ssize_t read_at(int fd, char *out, size_t len, uint64_t at)
{
	ssize_t got;

	do
		got = pread(fd, out, len, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno != EINTR)
			return false;
		bytes += done > 0 ? done : 0;
		len -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* In TMPDIR, or where files may be large; /tmp is memory on many systems. */
static int nameless_file(const char **ret_folder)
{
	const char *const folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	static const char name[] = "/.chainmend-XXXXXX";
	char path[4096];

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		size_t len = folders[i] ? strlen(folders[i]) : 0;
		int fd;

		if (len == 0 || len + sizeof name > sizeof path)
			continue;
		*ret_folder = folders[i];
		memcpy(path, folders[i], len);
		memcpy(path + len, name, sizeof name);
		fd = mkstemp(path);
		if (fd < 0)
			continue;
		(void)unlink(path);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		return fd;
	}
	return -1;
}

static bool copy_all(struct target_file *file, int from, const char *shown, struct error *err)
{
	char chunk[65536];

	for (;;) {
		ssize_t got = read(from, chunk, sizeof chunk);

		if (got == 0)
			return true;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, errno, "%s: cannot be read", shown);
		file->size += (uint64_t)got;
		if (file->size > LIMIT_INPUT_BYTES)
			return error_set(err, ERROR_LIMIT, "%s: larger than %llu bytes", shown,
				LIMIT_INPUT_BYTES);
		if (!write_all(file->fd, chunk, (size_t)got))
			return error_set_errno(err, errno, "%s: cannot be copied", shown);
	}
}

/* What can be read only once. */
static bool spool(struct target_file *file, int from, const char *shown, struct error *err)
{
	const char *folder = "/tmp";

	file->fd = nameless_file(&folder);
	if (file->fd < 0)
		return error_set_errno(
			err, errno, "%s: cannot be copied to a file in %s", shown, folder);
	return copy_all(file, from, shown, err);
}

static bool note_time(struct target_file *file, struct error *err)
{
	struct stat info;

	if (fstat(file->fd, &info) != 0)
		return error_set_errno(err, errno, "%s: cannot be read", file->name);
	file->changed_s = info.st_mtim.tv_sec;
	file->changed_ns = info.st_mtim.tv_nsec;
	return true;
}

static bool open_path(struct target_file *file, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	bool good = false;

	if (fd < 0)
		return error_set_errno(err, errno, "%s: cannot be opened", path);
	if (fstat(fd, &info) != 0)
		(void)error_set_errno(err, errno, "%s: cannot be read", path);
	else if (S_ISDIR(info.st_mode))
		(void)error_set(err, ERROR_IO, "%s: is a directory", path);
	else if (!S_ISREG(info.st_mode) || info.st_size == 0) /* files of /proc do not say */
		good = spool(file, fd, path, err);
	else if (info.st_size < 0 || (uint64_t)info.st_size > LIMIT_INPUT_BYTES)
		(void)error_set(
			err, ERROR_LIMIT, "%s: larger than %llu bytes", path, LIMIT_INPUT_BYTES);
	else {
		file->size = (uint64_t)info.st_size;
		file->fd = fd;
		return true;
	}
	(void)close(fd);
	return good;
}

bool target_file_open(
	struct target_file *file, const char *name, const char *path, struct error *err)
{
	*file = (struct target_file){ .name = name, .fd = -1 };
	bool opened = strcmp(path, "-") == 0 ? spool(file, STDIN_FILENO, "standard input", err)
					     : open_path(file, path, err);
	if (opened && note_time(file, err))
		return true;
	target_file_close(file);
	return false;
}

void target_file_close(struct target_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
}

bool target_file_is_same(const struct target_file *file)
{
	struct stat info;

	return file->fd < 0 ||
	       (fstat(file->fd, &info) == 0 && (uint64_t)info.st_size == file->size &&
		       info.st_mtim.tv_sec == file->changed_s &&
		       info.st_mtim.tv_nsec == file->changed_ns);
}

bool target_file_peek(const struct target_file *file, struct buf *buf, struct error *err)
{
	char chunk[4096];
	size_t most = buf->max < sizeof chunk ? buf->max : sizeof chunk;
	const char *from = file->bytes;
	ssize_t got = (ssize_t)(file->size < most ? file->size : most);

	if (file->fd >= 0) {
		got = read_at(file->fd, chunk, most, 0);
		from = chunk;
	}
	if (got < 0)
		return error_set_errno(err, errno, "%s: cannot be read", file->name);
	return buf_add(buf, from, (size_t)got) || error_set_memory(err);
}

bool target_file_load(
	const struct target_file *file, uint64_t at, struct buf *buf, struct error *err)
{
	char chunk[65536];

	if (file->size - at > buf->max)
		return error_set(
			err, ERROR_LIMIT, "%s: larger than %zu bytes", file->name, buf->max);
	while (file->fd >= 0) {
		ssize_t got = read_at(file->fd, chunk, sizeof chunk, at);

		if (got < 0)
			return error_set_errno(err, errno, "%s: cannot be read", file->name);
		if (got == 0)
			return true;
		at += (uint64_t)got;
		if (!buf_add(buf, chunk, (size_t)got))
			return error_set_memory(err);
	}
	return buf_add(buf, file->bytes + at, (size_t)(file->size - at)) || error_set_memory(err);
}

bool target_input_open(struct target_input *input, const struct target_file *file, uint64_t at,
	size_t line, struct error *err)
{
	*input = (struct target_input){ .file = file, .line = line, .at = at };
	if (file->fd < 0) {
		input->text = file->bytes ? file->bytes + at : "";
		input->len = (size_t)(file->size - at);
		input->at = file->size;
		return true;
	}
	input->window = malloc(WINDOW_BYTES);
	input->text = input->window;
	return input->window || error_set_memory(err);
}

void target_input_release(struct target_input *input)
{
	free(input->window);
	input->window = NULL;
	input->len = 0;
}

/* Fills the window again when too little of it is left to see a whole line. */
static void fill(struct target_input *input)
{
	uint64_t size = input->file->size;

	if (!input->window || input->len >= AHEAD || input->at >= size)
		return;
	memmove(input->window, input->text, input->len);
	input->text = input->window;
	while (input->len < WINDOW_BYTES && input->at < size) {
		ssize_t got = read_at(input->file->fd, input->window + input->len,
			WINDOW_BYTES - input->len, input->at);

		if (got < 0)
			(void)error_set_errno(
				&input->why, errno, "%s: cannot be read", input->file->name);
		else if (got == 0)
			(void)error_set(&input->why, ERROR_IO,
				"%s: was cut short while it was being read", input->file->name);
		if (got <= 0) {
			input->len = 0;
			input->at = size;
			return;
		}
		input->at += (uint64_t)got;
		input->len += (size_t)got;
	}
	if (input->at > size) {
		input->len -= (size_t)(input->at - size);
		input->at = size;
	}
}

static void drop(struct target_input *input)
{
	input->text += input->used;
	input->len -= input->used;
	input->used = 0;
}

bool target_input_step(struct target_input *input)
{
	drop(input);
	fill(input);
	while (input->cut && input->len > 0) {
		const char *end = memchr(input->text, '\n', input->len);

		input->used = end ? (size_t)(end - input->text) + 1 : input->len;
		input->cut = !end;
		input->line += end != NULL;
		drop(input);
		fill(input);
	}
	return input->len > 0;
}

void target_input_use(struct target_input *input, size_t len)
{
	const char *at = input->text + input->used, *end = at + len;

	input->used += len;
	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		input->line++;
		at++;
	}
}

size_t target_input_use_line(struct target_input *input)
{
	const char *end = memchr(input->text, '\n', input->len);
	size_t len = end ? (size_t)(end - input->text) : input->len;

	input->used = end ? len + 1 : len;
	input->line += end != NULL;
	/* What is in memory is there whole; a window ends where the file does, or too early. */
	input->cut = !end && input->at < input->file->size;
	return len;
}

bool target_input_line(struct target_input *input, struct target_piece *ret_line)
{
	if (!target_input_step(input))
		return false;

	size_t line = input->line, len = target_input_use_line(input);
	if (len > 0 && input->text[len - 1] == '\r' && !input->cut)
		len--;
	*ret_line = (struct target_piece){ .text = input->text, .len = len, .line = line };
	return true;
}

uint64_t target_input_offset(const struct target_input *input)
{
	return input->at - input->len;
}
