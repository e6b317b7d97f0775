/* SPDX-License-Identifier: MIT */
#include "cli/run/checkpoint_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/error.h"
#include "checker/base/text.h"

#define CHUNK_BYTES 262144u

static bool open_there(struct checkpoint_file *file, bool resume, struct error *err)
{
	struct stat info;

	if (!resume)
		return error_set(err, ERROR_USAGE,
			"%s: is there already; --resume goes on with it, or name another file",
			file->path);
	if (fstat(file->fd, &info) != 0)
		return error_set_errno(err, errno, "%s: cannot be read", file->path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_IO, "%s: is not a regular file", file->path);
	if (flock(file->fd, LOCK_EX | LOCK_NB) != 0)
		return error_set(err, ERROR_IO, "%s: another run is using it", file->path);
	file->size = (uint64_t)info.st_size;
	return true;
}

bool checkpoint_file_open(
	struct checkpoint_file *file, const char *path, bool resume, struct error *err)
{
	struct stat info;

	file->fd = -1;
	file->path = text_copy(path, strlen(path));
	if (!file->path)
		return error_set_memory(err);
	/* Without --resume it need not be one that may be written. */
	if (!resume && lstat(path, &info) == 0)
		return open_there(file, resume, err);
	file->fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd >= 0)
		return open_there(file, resume, err);
	return errno == ENOENT || error_set_errno(err, errno, "%s: cannot be opened", path);
}

void checkpoint_file_close(struct checkpoint_file *file)
{
	if (file->path && file->fd >= 0)
		(void)close(file->fd);
	free(file->path);
	file->path = NULL;
}

bool checkpoint_file_settle(struct checkpoint_file *file, struct error *err)
{
	if (file->fd < 0) {
		file->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (file->fd < 0)
			return error_set_errno(err, errno, "%s: cannot be made", file->path);
		if (flock(file->fd, LOCK_EX | LOCK_NB) != 0)
			return error_set(err, ERROR_IO, "%s: another run is using it", file->path);
	}
	if (ftruncate(file->fd, (off_t)file->size) != 0)
		return error_set_errno(err, errno, "%s: cannot be written", file->path);
	return true;
}

bool checkpoint_file_write_at(
	struct checkpoint_file *file, const char *bytes, size_t len, uint64_t at, struct error *err)
{
	while (len > 0) {
		ssize_t done = pwrite(file->fd, bytes, len, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return error_set_errno(
				err, done < 0 ? errno : EIO, "%s: cannot be written", file->path);
		bytes += done;
		len -= (size_t)done;
		at += (uint64_t)done;
	}
	return true;
}

bool checkpoint_file_append(
	struct checkpoint_file *file, const char *bytes, size_t len, struct error *err)
{
	if (!checkpoint_file_write_at(file, bytes, len, file->size, err))
		return false;
	file->size += len;
	return true;
}

bool checkpoint_file_sync(struct checkpoint_file *file, struct error *err)
{
	return fsync(file->fd) == 0 ||
	       error_set_errno(err, errno, "%s: cannot be written", file->path);
}

void checkpoint_reader_init(struct checkpoint_reader *reader, const struct checkpoint_file *file,
	uint64_t from, uint64_t to)
{
	*reader = (struct checkpoint_reader){ .file = file,
		.window = BUF_INIT(JOURNAL_LINE_BYTES),
		.at = from,
		.end = to,
		.whole = from };
}

void checkpoint_reader_release(struct checkpoint_reader *reader)
{
	buf_release(&reader->window);
}

/* One more chunk; false at the end, and when it failed. */
static bool read_more(struct checkpoint_reader *reader, struct error *err)
{
	static const size_t chunk_bytes = CHUNK_BYTES;
	uint64_t left = reader->end - reader->at;
	size_t want = left < chunk_bytes ? (size_t)left : chunk_bytes;
	ssize_t got = 0;

	if (want == 0 || reader->file->fd < 0)
		return false;
	char *chunk = malloc(chunk_bytes);
	if (chunk)
		got = pread(reader->file->fd, chunk, want, (off_t)reader->at);
	if (!chunk)
		reader->failed = !error_set_memory(err);
	else if (got < 0 && errno != EINTR)
		reader->failed = !error_set_errno(
			err, errno, "%s: cannot be read", reader->file->path);
	else if (got > 0 && !buf_add(&reader->window, chunk, (size_t)got))
		reader->failed = !error_set(
			err, ERROR_LIMIT, "%s: has a line that is too long", reader->file->path);
	free(chunk);
	reader->at += got > 0 ? (uint64_t)got : 0;
	return !reader->failed && got != 0;
}

bool checkpoint_reader_next(
	struct checkpoint_reader *reader, struct checkpoint_line *ret_line, struct error *err)
{
	size_t searched = reader->used;
	char *end = NULL;

