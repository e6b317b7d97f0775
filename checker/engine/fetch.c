/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/text.h"
#include "checker/limits.h"

#define SHA256_BYTES 32
#define PATH_BYTES 4096
#define NAP_MS 1000

struct fetch {
	char *cache; /* NULL: none */
	bool offline;
	double timeout_s;
};

/* One request under way. */
struct transfer {
	struct fetch_request *request;
	CURL *easy;
	char words[CURL_ERROR_SIZE];
	bool too_large;
	bool finished;
	CURLcode code;
};

static void say(struct fetch_request *request, const char *words)
{
	text_printable(words, strlen(words), request->why, sizeof request->why);
}

/* --- The cache --- */

/* Every folder on the way to PATH, and PATH itself; whether that went well shows later. */
static void make_folders(const char *path)
{
	char part[PATH_BYTES];
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

/* Where the body of REQUEST is kept: by its pin, or else by where it came from. */
static bool cache_path(const struct fetch *fetch, const struct fetch_request *request,
	char path[static PATH_BYTES])
{
	struct buf key = BUF_INIT(LIMIT_LINE_BYTES);
	uint8_t hash[EVP_MAX_MD_SIZE];
	char name[2 * SHA256_BYTES + 1];
	unsigned hash_len = 0;

	if (!fetch->cache)
		return false;
	(void)buf_addf(&key, "%s%s",
		request->pin ? "" : "url:", request->pin ? request->pin : request->url);
	bool hashed = !key.failed &&
		      EVP_Digest(key.data, key.len, hash, &hash_len, EVP_sha256(), NULL) == 1;
	buf_release(&key);
	if (!hashed || hash_len != SHA256_BYTES)
		return false;
	text_from_bytes(hash, hash_len, name);
	int len = snprintf(path, PATH_BYTES, "%s/%s", fetch->cache, name);
	return len > 0 && len < PATH_BYTES;
}

static bool accepted(struct fetch_request *request, const struct buf *body, const char **ret_why)
{
	*ret_why = "not what was asked for";
	return !request->accept || request->accept(request->arg, body, ret_why);
}

/* Takes the cached body.  One that is damaged or not what it should be is as good as none. */
static bool cache_read(const struct fetch *fetch, struct fetch_request *request)
{
	struct buf body = BUF_INIT(request->max);
	struct error err = { 0 };
	char path[PATH_BYTES];
	const char *why;

	if (!cache_path(fetch, request, path) || access(path, R_OK) != 0)
		return false;
	if (!buf_read_file(&body, path, &err) || !accepted(request, &body, &why)) {
		buf_release(&body);
		return false;
	}
	buf_release(&request->body);
	request->body = body;
	request->had = request->from_cache = true;
	request->why[0] = '\0';
	return true;
}

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

/* A cache that cannot be written to is no reason to do without what was fetched. */
static void cache_write(const struct fetch *fetch, const struct fetch_request *request)
{
	char path[PATH_BYTES], fresh[PATH_BYTES + 16];

	if (!cache_path(fetch, request, path))
		return;
	make_folders(fetch->cache);
	(void)snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
	int fd = mkstemp(fresh);
	if (fd < 0)
		return;
	bool written = write_whole(fd, buf_text(&request->body), request->body.len);
	written = close(fd) == 0 && written;
	if (!written || rename(fresh, path) != 0)
		(void)unlink(fresh);
}

/* --- The network --- */

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	struct buf *body = &transfer->request->body;

	if (buf_add(body, bytes, size * count))
		return size * count;
	transfer->too_large = true;
	return 0;
}

static bool set_up(struct transfer *transfer, long timeout_ms)
{
	struct fetch_request *request = transfer->request;
	CURL *easy = transfer->easy;

	/* Not asked for: any content encoding, so what is counted is what came. */
	return curl_easy_setopt(easy, CURLOPT_URL, request->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)LIMIT_FETCH_REDIRECTS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->max) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "chainmend") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static bool transfer_begin(struct transfer *transfer, CURLM *multi, long timeout_ms)
{
	transfer->easy = curl_easy_init();
	return transfer->easy && set_up(transfer, timeout_ms) &&
	       curl_multi_add_handle(multi, transfer->easy) == CURLM_OK;
}

static void note_finished(CURLM *multi)
{
	struct transfer *transfer = NULL;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		transfer->finished = true;
		transfer->code = message->data.result;
	}
}

