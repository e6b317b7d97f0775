/* SPDX-License-Identifier: MIT */
#include "cli/run/deposit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/engine/fetch.h"
#include "checker/engine/proxy.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/supply/setup.h"
#include "reports/evidence/evidence_folder.h"
#include "reports/evidence/evidence_manifest.h"
#include "rules/profile/profile.h"
#include "rules/waiver/waivers.h"

#define PATH_BYTES 8192u

struct deposit {
	const char *path;
	const struct setup *setup;
	const struct options *options;
	struct evidence_folder *folder; /* has a lock of its own */
	struct buf results;
	pthread_mutex_t lock; /* of what follows */
	struct evidence_manifest manifest;
	struct error failure; /* it is let go */
};

static void let_go(struct deposit *deposit, const struct error *why)
{
	(void)pthread_mutex_lock(&deposit->lock);
	if (deposit->failure.code == ERROR_NONE)
		(void)error_set(&deposit->failure, why->code, "%s", why->said);
	(void)pthread_mutex_unlock(&deposit->lock);
}

static void let_go_without_memory(struct deposit *deposit)
{
	struct error why = { .code = ERROR_NONE };

	(void)error_set_memory(&why);
	let_go(deposit, &why);
}

static bool is_good(struct deposit *deposit)
{
	(void)pthread_mutex_lock(&deposit->lock);
	bool good = deposit->failure.code == ERROR_NONE;
	(void)pthread_mutex_unlock(&deposit->lock);
	return good;
}

/* NULL stays NULL; false without memory. */
static bool copy(const char *text, char **ret_copy)
{
	*ret_copy = text ? text_copy(text, strlen(text)) : NULL;
	return *ret_copy || !text;
}

/* --- What is known before the first target --- */

static const char *builtin_text(const struct profile *profile)
{
	const char *id;

	for (size_t i = 0; (id = profile_builtin_id(i)); i++)
		if (strcmp(id, profile->id) == 0)
			return profile_builtin_text(i);
	return NULL;
}

/* The text that was judged by, and no other: a file may have changed since it was read. */
static bool put_profile(struct deposit *deposit, struct error *err)
{
	const struct profile *profile = deposit->setup->profile;
	CLEANUP(buf_release) struct buf text = BUF_INIT(LIMIT_PROFILE_BYTES);
	char sum[FINGERPRINT_TEXT];
	uint8_t hash[FINGERPRINT_BYTES];
	bool is_file = strcmp(profile->source, deposit->options->profile) == 0;
	const char *builtin = is_file ? NULL : builtin_text(profile);

	if (builtin ? !buf_add_text(&text, builtin) : !buf_read_file(&text, profile->source, err))
		return builtin ? error_set_memory(err) : false;
	fingerprint_of((const uint8_t *)buf_text(&text), text.len, hash);
	text_from_bytes(hash, sizeof hash, sum);
	if (strcmp(sum, profile->sha256_text) != 0)
		return error_set(
			err, ERROR_IO, "%s: has changed since it was read", profile->source);
	return evidence_folder_put(
		deposit->folder, EVIDENCE_PROFILE, buf_text(&text), text.len, err);
}

static bool put_waivers(struct deposit *deposit, struct error *err)
{
	const char *text = deposit->setup->waivers ? waivers_text(deposit->setup->waivers) : NULL;

	return !text ||
	       evidence_folder_put(deposit->folder, EVIDENCE_WAIVERS, text, strlen(text), err);
}

/* Of a proxy its place, and nothing of who uses it. */
static bool note_vantage(struct evidence_vantage *vantage, const struct options *options)
{
	CLEANUP(buf_release) struct buf place = BUF_INIT(LIMIT_HOST_BYTES + 32);
	const struct proxy *proxy = options->proxy;
	char host[LIMIT_HOST_BYTES], shown[LIMIT_HOST_BYTES] = "";

	if (gethostname(host, sizeof host - 1) == 0) {
		host[sizeof host - 1] = '\0';
		text_printable(host, strlen(host), shown, sizeof shown);
	}
	if (proxy && !buf_addf(&place, "%s://%s:%u", proxy->kind == PROXY_HTTP ? "http" : "socks5h",
			     proxy->host, (unsigned)proxy->port))
		return false;
	return copy(shown, &vantage->host) && copy(options->resolver, &vantage->resolver) &&
	       copy(proxy ? buf_text(&place) : NULL, &vantage->proxy);
}

