/* SPDX-License-Identifier: MIT */
#include "reports/output.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/text.h"

struct output {
	int fd;
	char *path;      /* for messages, and where the file has to appear */
	char *temporary; /* NULL when written directly */
	mode_t mode;     /* of the file in the end */
	bool is_new;     /* replaces nothing */
	bool gathers;    /* it is a file: nobody waits for each record */
	struct buf gathered;
	uint64_t gathered_us; /* since when */
	bool failed;
};

#define GATHER_BYTES 65536u
#define GATHER_US 1000000u /* for who follows the file */

#define LINKS_MOST 40 /* as Linux has it; stat() refused more before */

static const char temporary_name[] = ".chainmend-XXXXXX";

static char *copy(const char *text, struct error *err)
{
	char *made = text_copy(text, strlen(text));

	if (!made)
		(void)error_set_memory(err);
	return made;
}

/* The descriptor that PATH is another name of, or -1. */
static int descriptor_named(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	uint64_t number;

	if (!path || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		size_t len = strlen(folders[i]);

		if (strncmp(path, folders[i], len) == 0 &&
			text_to_uint(path + len, INT16_MAX, &number))
			return (int)number;
	}
	return -1;
}

/* A descriptor of our own for FD, so that closing it tells of errors that came late. */
static bool open_descriptor(struct output *output, int fd, struct error *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return error_set(err, ERROR_IO, "%s: is not open for writing", output->path);
	output->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (output->fd < 0)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	return true;
}

/* A device, a FIFO: there is nothing to rename. */
static bool open_directly(struct output *output, struct error *err)
{
	output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (output->fd < 0)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	return true;
}

static mode_t mode_by_umask(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return 0666 & ~mask;
}

/* The folder's name including the last slash is as long as this. */
static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool open_temporary(struct output *output, struct error *err)
{
	size_t folder = folder_len(output->path);

	if (!output->path[folder])
		return error_set(err, ERROR_IO, "%s: names no file", output->path);
	char *name = malloc(folder + sizeof temporary_name);
	if (!name)
		return error_set_memory(err);
	memcpy(name, output->path, folder);
	memcpy(name + folder, temporary_name, sizeof temporary_name);

	output->fd = mkstemp(name); /* mode 0600 */
	if (output->fd < 0) {
		int why = errno;
		free(name);
		return error_set_errno(err, why, "%s: cannot be written", output->path);
	}
	output->temporary = name;
	(void)fcntl(output->fd, F_SETFD, FD_CLOEXEC);
	return true;
}

/*
 * Follows one link: the path of what output->path leads to replaces it.  False with errno set;
 * EINVAL when it is no link.
 */
static bool follow(struct output *output)
{
	char to[4096];
	ssize_t got = readlink(output->path, to, sizeof to);

	if (got < 0)
		return false;
	if ((size_t)got == sizeof to) {
		errno = ENAMETOOLONG;
		return false;
	}
	size_t len = (size_t)got, folder = to[0] == '/' ? 0 : folder_len(output->path);
	char *path = malloc(folder + len + 1);
	if (!path) {
		errno = ENOMEM;
		return false;
	}
	memcpy(path, output->path, folder);
	memcpy(path + folder, to, len);
	path[folder + len] = '\0';
	free(output->path);
	output->path = path;
	return true;
}

/* The file that is there keeps its mode and, where we may, its owner; a link stays a link. */
static bool replace(struct output *output, const struct stat *there, struct error *err)
{
	size_t links = 0;

	if (faccessat(AT_FDCWD, output->path, W_OK, AT_EACCESS) != 0)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	while (links++ < LINKS_MOST && follow(output))
		errno = EINVAL;
	if (errno != EINVAL)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	if (!open_temporary(output, err))
		return false;
	output->mode = there->st_mode & 0777;
	if (fchown(output->fd, there->st_uid, there->st_gid) != 0)
		errno = 0; /* only root gives files away; ours then, as if it were new */
	return true;
}

static bool open_path(struct output *output, struct error *err)
{
	struct stat there;

	if (stat(output->path, &there) == 0) {
		if (S_ISDIR(there.st_mode))
			return error_set(err, ERROR_IO, "%s: is a directory", output->path);
		if (!S_ISREG(there.st_mode))
			return open_directly(output, err);
		return replace(output, &there, err);
	}
	if (errno != ENOENT)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	if (lstat(output->path, &there) == 0)
		return error_set(err, ERROR_IO, "%s: is a link that leads nowhere", output->path);
	output->mode = mode_by_umask();
	return open_temporary(output, err);
}

static struct output *output_new(const char *path, struct error *err)
{
	CLEANUP(output_freep) struct output *output = calloc(1, sizeof *output);

	if (!output) {
		(void)error_set_memory(err);
		return NULL;
	}
	output->fd = -1;
	output->gathered = (struct buf)BUF_INIT(2 * GATHER_BYTES);
	output->path = copy(path, err);
	return output->path ? TAKE(output) : NULL;
}

static bool refuse_present(const char *path, struct error *err)
{
	return error_set(err, ERROR_IO, "%s: is there already, and is not written over", path);
}

struct output *output_open_new(const char *path, mode_t mode, struct error *err)
{
	CLEANUP(output_freep) struct output *output = output_new(path, err);
	struct stat there;

	if (!output)
		return NULL;
	output->is_new = true;
	output->mode = mode;
	if (lstat(path, &there) == 0)
		(void)refuse_present(path, err);
	else if (errno != ENOENT)
		(void)error_set_errno(err, errno, "%s: cannot be written", path);
	else if (open_temporary(output, err))
		return TAKE(output);
	return NULL;
}

struct output *output_open_secret(const char *path, struct error *err)
{
	return output_open_new(path, 0600, err);
}

