/* SPDX-License-Identifier: MIT */
#include "checker/engine/fetch_visit.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/engine/fetch_loop.h"
#include "checker/limits.h"

/* Visits at the same time: polite to one server that has many of the names. */
#define IN_FLIGHT 16

struct call {
	struct fetch_visit *visit;
	CURL *easy;
	struct curl_slist *connect;
	size_t head; /* bytes of it so far */
	bool finished, too_large;
	CURLcode code;
	char words[CURL_ERROR_SIZE];
};

void fetch_visit_release(struct fetch_visit *visit)
{
	free(visit->location);
	visit->location = NULL;
	buf_release(&visit->body);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct call *call = arg;

	if (buf_add(&call->visit->body, bytes, size * count))
		return size * count;
	call->too_large = true;
	return 0;
}

static void note_encoding(struct call *call, const char *line, size_t len)
{
	static const char name[] = "content-encoding:";
	char lower[sizeof name];

	if (len < sizeof name)
		return;
	memcpy(lower, line, sizeof name - 1);
	lower[sizeof name - 1] = '\0';
	text_lower(lower);
	if (strcmp(lower, name) != 0)
		return;
	line += sizeof name - 1;
	len -= sizeof name - 1;
	for (; len > 0 && (*line == ' ' || *line == '\t'); len--)
		line++;
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	text_printable(line, len, call->visit->encoding, sizeof call->visit->encoding);
}

/* Heads without end, and answers of 100 without end, both stop here. */
static size_t on_head(char *bytes, size_t size, size_t count, void *arg)
{
	struct call *call = arg;

	call->head += size * count;
	if (call->head > LIMIT_DCV_HEAD_BYTES) {
		call->too_large = true;
		return 0;
	}
	note_encoding(call, bytes, size * count);
	return size * count;
}

static bool set_up(struct call *call, long timeout_ms)
{
	CURL *easy = call->easy;

	return curl_easy_setopt(easy, CURLOPT_URL, call->visit->url) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_CONNECT_TO, call->connect) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_USERAGENT, "chainmend") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->words) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PRIVATE, call) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, call) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, call) == CURLE_OK;
}

/* Whatever libcurl takes the host and port for, it goes to the address that was chosen. */
static bool begin(struct call *call, CURLM *multi, long timeout_ms)
{
	char where[FETCH_WORD_BYTES];

	(void)snprintf(where, sizeof where, "::%s", call->visit->connect);
	call->connect = curl_slist_append(NULL, where);
	call->easy = curl_easy_init();
	return call->connect && call->easy && set_up(call, timeout_ms) &&
	       curl_multi_add_handle(multi, call->easy) == CURLM_OK;
}

static void on_finished(void *transfer, int code)
{
	struct call *call = transfer;

	call->finished = true;
	call->code = (CURLcode)code;
}

static bool has_no_route(CURL *easy)
{
	long code = 0;

	return curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &code) == CURLE_OK &&
	       (code == ENETUNREACH || code == EADDRNOTAVAIL || code == EAFNOSUPPORT);
}

static void take_answer(struct call *call)
{
	struct fetch_visit *visit = call->visit;
	const char *type = NULL, *location = NULL;
	long verified = X509_V_OK;

	visit->answered = true;
	visit->too_large = call->too_large;
	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &visit->status);
	(void)curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(call->easy, CURLINFO_REDIRECT_URL, &location);
	(void)curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	if (type)
		text_printable(type, strlen(type), visit->type, sizeof visit->type);
	if (location && !(visit->location = text_copy(location, strlen(location))))
		heap_note();
	if (verified != X509_V_OK)
		visit->certificate = X509_verify_cert_error_string(verified);
}

static void say_why(struct call *call, double timeout_s)
{
	struct fetch_visit *visit = call->visit;
	const char *words = call->words[0] ? call->words : curl_easy_strerror(call->code);

	if (call->code == CURLE_OUT_OF_MEMORY)
		heap_note();
	visit->no_route = call->code == CURLE_COULDNT_CONNECT && has_no_route(call->easy);
	if (call->too_large)
		phrase_say(visit->why, sizeof visit->why, "its head is larger than %u bytes",
			LIMIT_DCV_HEAD_BYTES);
	else if (!call->finished || call->code == CURLE_OPERATION_TIMEDOUT)
		phrase_say(visit->why, sizeof visit->why, "no whole answer within %g s", timeout_s);
	else
		phrase_say(visit->why, sizeof visit->why, "%s", words);
}

/* A body that was too large is an answer as well; a head that was is none. */
static void end(struct call *call, CURLM *multi, double timeout_s)
{
	if (call->easy) {
		bool body_cut = call->too_large && call->head <= LIMIT_DCV_HEAD_BYTES;
		bool whole = call->finished && call->code == CURLE_OK;

		if (whole || body_cut)
			take_answer(call);
		else
			say_why(call, timeout_s);
		(void)curl_multi_remove_handle(multi, call->easy);
		curl_easy_cleanup(call->easy);
	}
	curl_slist_free_all(call->connect);
}

static bool visit_some(
	struct fetch_visit *visits, size_t count, double timeout_s, struct error *err)
{
	struct call calls[IN_FLIGHT] = { { .visit = NULL } };
	uint64_t deadline = clock_monotonic_us() + (uint64_t)(timeout_s * 1e6);
	long timeout_ms = (long)(timeout_s * 1000) + 1;
	CURLM *multi = curl_multi_init();
	bool good = multi != NULL;

	for (size_t i = 0; i < count && good; i++) {
		calls[i].visit = &visits[i];
		good = begin(&calls[i], multi, timeout_ms);
	}
	if (!good)
		(void)error_set(err, ERROR_IO, "libcurl cannot be set up");
	good = good && fetch_loop(multi, deadline, on_finished, err);
	for (size_t i = 0; i < count; i++)
		end(&calls[i], multi, timeout_s);
	(void)curl_multi_cleanup(multi);
	return good;
}

bool fetch_visit_all(struct fetch_visit *visits, size_t count, double timeout_s, struct error *err)
{
	bool good = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ||
		    error_set(err, ERROR_IO, "libcurl cannot be set up");

	if (!good)
		return false;
	for (size_t i = 0; i < count; i++)
		visits[i].body = (struct buf)BUF_INIT(LIMIT_DCV_BODY_BYTES);
	for (size_t at = 0; at < count && good; at += IN_FLIGHT)
		good = visit_some(&visits[at], count - at < IN_FLIGHT ? count - at : IN_FLIGHT,
			timeout_s, err);
	curl_global_cleanup();
	return good;
}