static bool note_options(struct evidence_options *to, const struct options *options)
{
	static const char *const fetches[] = { "profile", "any", "none" };
	static const char *const revocations[] = { "profile", "full", "none" };
	CLEANUP(buf_release) struct buf probe = BUF_INIT(64);
	const struct probe_choice *choice = &options->probe;

	(void)buf_addf(&probe, "%s%s%s%s", options->probe_auto ? ",auto" : "",
		choice->key_types ? ",key-types" : "", choice->sni ? ",sni" : "",
		choice->versions ? ",versions" : "");
	to->repeat = choice->repeat;
	to->retries = options->retries;
	to->timeout_s = options->timeout_s;
	to->offline = options->offline;
	to->first_address = options->first_address;
	to->caa = options->caa;
	to->identify = choice->identify;
	to->explain = options->explain;
	to->ordered = options->ordered;
	return !probe.failed && copy(probe.len > 0 ? buf_text(&probe) + 1 : "", &to->probe) &&
	       copy(revocations[options->revocation], &to->revocation) &&
	       copy(fetches[options->fetch], &to->fetch) &&
	       copy(options->handshake == HANDSHAKE_CHOICE_COMPLETE ? "complete" : "flight",
		       &to->handshake);
}

static bool begin(struct deposit *deposit, const char *command, struct error *err)
{
	struct evidence_manifest *manifest = &deposit->manifest;
	const struct setup *setup = deposit->setup;

	manifest->began = setup->today;
	manifest->as_of = setup->context.now;
	if (!copy(CHAINMEND_VERSION, &manifest->version) || !copy(command, &manifest->command) ||
		!copy(setup->profile->id, &manifest->profile) ||
		!note_vantage(&manifest->vantage, deposit->options) ||
		!note_options(&manifest->options, deposit->options) ||
		!evidence_folder_results(deposit->folder, &deposit->results))
		return error_set_memory(err);
	return put_profile(deposit, err) && put_waivers(deposit, err);
}

struct deposit *deposit_open(const char *path, const char *command, const struct setup *setup,
	const struct options *options, struct error *err)
{
	CLEANUP(deposit_freep) struct deposit *deposit = calloc(1, sizeof *deposit);

	if (!deposit) {
		(void)error_set_memory(err);
		return NULL;
	}
	(void)pthread_mutex_init(&deposit->lock, NULL);
	deposit->path = path;
	deposit->setup = setup;
	deposit->options = options;
	deposit->results = (struct buf)BUF_INIT(PATH_BYTES);
	deposit->folder = evidence_folder_open(path, err);
	if (!deposit->folder || !begin(deposit, command, err))
		return NULL;
	return TAKE(deposit);
}

void deposit_free(struct deposit *deposit)
{
	if (!deposit)
		return;
	evidence_folder_free(deposit->folder);
	evidence_manifest_release(&deposit->manifest);
	buf_release(&deposit->results);
	(void)pthread_mutex_destroy(&deposit->lock);
	free(deposit);
}

const char *deposit_results(const struct deposit *deposit)
{
	return buf_text(&deposit->results);
}

/* --- What is handed over --- */

/* Files the bytes of a list; false when the deposit is let go. */
static bool file_list(struct deposit *deposit, const struct buf *body, struct evidence_list *list)
{
	struct error why = { .code = ERROR_NONE };
	char sum[FINGERPRINT_TEXT];

	if (!body || body->len == 0)
		return true;
	if (!evidence_folder_file(
		    deposit->folder, EVIDENCE_LIST, buf_text(body), body->len, sum, &why)) {
		let_go(deposit, &why);
		return false;
	}
	return copy(sum, &list->sha256);
}

static const char *way_of(const struct fetch_request *request)
{
	return !request->had            ? NULL
	       : request->refused_fresh ? "kept"
	       : request->unchanged     ? "unchanged"
	       : request->from_cache    ? "cached"
					: "fetched";
}

void deposit_list(struct deposit *deposit, const struct fetch_request *request, bool refused)
{
	struct evidence_list list = { .refused = refused, .time = clock_now() };

	if (!deposit || !is_good(deposit))
		return;
	bool good = copy(request->url, &list.url) && copy(way_of(request), &list.how) &&
		    copy(request->why[0] ? request->why : NULL, &list.why) &&
		    file_list(deposit, request->had ? &request->body : NULL, &list);
	(void)pthread_mutex_lock(&deposit->lock);
	good = vec_reserve(&deposit->manifest.lists) && good;
	if (good)
		deposit->manifest.lists.items[deposit->manifest.lists.count++] = list;
	(void)pthread_mutex_unlock(&deposit->lock);
	if (good)
		return;
	let_go_without_memory(deposit);
	evidence_list_release(&list);
}

