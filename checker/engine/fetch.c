/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>
#include <sys/socket.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/engine/fetch_cache.h"
#include "checker/engine/fetch_guard.h"
#include "checker/engine/fetch_loop.h"
#include "checker/limits.h"

#define HTTP_NOT_MODIFIED 304

struct fetch {
	char *cache; /* NULL: none */
	bool offline;
	double timeout_s;
};

/* One request under way. */
struct transfer {
	struct fetch_request *request;
	CURL *easy;
	struct curl_slist *headers;
	struct fetch_validators known, fresh; /* of what is cached; of what comes */
	char words[CURL_ERROR_SIZE];
	bool too_large;
	bool forbidden; /* an address that a remote's URL must not lead to */
	bool again;     /* not changed, says the server, but what was kept is gone */
	bool finished;
	CURLcode code;
};

static void fetch_say(struct fetch_request *request, const char *words)
{
	phrase_from(request->why, sizeof request->why, words);
}

static bool accepted(struct fetch_request *request, const struct buf *body, const char **ret_why)
{
	*ret_why = PHRASE("not what was asked for");
	return !request->accept || request->accept(request->arg, body, ret_why);
}

/* Takes the cached body, but one that is not what it should be; `why` stays. */
static bool take_cached(const struct fetch *fetch, struct fetch_request *request)
{
	struct buf body = BUF_INIT(request->max);
	const char *why;

	if (!fetch_cache_read(fetch->cache, request, &body) || !accepted(request, &body, &why)) {
		buf_release(&body);
		return false;
	}
	buf_release(&request->body);
	request->body = body;
	request->had = request->from_cache = true;
	return true;
}

static bool cache_read(const struct fetch *fetch, struct fetch_request *request)
{
	if (!take_cached(fetch, request))
		return false;
	request->why[0] = '\0';
	return true;
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

/* The value of the field NAME, when LINE is that; one that does not fit is as good as none. */
static void note_field(const char *line, const char *name, char out[static FETCH_VALIDATOR_BYTES])
{
	size_t name_len = strlen(name);

	if (strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
		return;
	line += name_len + 1;
	line += strspn(line, " \t");
	size_t len = strcspn(line, "\r\n");
	if (len >= FETCH_VALIDATOR_BYTES)
		len = 0;
	memcpy(out, line, len);
	out[len] = '\0';
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	char line[2 * FETCH_VALIDATOR_BYTES];
	size_t len = size * count;

	if (len >= sizeof line)
		return len;
	memcpy(line, bytes, len);
	line[len] = '\0';
	/* Of several answers on the way through redirects the last one counts. */
	if (strncasecmp(line, "HTTP/", 5) == 0)
		transfer->fresh = (struct fetch_validators){ .etag = "" };
	note_field(line, "ETag", transfer->fresh.etag);
	note_field(line, "Last-Modified", transfer->fresh.modified);
	return len;
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;

	(void)purpose;
	if (!fetch_guard_is_public(&address->addr)) {
		transfer->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Where a proxy connects, its address is what we see, and where it may go is its matter. */
static bool has_proxy(void)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *set = getenv(names[i]);
		if (set && *set)
			return true;
	}
	return false;
}

static bool add_header(struct transfer *transfer, const char *name, const char *value)
{
	char line[FETCH_VALIDATOR_BYTES + 64];

	(void)snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(transfer->headers, line);

	transfer->headers = longer ? longer : transfer->headers;
	return longer;
}

/* RFC 9110, 13.1: only if it is another one than what is cached; RFC 6960, A.1. */
static bool set_headers(struct transfer *transfer)
{
	struct fetch_request *request = transfer->request;
	CURL *easy = transfer->easy;

	if (transfer->known.etag[0] && !add_header(transfer, "If-None-Match", transfer->known.etag))
		return false;
	if (transfer->known.modified[0] &&
		!add_header(transfer, "If-Modified-Since", transfer->known.modified))
		return false;
	if (request->post &&
		(!add_header(transfer, "Content-Type", "application/ocsp-request") ||
			curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				(curl_off_t)request->post_len) != CURLE_OK ||
			curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->post) != CURLE_OK))
		return false;
	if (request->by_remote && !has_proxy() &&
		(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) != CURLE_OK ||
			curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) != CURLE_OK))
		return false;
	return !transfer->headers ||
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
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
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK;
}

static bool transfer_begin(struct transfer *transfer, CURLM *multi, long timeout_ms)
{
	transfer->easy = curl_easy_init();
	return transfer->easy && set_up(transfer, timeout_ms) && set_headers(transfer) &&
	       curl_multi_add_handle(multi, transfer->easy) == CURLM_OK;
}

static void note_finished(void *arg, int code)
{
	struct transfer *transfer = arg;

	transfer->finished = true;
	transfer->code = (CURLcode)code;
}