	for (;;) {
		if (reader->window.len > searched)
			end = memchr(reader->window.data + searched, '\n',
				reader->window.len - searched);
		if (end)
			break;
		/* Only what is left of the window moves to its beginning. */
		buf_drop(&reader->window, reader->used);
		reader->used = 0;
		searched = reader->window.len;
		if (!read_more(reader, err))
			return false;
	}
	*end = '\0';
	*ret_line = (struct checkpoint_line){ .text = reader->window.data + reader->used,
		.len = (size_t)(end - reader->window.data) - reader->used,
		.offset = reader->whole };
	reader->used += ret_line->len + 1;
	reader->whole += ret_line->len + 1;
	return true;
}

bool checkpoint_file_behind(
	const struct checkpoint_file *file, uint64_t at, uint64_t *ret_behind, struct error *err)
{
	struct checkpoint_reader reader;
	struct checkpoint_line line;

	checkpoint_reader_init(&reader, file, at, file->size);
	bool found = checkpoint_reader_next(&reader, &line, err);
	*ret_behind = reader.whole;
	checkpoint_reader_release(&reader);
	return found || !reader.failed;
}

/* The file that records were written to, if it is still there under its name; -1. */
static int open_output(const struct journal_output *output)
{
	const int how = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat info;
	int fd = open(output->path, O_RDWR | how);

	if (fd < 0)
		fd = open(output->path, O_RDONLY | how);
	if (fd < 0)
		return -1;
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
		(uint64_t)info.st_dev == output->device && (uint64_t)info.st_ino == output->inode)
		return fd;
	(void)close(fd);
	return -1;
}

/* How many of the LEN bytes stand at AT of the file, from the first on. */
static bool count_there(int fd, const char *bytes, size_t len, uint64_t at, size_t *ret_count)
{
	size_t count = 0;

	while (count < len) {
		char chunk[4096];
		size_t want = len - count < sizeof chunk ? len - count : sizeof chunk, same = 0;
		ssize_t got = pread(fd, chunk, want, (off_t)(at + count));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		while (same < (size_t)got && chunk[same] == bytes[count + same])
			same++;
		count += same;
		if (got == 0 || same < (size_t)got)
			break;
	}
	*ret_count = count;
	return true;
}

/* Writes what is missing behind the first COUNT bytes, if the file ends there. */
static bool complete(int fd, const char *bytes, size_t len, uint64_t at, size_t count)
{
	struct stat info;

	if (fstat(fd, &info) != 0 || (uint64_t)info.st_size != at + count)
		return false;
	while (count < len) {
		ssize_t done = pwrite(fd, bytes + count, len - count, (off_t)(at + count));

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		count += (size_t)done;
	}
	return true;
}

/* What is there in part and does not end the file is something else that begins alike. */
static bool settle(
	struct checkpoint_lack *lack, int fd, const struct checkpoint_line *line, struct error *err)
{
	uint64_t at = lack->attempt.at;
	size_t there = 0;
	struct stat info;

	if (fstat(fd, &info) != 0 || !count_there(fd, line->records, line->records_len, at, &there))
		return error_set_errno(err, errno, "%s: cannot be read", lack->output.path);
	lack->delivered = there == line->records_len;
	if (lack->delivered || there == 0 || (uint64_t)info.st_size != at + there)
		return true;
	lack->delivered = complete(fd, line->records, line->records_len, at, there);
	return lack->delivered ||
	       error_set(err, ERROR_IO,
		       "%s: ends in the middle of a record, which cannot be completed",
		       lack->output.path);
}

bool checkpoint_lack_look(
	struct checkpoint_lack *lack, const struct checkpoint_file *file, struct error *err)
{
	struct checkpoint_reader reader;
	struct checkpoint_line line;

	if (lack->output.kind != JOURNAL_FILE)
		return true;
	int fd = open_output(&lack->output);
	if (fd < 0)
		return error_set(err, ERROR_IO,
			"%s: was the output of the run before and cannot be opened, so nobody can "
			"say whether its last record is there",
			lack->output.path[0] ? lack->output.path : "a file without a name");
	checkpoint_reader_init(&reader, file, lack->attempt.line, file->size);
	bool good = checkpoint_reader_next(&reader, &line, err);
	if (good) {
		journal_records(line.text, line.len, &line.records, &line.records_len);
		good = line.records && settle(lack, fd, &line, err);
	}
	checkpoint_reader_release(&reader);
	(void)close(fd);
	return good || error_set(err, ERROR_SYNTAX, "%s: was changed", file->path);
}
