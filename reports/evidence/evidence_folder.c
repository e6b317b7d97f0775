/* SPDX-License-Identifier: MIT */
#include "reports/evidence/evidence_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "reports/evidence/evidence_line.h"
#include "reports/evidence/evidence_manifest.h"
#include "reports/output.h"

#define PATH_BYTES 8192u

/* What was filed just now: of a fleet most certificates come again and again. */
#define RECENT 4096u

struct evidence_folder {
	char *path;  /* where it has to appear */
	char *place; /* where it is made; NULL: not made, or renamed */
	mode_t mode;
	char sum[FINGERPRINT_TEXT]; /* of the manifest, when it is written */
	pthread_mutex_t lock;       /* of what follows */
	struct output *observations;
	struct buf line;
	uint8_t recent[RECENT][FINGERPRINT_BYTES + 1]; /* with the kind, from 1 */
	size_t filed[EVIDENCE_KINDS];
	size_t observation_count;
};

static bool cannot(const struct evidence_folder *folder, int why, struct error *err)
{
	return error_set_errno(err, why, "%s: cannot be written", folder->path);
}

/* PATH without slashes at its end, which would put a name beside it into it. */
static char *plain_path(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return text_copy(path, len);
}

/* rename() replaces an empty folder and refuses any other. */
static bool is_free(const struct evidence_folder *folder, struct error *err)
{
	struct stat there;
	DIR *dir;
	size_t entries = 0;

	if (lstat(folder->path, &there) != 0)
		return errno == ENOENT || cannot(folder, errno, err);
	if (!S_ISDIR(there.st_mode))
		return error_set(err, ERROR_IO, "%s: is no folder", folder->path);
	dir = opendir(folder->path);
	if (!dir)
		return cannot(folder, errno, err);
	while (entries < 3 && readdir(dir))
		entries++;
	(void)closedir(dir);
	return entries < 3 || error_set(err, ERROR_IO,
				      "%s: there is something in it already, and evidence is "
				      "neither written over nor added to",
				      folder->path);
}

static bool join(const struct evidence_folder *folder, struct buf *out, const char *name)
{
	buf_clear(out);
	return buf_addf(out, "%s/%s", folder->place, name);
}

bool evidence_folder_results(const struct evidence_folder *folder, struct buf *out)
{
	return join(folder, out, evidence_file_name(EVIDENCE_RESULTS));
}

static bool make_place(struct evidence_folder *folder, struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	mode_t mask = umask(077);

	(void)umask(mask);
	folder->mode = 0777 & ~mask;
	if (!buf_addf(&path, "%s.chainmend-XXXXXX", folder->path))
		return error_set_memory(err);
	char *place = text_copy(buf_text(&path), path.len);
	if (!place)
		return error_set_memory(err);
	if (!mkdtemp(place)) {
		int why = errno;

		free(place);
		return cannot(folder, why, err);
	}
	folder->place = place;
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++)
		if (!join(folder, &path, evidence_place(kind)->folder) ||
			mkdir(buf_text(&path), folder->mode) != 0)
			return cannot(folder, errno, err);
	if (!join(folder, &path, evidence_file_name(EVIDENCE_OBSERVATIONS)))
		return error_set_memory(err);
	folder->observations = output_open(buf_text(&path), err);
	return folder->observations;
}

struct evidence_folder *evidence_folder_open(const char *path, struct error *err)
{
	struct evidence_folder *folder = calloc(1, sizeof *folder);

	if (!folder) {
		(void)error_set_memory(err);
		return NULL;
	}
	(void)pthread_mutex_init(&folder->lock, NULL);
	folder->line = (struct buf)BUF_INIT(LIMIT_RECORD_BYTES);
	folder->path = plain_path(path);
	if (!folder->path)
		(void)error_set_memory(err);
	else if (is_free(folder, err) && make_place(folder, err))
		return folder;
	evidence_folder_free(folder);
	return NULL;
}

/* The files of a folder that has no folders in it, or only empty ones. */
static void empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	if (dir)
		(void)closedir(dir);
}

static void drop_place(struct evidence_folder *folder)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);

	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++)
		if (join(folder, &path, evidence_place(kind)->folder))
			empty(buf_text(&path));
	empty(folder->place);
	(void)rmdir(folder->place);
}

void evidence_folder_free(struct evidence_folder *folder)
{
	if (!folder)
		return;
	output_free(folder->observations);
	if (folder->place)
		drop_place(folder);
	buf_release(&folder->line);
	(void)pthread_mutex_destroy(&folder->lock);
	free(folder->place);
	free(folder->path);
	free(folder);
}

static bool write_new(const char *path, const char *bytes, size_t len, bool *ret_new)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*ret_new = fd >= 0;
	if (fd < 0)
		return errno == EEXIST;
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			int why = done < 0 ? errno : EIO;

			(void)close(fd);
			errno = why;
			return false;
		}
		bytes += done;
		len -= (size_t)done;
	}
	return close(fd) == 0;
}

