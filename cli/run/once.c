/* SPDX-License-Identifier: MIT */
#include "cli/run/once.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* uthash ends the process when memory runs out, unless told not to. */
#define HASH_NONFATAL_OOM 1
/* Its own choice of a hash falls through cases, which clang will not have. */
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/engine/fetch.h"
#include "checker/engine/fetch_guard.h"
#include "checker/limits.h"
#include "checker/revoke/revoke.h"
#include "checker/revoke/revoke_request.h"
#include "cli/options/options.h"
#include "cli/run/deposit.h"
#include "cli/supply/setup.h"
#include "cli/supply/supply.h"
#include "rules/profile/profile.h"

#define SECONDS_MAX 10.0

/* One thing that was asked for. */
struct item {
	bool done;
	struct revoke_list *list;
	size_t number; /* of the list, among all lists */
	const struct cert *cert;
	struct buf body; /* of a responder; empty when none came */
	char why[160];
	UT_hash_handle hh;
	char key[];
};

struct once {
	const struct setup *setup;
	const struct options *options;
	struct fetch *fetch;
	pthread_mutex_t lock; /* of what follows, and of what an item is until it is done */
	pthread_cond_t settled;
	struct item *items;
	size_t count;
	size_t list_count, list_bytes;
};

struct once *once_new(const struct setup *setup, const struct options *options, struct error *err)
{
	const struct fetch_options how = {
		.cache = options->cache,
		.offline = options->offline,
		.timeout_s = options->timeout_s < SECONDS_MAX ? options->timeout_s : SECONDS_MAX,
	};
	struct once *once = calloc(1, sizeof *once);

	if (!once) {
		(void)error_set_memory(err);
		return NULL;
	}
	once->setup = setup;
	once->options = options;
	(void)pthread_mutex_init(&once->lock, NULL);
	(void)pthread_cond_init(&once->settled, NULL);
	once->fetch = fetch_new(&how, err);
	if (once->fetch)
		return once;
	once_free(once);
	return NULL;
}

void once_free(struct once *once)
{
	struct item *item, *next;

	if (!once)
		return;
	HASH_ITER(hh, once->items, item, next)
	{
		HASH_DEL(once->items, item);
		revoke_list_free(item->list);
		cert_unref(item->cert);
		buf_release(&item->body);
		free(item);
	}
	fetch_free(once->fetch);
	(void)pthread_mutex_destroy(&once->lock);
	(void)pthread_cond_destroy(&once->settled);
	free(once);
}

/* --- Who comes first --- */

/* With the lock: a new item for KEY, or NULL without memory. */
static struct item *item_new(struct once *once, const char *key, size_t len)
{
	struct item *item = calloc(1, sizeof *item + len + 1);

	if (!item)
		return NULL;
	memcpy(item->key, key, len);
	item->body = (struct buf)BUF_INIT(LIMIT_OCSP_BYTES);
	HASH_ADD_KEYPTR(hh, once->items, item->key, len, item);
	if (!item->hh.tbl) {
		free(item);
		return NULL;
	}
	once->count++;
	return item;
}

/*
 * The item for KEY.  RET_MINE: it is the caller's to fetch, and to end with settle().  NULL
 * without memory, or when there have been too many.
 */
static struct item *claim(struct once *once, const char *key, bool *ret_mine)
{
	struct item *item = NULL;
	size_t len = strlen(key);

	*ret_mine = false;
	(void)pthread_mutex_lock(&once->lock);
	HASH_FIND(hh, once->items, key, len, item);
	if (!item && once->count < LIMIT_REMOTE_URLS) {
		item = item_new(once, key, len);
		*ret_mine = item != NULL;
		if (!item)
			heap_note();
	}
	while (item && !*ret_mine && !item->done)
		(void)pthread_cond_wait(&once->settled, &once->lock);
	(void)pthread_mutex_unlock(&once->lock);
	return item;
}

static void settle(struct once *once, struct item *item)
{
	(void)pthread_mutex_lock(&once->lock);
	item->done = true;
	(void)pthread_cond_broadcast(&once->settled);
	(void)pthread_mutex_unlock(&once->lock);
}

/* --- Fetching --- */

/* A host that the profile names is the user's own choice, wherever it is. */
static bool is_users_choice(const struct once *once, const char *url)
{
	const struct profile *profile = once->setup->profile;

	for (size_t i = 0; i < profile->certificate_count; i++)
		if (profile->certificates[i].url &&
			fetch_guard_same_place(profile->certificates[i].url, url))
			return true;
	for (size_t i = 0; i < profile->list_count; i++)
		if (profile->lists[i].url && fetch_guard_same_place(profile->lists[i].url, url))
			return true;
	return false;
}

static void set_why(char why[static 160], const char *text)
{
	phrase_from(why, 160, text);
}

static bool get(struct once *once, struct fetch_request *request, char why[static 160])
{
	struct error own = { .code = ERROR_NONE };

	request->by_remote = !is_users_choice(once, request->url);
	request->body = (struct buf)BUF_INIT(request->max);
	bool had = fetch_all(once->fetch, request, 1, &own) && request->had;

	set_why(why, had                      ? ""
		     : own.code != ERROR_NONE ? own.said
		     : request->why[0]        ? request->why
					      : PHRASE("nothing came"));
	return had;
}

/* --- Lists --- */

static struct revoke_list *read_list(
	struct once *once, const char *url, const struct cert *issuer, const struct buf *body)
{
	const struct setup *setup = once->setup;
	const struct revoke_source source = { .id = url,
		.bytes = (const uint8_t *)buf_text(body),
		.len = body->len,
		.scope = REVOKE_SCOPE_ALL };

