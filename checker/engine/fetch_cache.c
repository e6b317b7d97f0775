/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/engine/fetch.h"
#include "checker/limits.h"

#define SHA256_BYTES 32
#define VALIDATORS_ENDING ".is"

/* Every folder on the way to PATH, and PATH itself; whether that went well shows later. */
static void make_folders(const char *path)
{
	char part[FETCH_PATH_BYTES];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof part)
		return;
	memcpy(part, path, len + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);
		*slash = '/';
	}
	(void)mkdir(part, 0700);
}

bool fetch_cache_path(
	const char *folder, const struct fetch_request *request, char path[static FETCH_PATH_BYTES])
{
	struct buf key = BUF_INIT(LIMIT_LINE_BYTES);
	uint8_t hash[EVP_MAX_MD_SIZE];
	char name[2 * SHA256_BYTES + 1];
	unsigned hash_len = 0;

	if (!folder || request->post || request->transient)
		return false;
	(void)buf_addf(&key, "%s%s",
		request->pin ? "" : "url:", request->pin ? request->pin : request->url);
	bool hashed = !key.failed &&
		      EVP_Digest(key.data, key.len, hash, &hash_len, EVP_sha256(), NULL) == 1;
	buf_release(&key);
	if (!hashed || hash_len != SHA256_BYTES)
		return false;
	text_from_bytes(hash, hash_len, name);
	int len = snprintf(path, FETCH_PATH_BYTES, "%s/%s", folder, name);
	return len > 0 && len < FETCH_PATH_BYTES - 16;
}

bool fetch_cache_read(const char *folder, const struct fetch_request *request, struct buf *body)
{
	struct error err = { 0 };
	char path[FETCH_PATH_BYTES];

	return fetch_cache_path(folder, request, path) && access(path, R_OK) == 0 &&
	       buf_read_file(body, path, &err);
}

/* --- Validators: two lines, ETag and Last-Modified --- */

static bool validators_path(
	const char *folder, const struct fetch_request *request, char path[static FETCH_PATH_BYTES])
{
	if (!fetch_cache_path(folder, request, path) || access(path, R_OK) != 0)
		return false;
	memcpy(path + strlen(path), VALIDATORS_ENDING, sizeof VALIDATORS_ENDING);
	return true;
}

static const char *take_line(const char *at, char out[static FETCH_VALIDATOR_BYTES])
{
	size_t len = strcspn(at, "\n");

	out[0] = '\0';
	if (len < FETCH_VALIDATOR_BYTES) {
		memcpy(out, at, len);
		out[len] = '\0';
	}
	return at[len] ? at + len + 1 : at + len;
}

void fetch_cache_validators(const char *folder, const struct fetch_request *request,
	struct fetch_validators *ret_validators)
{
	struct buf text = BUF_INIT(2 * FETCH_VALIDATOR_BYTES);
	struct error err = { 0 };
	char path[FETCH_PATH_BYTES];

	*ret_validators = (struct fetch_validators){ .etag = "" };
	if (validators_path(folder, request, path) && access(path, R_OK) == 0 &&
		buf_read_file(&text, path, &err)) {
		const char *rest = take_line(buf_text(&text), ret_validators->etag);

		(void)take_line(rest, ret_validators->modified);
	}
	buf_release(&text);
}

void fetch_cache_forget(const char *folder, const struct fetch_request *request)
{
	char path[FETCH_PATH_BYTES];

	if (validators_path(folder, request, path))
		(void)unlink(path);
}

/* --- Writing --- */

static bool write_whole(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		data += put;
		len -= (size_t)put;
	}
	return fsync(fd) == 0;
}

static bool replace(const char *path, const char *data, size_t len)
{
	char fresh[FETCH_PATH_BYTES + 16];

	(void)snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
	int fd = mkstemp(fresh);
	if (fd < 0)
		return false;
	bool written = write_whole(fd, data, len);
	written = close(fd) == 0 && written;
	if (written && rename(fresh, path) == 0)
		return true;
	(void)unlink(fresh);
	return false;
}

/* The validators go first and come last, so that they never stand beside another body. */
void fetch_cache_write(const char *folder, const struct fetch_request *request,
	const struct fetch_validators *validators)
{
	char path[FETCH_PATH_BYTES];
	struct buf lines = BUF_INIT(2 * FETCH_VALIDATOR_BYTES + 2);

	if (!fetch_cache_path(folder, request, path))
		return;
	make_folders(folder);
	fetch_cache_forget(folder, request);
	if (!replace(path, buf_text(&request->body), request->body.len) ||
		(!validators->etag[0] && !validators->modified[0]))
		return;
	if (buf_addf(&lines, "%s\n%s\n", validators->etag, validators->modified) &&
		validators_path(folder, request, path))
		(void)replace(path, lines.data, lines.len);
	buf_release(&lines);
}

/* --- A look --- */

const uint8_t *fetch_cache_map(
	const char *folder, const struct fetch_request *request, size_t *ret_len)
{
	char path[FETCH_PATH_BYTES];
	struct stat stat;
	void *bytes = MAP_FAILED;

	if (!fetch_cache_path(folder, request, path))
		return NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size > 0) {
		*ret_len = (size_t)stat.st_size;
		bytes = mmap(NULL, *ret_len, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	(void)close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

void fetch_cache_unmap(const uint8_t *bytes, size_t len)
{
	(void)munmap((void *)(uintptr_t)bytes, len);
}