static bool file_certificate(struct deposit *deposit, const struct cert *cert,
	char ret_sum[static FINGERPRINT_TEXT], struct error *err)
{
	size_t len;
	const uint8_t *der = cert_der(cert, &len);

	return evidence_folder_file(deposit->folder, EVIDENCE_CERTIFICATE, der, len, ret_sum, err);
}

/* They come by number, but for those that are still on their way. */
static bool place_asked(struct deposit *deposit, size_t number, const struct evidence_list *list)
{
	struct evidence_manifest *manifest = &deposit->manifest;

	while (manifest->asked.count <= number) {
		if (!vec_reserve(&manifest->asked))
			return false;
		manifest->asked.items[manifest->asked.count++] = (struct evidence_list){
			.url = NULL
		};
	}
	manifest->asked.items[number] = *list;
	return true;
}

void deposit_asked(struct deposit *deposit, const struct deposit_asked *asked)
{
	struct evidence_list list = { .time = clock_now() };
	struct error why = { .code = ERROR_NONE };
	char sum[FINGERPRINT_TEXT];

	if (!deposit || !is_good(deposit))
		return;
	if (!file_certificate(deposit, asked->issuer, sum, &why)) {
		let_go(deposit, &why);
		return;
	}
	bool good = copy(asked->url, &list.url) && copy(sum, &list.issuer) &&
		    copy(asked->why[0] ? asked->why : NULL, &list.why) &&
		    copy(asked->body ? "fetched" : NULL, &list.how) &&
		    file_list(deposit, asked->body, &list);
	(void)pthread_mutex_lock(&deposit->lock);
	good = good && place_asked(deposit, asked->number, &list);
	(void)pthread_mutex_unlock(&deposit->lock);
	if (good)
		return;
	let_go_without_memory(deposit);
	evidence_list_release(&list);
}

void deposit_root(struct deposit *deposit, const char *subject)
{
	if (deposit && !evidence_texts_add(&deposit->manifest.roots, subject))
		let_go_without_memory(deposit);
}

void deposit_add(struct deposit *deposit, const struct observation *observation)
{
	struct error why = { .code = ERROR_NONE };

	if (deposit && is_good(deposit) && !evidence_folder_add(deposit->folder, observation, &why))
		let_go(deposit, &why);
}

/* --- The end --- */

static bool note_anchors(
	struct deposit *deposit, size_t number, struct evidence_store *store, struct error *err)
{
	const struct trust *trust = deposit->setup->trust;
	const struct cert *anchor;
	char sum[FINGERPRINT_TEXT];

	for (size_t i = 0; (anchor = trust_anchor_at(trust, number, i)); i++) {
		if (!file_certificate(deposit, anchor, sum, err))
			return false;
		if (!evidence_texts_add(&store->anchors, sum))
			return error_set_memory(err);
	}
	return true;
}

static bool note_trust(struct deposit *deposit, struct error *err)
{
	struct evidence_manifest *manifest = &deposit->manifest;
	const struct trust *trust = deposit->setup->trust;
	const struct cert *known;
	char sum[FINGERPRINT_TEXT];

	for (size_t i = 0; i < trust_store_count(trust); i++) {
		if (!vec_reserve(&manifest->stores))
			return error_set_memory(err);
		struct evidence_store *store = &manifest->stores.items[manifest->stores.count++];
		*store = (struct evidence_store){ .whole = trust_store_whole(trust, i) };
		if (!copy(trust_store_id(trust, i), &store->id) ||
			!copy(trust_store_missing(trust, i), &store->missing))
			return error_set_memory(err);
		if (!note_anchors(deposit, i, store, err))
			return false;
	}
	for (size_t i = 0; (known = trust_known_at(trust, i)); i++) {
		if (!file_certificate(deposit, known, sum, err))
			return false;
		if (!evidence_texts_add(&manifest->known, sum))
			return error_set_memory(err);
	}
	return true;
}

bool deposit_finish(struct deposit *deposit, const struct deposit_end *end, struct error *err)
{
	struct evidence_manifest *manifest = &deposit->manifest;

	if (deposit->failure.code != ERROR_NONE)
		return error_set(err, deposit->failure.code, "%s; the evidence was not kept",
			deposit->failure.said);
	manifest->ended = clock_now();
	manifest->targets = end->targets;
	manifest->duplicates = end->duplicates;
	manifest->interrupted = end->interrupted;
	if (!note_trust(deposit, err) || !evidence_folder_finish(deposit->folder, manifest, err))
		return false;
	console_say(&deposit->options->console,
		"%s: %zu observations are kept; the SHA-256 of its manifest is %s", deposit->path,
		manifest->observations, evidence_folder_sum(deposit->folder));
	return true;
}