	return supply_read_list(&source, issuer, setup->context.now, setup->today);
}

static bool has_room(struct once *once, size_t len)
{
	(void)pthread_mutex_lock(&once->lock);
	bool room = len <= LIMIT_REMOTE_LIST_BYTES - once->list_bytes;

	if (room)
		once->list_bytes += len;
	(void)pthread_mutex_unlock(&once->lock);
	return room;
}

/* Numbers of lists are without gaps, and those of items are not. */
static size_t next_number(struct once *once)
{
	(void)pthread_mutex_lock(&once->lock);
	size_t number = once->list_count++;
	(void)pthread_mutex_unlock(&once->lock);
	return number;
}

static struct revoke_list *get_list(
	struct once *once, const char *url, const struct cert *issuer, struct item *item)
{
	struct fetch_request request = { .url = url, .max = LIMIT_FETCH_LIST_BYTES };
	bool had = get(once, &request, item->why);

	if (had && !has_room(once, request.body.len)) {
		set_why(item->why,
			PHRASE("all lists of this run together are larger than is read"));
		had = false;
	}
	deposit_asked(once->setup->deposit, &(struct deposit_asked){ .number = item->number,
						    .url = url,
						    .why = item->why,
						    .issuer = issuer,
						    .body = had ? &request.body : NULL });
	struct revoke_list *list = had ? read_list(once, url, issuer, &request.body)
				       : revoke_list_unavailable(url, item->why);
	buf_release(&request.body);
	return list;
}

const struct revoke_list *once_list(
	struct once *once, const char *url, const struct cert *issuer, size_t *ret_number)
{
	char key[LIMIT_URL_BYTES + FINGERPRINT_TEXT + 8], spki[FINGERPRINT_TEXT];
	bool mine;

	text_from_bytes(issuer->spki_sha256, FINGERPRINT_BYTES, spki);
	if (snprintf(key, sizeof key, "list %s %s", spki, url) >= (int)sizeof key)
		return NULL;
	struct item *item = claim(once, key, &mine);

	if (!item)
		return NULL;
	if (mine) {
		item->number = next_number(once);
		item->list = get_list(once, url, issuer, item);
		settle(once, item);
	}
	*ret_number = item->number;
	return item->list;
}

/* --- Certificates --- */

static bool take_first(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	const struct cert **slot = arg;

	if (!*slot)
		*slot = cert_new(der, len, err);
	return *slot;
}

static const struct cert *get_certificate(struct once *once, const char *url, char why[static 160])
{
	struct fetch_request request = { .url = url, .max = LIMIT_FETCH_CERT_BYTES };
	const struct cert *cert = NULL;
	struct error own = { .code = ERROR_NONE };

	if (get(once, &request, why) &&
		!cert_file_read(&(struct cert_file){ .path = url,
					.bytes = (const uint8_t *)request.body.data,
					.len = request.body.len },
			take_first, &cert, &own))
		set_why(why, own.text);
	buf_release(&request.body);
	return cert;
}

const struct cert *once_certificate(struct once *once, const char *url)
{
	char key[LIMIT_URL_BYTES + 8];
	bool mine;

	if (snprintf(key, sizeof key, "cert %s", url) >= (int)sizeof key)
		return NULL;
	struct item *item = claim(once, key, &mine);

	if (!item)
		return NULL;
	if (mine) {
		item->cert = get_certificate(once, url, item->why);
		settle(once, item);
	}
	return item->cert;
}

/* --- Responders --- */

/* By GET where the request is short enough, so that caches on the way can answer (RFC 5019, 5);
 * a responder that will not have that is asked by POST. */
static void ask(
	struct once *once, const char *responder, const struct buf *request, struct item *item)
{
	struct buf url = BUF_INIT(LIMIT_URL_BYTES);
	struct fetch_request get_it = { .max = LIMIT_OCSP_BYTES, .transient = true };
	bool had = false;

	if (revoke_request_url(responder, request, &url)) {
		get_it.url = buf_text(&url);
		had = get(once, &get_it, item->why);
	}
	if (!had) {
		buf_release(&get_it.body);
		get_it = (struct fetch_request){ .url = responder,
			.max = LIMIT_OCSP_BYTES,
			.post = request->data,
			.post_len = request->len };
		had = get(once, &get_it, item->why);
	}
	if (had)
		item->body = get_it.body;
	else
		buf_release(&get_it.body);
	buf_release(&url);
}

bool once_answer(struct once *once, const char *responder, const struct buf *request,
	struct buf *body, char why[static 160])
{
	uint8_t hash[FINGERPRINT_BYTES];
	char key[LIMIT_URL_BYTES + FINGERPRINT_TEXT + 8], text[FINGERPRINT_TEXT];
	bool mine;

	phrase_say(why, 160, "too many different answers were asked for in this run");
	fingerprint_of((const uint8_t *)request->data, request->len, hash);
	text_from_bytes(hash, sizeof hash, text);
	if (snprintf(key, sizeof key, "ocsp %s %s", text, responder) >= (int)sizeof key)
		return false;
	struct item *item = claim(once, key, &mine);

	if (!item)
		return false;
	if (mine) {
		ask(once, responder, request, item);
		settle(once, item);
	}
	(void)snprintf(why, 160, "%s", item->why);
	return item->body.len > 0 && buf_add(body, item->body.data, item->body.len);
}