struct output *output_open(const char *path, struct error *err)
{
	CLEANUP(output_freep)
	struct output *output = output_new(
		path && strcmp(path, "-") != 0 ? path : "standard output", err);
	int fd = descriptor_named(path);
	struct stat info;

	if (!output || !(fd >= 0 ? open_descriptor(output, fd, err) : open_path(output, err)))
		return NULL;
	output->gathers = fstat(output->fd, &info) == 0 && S_ISREG(info.st_mode);
	return TAKE(output);
}

void output_hide(struct output *output)
{
	output->mode &= 0600;
}

/* Whoever handed us a descriptor may have made it non-blocking. */
static bool wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return poll(&room, 1, -1) >= 0 || errno == EINTR;
}

static bool write_all(struct output *output, const char *bytes, size_t len, struct error *err)
{
	if (output->failed)
		return error_set(err, ERROR_IO, "%s: an earlier write failed", output->path);
	while (len > 0) {
		ssize_t done = write(output->fd, bytes, len);

		if (done > 0) {
			bytes += done;
			len -= (size_t)done;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) &&
			wait_for_room(output->fd))
			continue;
		output->failed = true;
		return error_set_errno(
			err, done < 0 ? errno : EIO, "%s: cannot be written", output->path);
	}
	return true;
}

bool output_flush(struct output *output, struct error *err)
{
	struct buf *gathered = &output->gathered;
	bool written = write_all(output, buf_text(gathered), gathered->len, err);

	buf_clear(gathered);
	return written;
}

bool output_write(struct output *output, const char *bytes, size_t len, struct error *err)
{
	return output_flush(output, err) && write_all(output, bytes, len, err);
}

bool output_append(struct output *output, const char *bytes, size_t len, struct error *err)
{
	struct buf *gathered = &output->gathered;
	uint64_t now_us;

	if (!output->gathers || len > GATHER_BYTES)
		return output_write(output, bytes, len, err);
	now_us = clock_monotonic_us();
	if (gathered->len == 0)
		output->gathered_us = now_us;
	if (!buf_add(gathered, bytes, len))
		return error_set_memory(err);
	if (gathered->len < GATHER_BYTES && now_us - output->gathered_us < GATHER_US)
		return true;
	return output_flush(output, err);
}

/* Only the kernel knows which file a descriptor stands for. */
static void find_path(int fd, char *path, size_t size)
{
	char link[64];

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t got = readlink(link, path, size - 1);
	path[got > 0 && (size_t)got < size - 1 ? got : 0] = '\0';
}

bool output_place(struct output *output, struct output_place *ret_place, struct error *err)
{
	struct stat info;

	*ret_place = (struct output_place){ .kind = OUTPUT_STREAM };
	if (!output_flush(output, err))
		return false;
	if (fstat(output->fd, &info) != 0)
		return error_set_errno(err, errno, "%s: cannot be looked at", output->path);
	if (output->temporary)
		ret_place->kind = OUTPUT_REPLACED;
	if (output->temporary || !S_ISREG(info.st_mode))
		return true;
	int flags = fcntl(output->fd, F_GETFL);
	off_t at = flags >= 0 && (flags & O_APPEND) ? info.st_size : lseek(output->fd, 0, SEEK_CUR);
	if (at < 0)
		return error_set_errno(err, errno, "%s: cannot be looked at", output->path);
	ret_place->kind = OUTPUT_FILE;
	ret_place->device = (uint64_t)info.st_dev;
	ret_place->inode = (uint64_t)info.st_ino;
	ret_place->size = (uint64_t)info.st_size;
	ret_place->offset = (uint64_t)at;
	find_path(output->fd, ret_place->path, sizeof ret_place->path);
	return true;
}

/* So that the new name survives a power cut; some file systems cannot, and lose nothing else. */
static void sync_folder(const char *path)
{
	size_t len = folder_len(path);
	char *folder = len > 0 ? text_copy(path, len) : text_copy(".", 1);

	if (!folder)
		return;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

static bool close_checked(struct output *output, struct error *err)
{
	int fd = output->fd;

	output->fd = -1;
	/* After EINTR the descriptor is gone on Linux: closing again could close another's. */
	if (close(fd) != 0 && errno != EINTR)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	return true;
}

/* Takes the name with an empty file first, which only one can do (open(2), O_EXCL). */
static bool take_name(const struct output *output, struct error *err)
{
	int fd = open(output->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		(void)close(fd);
		return true;
	}
	if (errno == EEXIST)
		return refuse_present(output->path, err);
	return error_set_errno(err, errno, "%s: cannot be written", output->path);
}

bool output_commit(struct output *output, struct error *err)
{
	if (!output_flush(output, err))
		return false;
	if (!output->temporary)
		return close_checked(output, err);

	if (fchmod(output->fd, output->mode) != 0 || fsync(output->fd) != 0)
		return error_set_errno(err, errno, "%s: cannot be written", output->path);
	if (!close_checked(output, err) || (output->is_new && !take_name(output, err)))
		return false;
	if (rename(output->temporary, output->path) != 0) {
		int why = errno;

		if (output->is_new)
			(void)unlink(output->path);
		return error_set_errno(err, why, "%s: cannot be written", output->path);
	}
	free(output->temporary);
	output->temporary = NULL;
	sync_folder(output->path);
	return true;
}

void output_free(struct output *output)
{
	if (!output)
		return;
	/* What was written directly stays, and whole records are better than none. */
	if (output->fd >= 0 && !output->temporary)
		output->failed = !output_flush(output, NULL);
	buf_release(&output->gathered);
	if (output->fd >= 0)
		(void)close(output->fd);
	if (output->temporary)
		(void)unlink(output->temporary);
	free(output->temporary);
	free(output->path);
	free(output);
}