/* True when it was noted before; where another one stood, that is forgotten. */
static bool note_recent(struct evidence_folder *folder, enum evidence_kind kind,
	const uint8_t sum[static FINGERPRINT_BYTES])
{
	uint8_t *slot = folder->recent[((unsigned)sum[0] << 8 | sum[1]) % RECENT];

	if (slot[FINGERPRINT_BYTES] == kind + 1 && memcmp(slot, sum, FINGERPRINT_BYTES) == 0)
		return true;
	memcpy(slot, sum, FINGERPRINT_BYTES);
	slot[FINGERPRINT_BYTES] = (uint8_t)(kind + 1);
	return false;
}

/* With the lock. */
static bool file_bytes(struct evidence_folder *folder, enum evidence_kind kind,
	const struct der *der, char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	const struct evidence_place *at = evidence_place(kind);
	uint8_t sum[FINGERPRINT_BYTES];
	bool is_new;

	fingerprint_of(der->bytes, der->len, sum);
	text_from_bytes(sum, sizeof sum, ret_sha256);
	if (note_recent(folder, kind, sum))
		return true;
	if (!buf_addf(&path, "%s/%s/%s%s", folder->place, at->folder, ret_sha256, at->ending))
		return error_set_memory(err);
	if (!write_new(buf_text(&path), (const char *)der->bytes, der->len, &is_new))
		return cannot(folder, errno, err);
	folder->filed[kind] += is_new;
	return true;
}

static bool file_locked(void *arg, enum evidence_kind kind, const struct der *der,
	char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	return file_bytes(arg, kind, der, ret_sha256, err);
}

bool evidence_folder_file(struct evidence_folder *folder, enum evidence_kind kind,
	const void *bytes, size_t len, char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	const struct der der = { (uint8_t *)(uintptr_t)bytes, len };

	(void)pthread_mutex_lock(&folder->lock);
	bool filed = file_bytes(folder, kind, &der, ret_sha256, err);
	(void)pthread_mutex_unlock(&folder->lock);
	return filed;
}

bool evidence_folder_put(struct evidence_folder *folder, enum evidence_file file, const char *text,
	size_t len, struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	bool is_new;

	if (!join(folder, &path, evidence_file_name(file)))
		return error_set_memory(err);
	return write_new(buf_text(&path), text, len, &is_new) || cannot(folder, errno, err);
}

bool evidence_folder_add(
	struct evidence_folder *folder, const struct observation *observation, struct error *err)
{
	const struct evidence_filing filing = { .file = file_locked, .arg = folder };

	(void)pthread_mutex_lock(&folder->lock);
	buf_clear(&folder->line);
	bool added = evidence_line_put(&folder->line, observation, &filing, err) &&
		     output_append(
			     folder->observations, buf_text(&folder->line), folder->line.len, err);
	folder->observation_count += added;
	(void)pthread_mutex_unlock(&folder->lock);
	return added;
}

/* So that its new name survives a power cut; what of its files does not shows by their sums. */
static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

static bool appear(struct evidence_folder *folder, struct error *err)
{
	if (chmod(folder->place, folder->mode) != 0)
		return cannot(folder, errno, err);
	sync_folder(folder->place);
	if (rename(folder->place, folder->path) != 0)
		return cannot(folder, errno, err);
	free(TAKE(folder->place));
	return true;
}

static bool sum_files(
	const struct evidence_folder *folder, struct evidence_manifest *manifest, struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);

	for (enum evidence_file file = 0; file < EVIDENCE_FILES; file++) {
		if (!join(folder, &path, evidence_file_name(file)))
			return error_set_memory(err);
		if (file == EVIDENCE_WAIVERS && access(buf_text(&path), F_OK) != 0)
			continue;
		if (!evidence_file_sum(buf_text(&path), manifest->files[file], err))
			return false;
	}
	return true;
}

bool evidence_folder_finish(
	struct evidence_folder *folder, struct evidence_manifest *manifest, struct error *err)
{
	CLEANUP(buf_release) struct buf path = BUF_INIT(PATH_BYTES);
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_MANIFEST_BYTES);

	manifest->observations = folder->observation_count;
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++)
		manifest->filed[kind] = folder->filed[kind];
	if (!output_commit(folder->observations, err) || !sum_files(folder, manifest, err))
		return false;
	if (!join(folder, &path, EVIDENCE_MANIFEST) || !evidence_manifest_put(&text, manifest))
		return error_set_memory(err);
	CLEANUP(output_freep) struct output *output = output_open(buf_text(&path), err);
	if (!output || !output_write(output, buf_text(&text), text.len, err) ||
		!output_commit(output, err) ||
		!evidence_file_sum(buf_text(&path), folder->sum, err))
		return false;
	return appear(folder, err);
}

const char *evidence_folder_sum(const struct evidence_folder *folder)
{
	return folder->sum;
}