/* Of an answer that came whole; else 0. */
static long status_of(const struct transfer *transfer)
{
	long status = 0;

	if (!transfer->finished || transfer->code != CURLE_OK ||
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	return status;
}

/* Did the answer come, whole and right?  If not, `why` says so. */
static bool judge(struct transfer *transfer, double timeout_s)
{
	struct fetch_request *request = transfer->request;
	char words[CURL_ERROR_SIZE + 100];
	const char *why;
	long status = status_of(transfer);

	if (transfer->code == CURLE_OUT_OF_MEMORY)
		heap_note();
	if (transfer->forbidden) {
		phrase_say(words, sizeof words,
			"it is at an address that is not public, where no certificate may send us");
	} else if (transfer->too_large || transfer->code == CURLE_FILESIZE_EXCEEDED) {
		phrase_say(words, sizeof words, "larger than %zu bytes", request->max);
	} else if (!transfer->finished || transfer->code == CURLE_OPERATION_TIMEDOUT) {
		phrase_say(words, sizeof words, "no whole answer within %g s", timeout_s);
	} else if (transfer->code != CURLE_OK) {
		phrase_say(words, sizeof words, "%s",
			transfer->words[0] ? transfer->words : curl_easy_strerror(transfer->code));
	} else if (status != 200) {
		phrase_say(words, sizeof words, "the server answered HTTP %ld", status);
	} else if (!accepted(request, &request->body, &why)) {
		phrase_say(words, sizeof words, "%s", why);
	} else {
		return true;
	}
	fetch_say(request, words);
	return false;
}

/* May what came take the place of what is cached?  If not, that is the body, and `why` says why. */
static bool keeps_old(const struct fetch *fetch, struct fetch_request *request)
{
	size_t len = 0;
	const char *why = NULL;
	const uint8_t *old = request->follows ? fetch_cache_map(fetch->cache, request, &len) : NULL;
	bool follows = !old || request->follows(request->arg, old, len, &request->body, &why);

	if (old)
		fetch_cache_unmap(old, len);
	if (follows || !take_cached(fetch, request))
		return false;
	request->refused_fresh = true;
	fetch_say(request, why ? why : "what came does not follow what was there");
	return true;
}

static void take_answer(struct transfer *transfer, const struct fetch *fetch)
{
	struct fetch_request *request = transfer->request;

	if (status_of(transfer) == HTTP_NOT_MODIFIED &&
		(transfer->known.etag[0] || transfer->known.modified[0])) {
		buf_clear(&request->body);
		request->unchanged = cache_read(fetch, request);
		transfer->again = !request->unchanged;
	} else if (judge(transfer, fetch->timeout_s)) {
		if (keeps_old(fetch, request))
			return;
		request->had = true;
		request->why[0] = '\0';
		fetch_cache_write(fetch->cache, request, &transfer->fresh);
	} else {
		buf_clear(&request->body);
		/* With a pin the cache was asked before. */
		if (!request->pin)
			(void)cache_read(fetch, request);
	}
}

static void transfer_end(struct transfer *transfer, CURLM *multi, const struct fetch *fetch)
{
	if (!transfer->easy)
		return;
	take_answer(transfer, fetch);
	(void)curl_multi_remove_handle(multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	transfer->easy = NULL;
	transfer->headers = NULL;
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
	good = good && fetch_loop(multi, deadline, note_finished, err);
	for (size_t i = 0; i < count; i++)
		transfer_end(&transfers[i], multi, fetch);
	(void)curl_multi_cleanup(multi);
	return good;
}

/* What the server would not send because it had been kept, and is damaged: whole, then. */
static bool get_again(
	struct fetch *fetch, struct transfer *transfers, size_t count, struct error *err)
{
	size_t open = 0;

	for (size_t i = 0; i < count; i++) {
		struct fetch_request *request = transfers[i].request;

		if (!transfers[i].again)
			continue;
		fetch_cache_forget(fetch->cache, request);
		transfers[open++] = (struct transfer){ .request = request };
	}
	return open == 0 || get_all(fetch, transfers, open, err);
}

/* Is this request answered without the network, or would nobody answer it? */
static bool settled(const struct fetch *fetch, struct fetch_request *request)
{
	request->had = request->from_cache = request->unchanged = request->refused_fresh = false;
	request->why[0] = '\0';
	buf_release(&request->body);
	request->body = (struct buf)BUF_INIT(request->max);
	if ((request->pin || fetch->offline) && cache_read(fetch, request))
		return true;
	if (fetch->offline)
		fetch_say(request, "not in the cache, and nothing is fetched");
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
		if (!settled(fetch, &requests[i])) {
			fetch_cache_validators(fetch->cache, &requests[i], &transfers[open].known);
			transfers[open++].request = &requests[i];
		}
	if (open > 0)
		good = get_all(fetch, transfers, open, err) &&
		       get_again(fetch, transfers, open, err);
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