static bool run_all(CURLM *multi, uint64_t deadline, struct error *err)
{
	int running = 1;

	while (running > 0) {
		CURLMcode code = curl_multi_perform(multi, &running);
		uint64_t now = clock_monotonic_us();

		note_finished(multi);
		if (code != CURLM_OK)
			return error_set(
				err, ERROR_IO, "cannot fetch: %s", curl_multi_strerror(code));
		if (running == 0 || now >= deadline)
			return true;
		uint64_t left_ms = (deadline - now) / 1000 + 1;
		(void)curl_multi_poll(
			multi, NULL, 0, left_ms < NAP_MS ? (int)left_ms : NAP_MS, NULL);
	}
	return true;
}

/* Did the answer come, whole and right?  If not, `why` says so. */
static bool judge(struct transfer *transfer, double timeout_s)
{
	struct fetch_request *request = transfer->request;
	char words[CURL_ERROR_SIZE + 100];
	const char *why;
	long status = 0;

	if (transfer->code == CURLE_OUT_OF_MEMORY)
		heap_note();
	if (transfer->too_large || transfer->code == CURLE_FILESIZE_EXCEEDED) {
		(void)snprintf(words, sizeof words, "larger than %zu bytes", request->max);
	} else if (!transfer->finished || transfer->code == CURLE_OPERATION_TIMEDOUT) {
		(void)snprintf(words, sizeof words, "no whole answer within %g s", timeout_s);
	} else if (transfer->code != CURLE_OK) {
		(void)snprintf(words, sizeof words, "%s",
			transfer->words[0] ? transfer->words : curl_easy_strerror(transfer->code));
	} else if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
		   status != 200) {
		(void)snprintf(words, sizeof words, "the server answered HTTP %ld", status);
	} else if (!accepted(request, &request->body, &why)) {
		(void)snprintf(words, sizeof words, "%s", why);
	} else {
		return true;
	}
	say(request, words);
	return false;
}

static void transfer_end(struct transfer *transfer, CURLM *multi, const struct fetch *fetch)
{
	struct fetch_request *request = transfer->request;

	if (!transfer->easy)
		return;
	if (judge(transfer, fetch->timeout_s)) {
		request->had = true;
		request->why[0] = '\0';
		cache_write(fetch, request);
	} else {
		buf_clear(&request->body);
		/* With a pin the cache was asked before. */
		if (!request->pin)
			(void)cache_read(fetch, request);
	}
	(void)curl_multi_remove_handle(multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
}

static bool get_all(
	struct fetch *fetch, struct transfer *transfers, size_t count, struct error *err)
{
	long timeout_ms = (long)(fetch->timeout_s * 1000);
	uint64_t deadline = clock_monotonic_us() + (uint64_t)(fetch->timeout_s * 1e6);
	CURLM *multi = curl_multi_init();
	bool good = multi != NULL;

	if (timeout_ms < 1)
		timeout_ms = 1;
	for (size_t i = 0; i < count && good; i++)
		good = transfer_begin(&transfers[i], multi, timeout_ms);
	if (!good)
		(void)error_set(err, ERROR_IO, "libcurl cannot be set up");
	good = good && run_all(multi, deadline, err);
	for (size_t i = 0; i < count; i++)
		transfer_end(&transfers[i], multi, fetch);
	(void)curl_multi_cleanup(multi);
	return good;
}

/* Is this request answered without the network, or would nobody answer it? */
static bool settled(const struct fetch *fetch, struct fetch_request *request)
{
	request->had = request->from_cache = false;
	request->why[0] = '\0';
	buf_release(&request->body);
	request->body = (struct buf)BUF_INIT(request->max);
	if ((request->pin || fetch->offline) && cache_read(fetch, request))
		return true;
	if (fetch->offline)
		say(request, "not in the cache, and nothing is fetched");
	return fetch->offline;
}

bool fetch_all(struct fetch *fetch, struct fetch_request *requests, size_t count, struct error *err)
{
	struct transfer *transfers = calloc(count ? count : 1, sizeof *transfers);
	size_t open = 0;
	bool good = true;

	if (!transfers)
		return error_set_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!settled(fetch, &requests[i]))
			transfers[open++].request = &requests[i];
	if (open > 0)
		good = get_all(fetch, transfers, open, err);
	free(transfers);
	return good;
}

struct fetch *fetch_new(const struct fetch_options *options, struct error *err)
{
	struct fetch *fetch = calloc(1, sizeof *fetch);

	if (!fetch) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(fetch);
		(void)error_set(err, ERROR_IO, "libcurl cannot be set up");
		return NULL;
	}
	fetch->offline = options->offline;
	fetch->timeout_s = options->timeout_s;
	if (options->cache && options->cache[0])
		fetch->cache = text_copy(options->cache, strlen(options->cache));
	if (options->cache && options->cache[0] && !fetch->cache) {
		fetch_free(fetch);
		(void)error_set_memory(err);
		return NULL;
	}
	return fetch;
}

void fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return;
	free(fetch->cache);
	free(fetch);
	curl_global_cleanup();
}
