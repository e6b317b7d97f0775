/* SPDX-License-Identifier: MIT */
#include "cli/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/base/vec.h"

#define FOLDER_MODE 0777
#define FILE_MODE 0666
#define KEPT_MOST 10000
#define MARK_BYTES 200

struct folder {
	char *path;
	char *making; /* where it is filled; NULL once it has its name */
	struct folder_kind kind;
	bool replaces;
	VEC(char *) made; /* in the order in which they were made, below `making` */
};

static void remove_made(struct folder *folder)
{
	while (folder->made.count > 0) {
		const char *path = folder->made.items[folder->made.count - 1];

		if (folder->making)
			(void)(unlink(path) == 0 || rmdir(path) == 0);
		free(folder->made.items[--folder->made.count]);
	}
	if (folder->making)
		(void)rmdir(folder->making);
}

void folder_free(struct folder *folder)
{
	if (!folder)
		return;
	remove_made(folder);
	free(folder->made.items);
	free(folder->making);
	free(folder->path);
	free(folder);
}

/* --- What is there already --- */

static bool is_empty(const char *path)
{
	DIR *entries = opendir(path);
	size_t count = 0;

	while (entries && readdir(entries))
		count++;
	if (entries)
		(void)closedir(entries);
	return entries && count <= 2; /* "." and ".." */
}

static bool is_of_kind(const char *path, const struct folder_kind *kind)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(8192);
	char begin[MARK_BYTES] = "";
	size_t want = strlen(kind->begins);

	if (!buf_addf(&name, "%s/%s", path, kind->mark) || want >= sizeof begin)
		return false;
	FILE *file = fopen(buf_text(&name), "rb");
	if (!file)
		return false;
	size_t had = fread(begin, 1, want, file);
	(void)fclose(file);
	return had == want && memcmp(begin, kind->begins, want) == 0;
}

static bool check_place(struct folder *folder, struct error *err)
{
	struct stat found;

	if (lstat(folder->path, &found) != 0)
		return errno == ENOENT || error_set_errno(err, errno, "%s", folder->path);
	folder->replaces = S_ISDIR(found.st_mode) &&
			   (is_empty(folder->path) || is_of_kind(folder->path, &folder->kind));
	return folder->replaces ||
	       error_set(err, ERROR_USAGE,
		       "%s is in the way: it is there already, and not an earlier plan",
		       folder->path);
}

/* --- Making it --- */

static char *joined(const char *a, const char *b)
{
	struct buf text = BUF_INIT(8192);

	(void)buf_addf(&text, "%s%s", a, b);
	char *copy = text.failed ? NULL : text_copy(buf_text(&text), text.len);
	buf_release(&text);
	return copy;
}

static bool begin(struct folder *folder, struct error *err)
{
	mode_t mask;

	folder->making = joined(folder->path, ".XXXXXX");
	if (!folder->making)
		return error_set_memory(err);
	if (!mkdtemp(folder->making)) {
		(void)error_set_errno(err, errno, "%s", folder->path);
		free(TAKE(folder->making));
		return false;
	}
	mask = umask(0);
	(void)umask(mask);
	return chmod(folder->making, FOLDER_MODE & ~mask) == 0 ||
	       error_set_errno(err, errno, "%s", folder->making);
}

struct folder *folder_open(const char *path, const struct folder_kind *kind, struct error *err)
{
	CLEANUP(folder_freep) struct folder *folder = calloc(1, sizeof *folder);
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (!folder || !(folder->path = text_copy(path, len))) {
		(void)error_set_memory(err);
		return NULL;
	}
	folder->kind = *kind;
	if (!check_place(folder, err) || !begin(folder, err))
		return NULL;
	return TAKE(folder);
}

/* Notes PATH, which is the folder's from then on, before it is there. */
static bool note(struct folder *folder, char *path)
{
	if (path && vec_reserve(&folder->made)) {
		folder->made.items[folder->made.count++] = path;
		return true;
	}
	free(path);
	return false;
}

static bool make_room(struct folder *folder, const char *name, struct error *err)
{
	const char *slash = strchr(name, '/');
	char room[512];

	if (!slash)
		return true;
	(void)snprintf(room, sizeof room, "/%.*s", (int)(slash - name), name);
	char *path = joined(folder->making, room);
	if (!path)
		return error_set_memory(err);
	if (access(path, F_OK) == 0) {
		free(path);
		return true;
	}
	if (!note(folder, path))
		return error_set_memory(err);
	return mkdir(path, FOLDER_MODE) == 0 || error_set_errno(err, errno, "%s", path);
}

static bool write_all(int fd, const struct buf *bytes)
{
	for (size_t at = 0; at < bytes->len;) {
		ssize_t count = write(fd, bytes->data + at, bytes->len - at);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		at += (size_t)count;
	}
	return true;
}

bool folder_put(struct folder *folder, const char *name, const struct buf *bytes, bool executable,
	struct error *err)
{
	char below[512];

	if (!make_room(folder, name, err))
		return false;
	(void)snprintf(below, sizeof below, "/%s", name);
	char *path = joined(folder->making, below);
	if (!note(folder, path))
		return error_set_memory(err);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		executable ? FOLDER_MODE : FILE_MODE);
	if (fd < 0)
		return error_set_errno(err, errno, "%s", path);
	bool good = write_all(fd, bytes) || error_set_errno(err, errno, "%s", path);
	if (close(fd) != 0 && good)
		good = error_set_errno(err, errno, "%s", path);
	return good;
}

/* An empty one goes, an earlier one gets a name with a number. */
static bool step_aside(const struct folder *folder, struct error *err)
{
	if (!folder->replaces || rmdir(folder->path) == 0)
		return true;
	for (size_t i = 1; i < KEPT_MOST; i++) {
		char number[32];

		(void)snprintf(number, sizeof number, ".%zu", i);
		char *kept = joined(folder->path, number);
		if (!kept)
			return error_set_memory(err);
		bool free_name = access(kept, F_OK) != 0;
		bool moved = free_name && rename(folder->path, kept) == 0;
		int why = errno;
		free(kept);
		if (moved)
			return true;
		if (free_name)
			return error_set_errno(err, why, "%s", folder->path);
	}
	return error_set(err, ERROR_IO, "%s: too many earlier plans", folder->path);
}

bool folder_commit(struct folder *folder, struct error *err)
{
	if (!step_aside(folder, err))
		return false;
	if (rename(folder->making, folder->path) != 0)
		return error_set_errno(err, errno, "%s", folder->path);
	free(TAKE(folder->making));
	return true;
}
