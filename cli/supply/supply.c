/* SPDX-License-Identifier: MIT */
#include "cli/supply/supply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/engine/fetch.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/run/deposit.h"
#include "cli/supply/replay.h"
#include "cli/supply/supply_round.h"
#include "rules/profile/profile.h"

/* All requests together: a CA that does not answer must not hold up a scan for longer. */
#define FETCH_SECONDS_MAX 10.0

static void round_release(struct supply_round *round)
{
	for (size_t i = 0; i < round->count; i++)
		buf_release(&round->requests[i].body);
	free(round->requests);
	free(round->downloads);
}

/* --- What may be accepted --- */

struct picking {
	const struct supply_download *download;
	struct trust *trust; /* NULL: only look */
	size_t found;
};

static bool pick(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct picking *picking = arg;
	uint8_t print[FINGERPRINT_BYTES];

	fingerprint_of(der, len, print);
	const struct profile_certificate *known = profile_by_fingerprint(
		picking->download->profile, print);
	if (!known || !known->url || strcmp(known->url, picking->download->url) != 0)
		return true;
	picking->found++;
	if (!picking->trust)
		return true;
	const struct cert *cert = cert_new(der, len, err);
	bool ok = cert && trust_add_known(picking->trust, cert, err);
	cert_unref(cert);
	return ok;
}

static bool accept_certificate(
	const struct supply_download *download, const struct buf *body, const char **ret_why)
{
	struct picking picking = { .download = download };

	if (!cert_file_read(&(struct cert_file){ .path = download->url,
				    .bytes = (const uint8_t *)body->data,
				    .len = body->len },
		    pick, &picking, NULL) &&
		picking.found == 0) {
		*ret_why = PHRASE("what came is not a certificate");
		return false;
	}
	*ret_why = PHRASE("what came is another certificate than the profile's");
	return picking.found > 0;
}

/* DER of one SEQUENCE that is as long as the body, or PEM: enough to tell a list from the
 * page of a proxy, which must not take the place of a list in the cache. */
static bool looks_like_list(const struct buf *body)
{
	const uint8_t *at = (const uint8_t *)body->data;
	size_t octets, length = 0;

	if (body->len > 0 && strstr(buf_text(body), "-----BEGIN X509 CRL-----"))
		return true;
	if (body->len < 2 || at[0] != 0x30)
		return false;
	octets = at[1] & 0x80 ? at[1] & 0x7fu : 0;
	if (octets > 4 || body->len < 2 + octets)
		return false;
	for (size_t i = 0; i < octets; i++)
		length = length << 8 | at[2 + i];
	return body->len == 2 + octets + (octets > 0 ? length : at[1]);
}

bool supply_accept(void *arg, const struct buf *body, const char **ret_why)
{
	struct supply_download *download = arg;

	if (!download->list)
		return accept_certificate(download, body, ret_why);
	if (looks_like_list(body))
		return true;
	download->refused = true;
	*ret_why = PHRASE("what came is not a revocation list");
	return false;
}

/* --- What is asked for --- */

/* plan() has asked for every URL of the profile that is looked for later. */
struct fetch_request *supply_request_of(
	const struct supply_round *round, const char *url, bool list)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->downloads[i].list == list && strcmp(round->downloads[i].url, url) == 0)
			return &round->requests[i];
	return NULL;
}

/* Asks for URL once, however many things of the profile are behind it. */
static void ask(struct supply_round *round, const char *url, const struct profile_list *wanted,
	const char *pin)
{
	bool list = wanted != NULL;
	struct fetch_request *request = supply_request_of(round, url, list);
	size_t max = list ? LIMIT_FETCH_LIST_BYTES : LIMIT_FETCH_CERT_BYTES;

	if (request) {
		request->pin = NULL; /* several certificates: no fingerprint speaks for the body */
		return;
	}
	struct supply_download *download = &round->downloads[round->count];
	*download = (struct supply_download){ .profile = round->needs->profile,
		.url = url,
		.list = list,
		.trust = round->trust,
		.wanted = wanted };
	round->requests[round->count++] = (struct fetch_request){
		.url = url,
		.pin = pin,
		.max = max,
		.accept = supply_accept,
		.follows = list ? supply_follows : NULL,
		.arg = download,
		.body = BUF_INIT(max),
	};
}

static bool is_wanted(
	const struct supply_round *round, const struct profile_certificate *certificate)
{
	return certificate->url && !trust_find(round->trust, certificate->sha256);
}

static bool plan(struct supply_round *round, struct error *err)
{
	const struct profile *profile = round->needs->profile;
	size_t most = profile->certificate_count + profile->list_count + 1;

	round->downloads = calloc(most, sizeof *round->downloads);
	round->requests = calloc(most, sizeof *round->requests);
	if (!round->downloads || !round->requests)
		return error_set_memory(err);
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (is_wanted(round, &profile->certificates[i]))
			ask(round, profile->certificates[i].url, NULL,
				profile->certificates[i].sha256_text);
	for (size_t i = 0; round->needs->lists && i < profile->list_count; i++)
		if (profile->lists[i].url)
			ask(round, profile->lists[i].url, &profile->lists[i], NULL);
	return true;
}

/* What was fetched goes into the cache or is lost with this run; only who asked for one minds. */
static void check_cache(const struct options *options)
{
	struct error why = { .code = ERROR_NONE };

	if (!options->cache_given || access(options->cache, W_OK | X_OK) == 0)
		return;
	(void)error_set_errno(&why, errno, "--cache %s: nothing could be kept", options->cache);
	console_warn(&options->console, "%s", why.text);
}

struct fetch *supply_fetch(const struct options *options, struct error *err)
{
	const struct fetch_options how = {
		.cache = options->cache,
		.offline = options->offline || options->fetch == FETCH_NONE,
		.timeout_s = options->timeout_s < FETCH_SECONDS_MAX ? options->timeout_s
								    : FETCH_SECONDS_MAX,
	};

	return fetch_new(&how, err);
}

/* One request as it was answered then.  What nobody asked for under that profile is not to be had;
 * what another one asks for may be in the cache. */
static bool replay_one(struct supply_round *round, size_t number, struct error *err)
{
	struct supply_download *download = &round->downloads[number];
	struct fetch_request *request = &round->requests[number];
	const struct supply_needs *needs = round->needs;
	bool known = false;

	if (download->list &&
		!replay_answer(needs->replay, request, &download->refused, &known, err))
		return false;
	if (known)
		return true;
	if (replay_knows(needs->replay, needs->profile)) {
		phrase_say(request->why, sizeof request->why, "the evidence has it not");
		return true;
	}
	CLEANUP(fetch_freep) struct fetch *fetch = supply_fetch(needs->options, err);
	return fetch && fetch_all(fetch, request, 1, err);
}

static bool replay_round(struct supply_round *round, struct error *err)
{
	for (size_t i = 0; i < round->count; i++)
		if (!replay_one(round, i, err))
			return false;
	return true;
}

static bool run(struct supply_round *round, struct error *err)
{
	const struct options *options = round->needs->options;
	bool fresh = false;

	if (round->count == 0)
		return true;
	if (round->needs->replay)
		return replay_round(round, err);
	struct fetch *fetch = supply_fetch(options, err);
	if (!options->offline)
		console_transient(&options->console,
			lang_text(options->language, "fetching what the profile names"));
	bool ok = fetch && fetch_all(fetch, round->requests, round->count, err);
	console_transient(&options->console, "");
	fetch_free(fetch);
	for (size_t i = 0; ok && i < round->count; i++) {
		const struct fetch_request *request = &round->requests[i];
		if (!request->had)
			continue;
		fresh = fresh || !request->from_cache;
		console_say(&options->console, "%s: %zu bytes %s", request->url, request->body.len,
			request->unchanged    ? PHRASE("from the cache, not changed since")
			: request->from_cache ? PHRASE("from the cache")
					      : PHRASE("fetched"));
	}
	if (fresh)
		check_cache(options);
	for (size_t i = 0; ok && i < round->count; i++)
		if (round->downloads[i].list)
			deposit_list(round->needs->deposit, &round->requests[i],
				round->downloads[i].refused);
	return ok;
}

/* --- What came --- */

void supply_complain(const struct supply_needs *needs, const char *fmt, ...)
{
	char text[600];
	va_list args;

	va_start(args, fmt);
	phrase_vsay(text, sizeof text, fmt, args);
	va_end(args);
	if (needs->expected)
		console_say(&needs->options->console, "%s", text);
	else
		console_warn(&needs->options->console, "%s", text);
}

/* Why a certificate that is wanted did not come; NULL when it is there, or was not wanted. */
static const char *why_missing(const struct supply_round *round, size_t number)
{
	const struct profile_certificate *wanted = &round->needs->profile->certificates[number];

	if (!is_wanted(round, wanted))
		return NULL;
	const struct fetch_request *request = supply_request_of(round, wanted->url, false);
	if (!request)
		return PHRASE("nobody asked for it");
	return request->had ? PHRASE("its URL brings another certificate") : request->why;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* One line for each reason, however many certificates share it. */
static void complain_of_certificates(const struct supply_round *round)
{
	size_t count = round->needs->profile->certificate_count;

	for (size_t i = 0; i < count; i++) {
		const char *why = why_missing(round, i);
		struct buf ids = BUF_INIT(300);
		bool said = !why;

		for (size_t k = 0; k < i && !said; k++)
			said = is_same(why_missing(round, k), why);
		for (size_t k = i; k < count && !said; k++)
			if (is_same(why_missing(round, k), why))
				(void)buf_addf(&ids, "%s%s", k > i ? ", " : "",
					round->needs->profile->certificates[k].id);
		if (!said)
			supply_complain(round->needs,
				"not at hand, so that chains which lack it cannot be completed: "
				"%s%s: %s",
				buf_text(&ids), ids.failed ? ", ..." : "", why);
		buf_release(&ids);
	}
}

static bool take_certificates(struct supply_round *round, struct error *err)
{
	for (size_t i = 0; i < round->count; i++) {
		const struct fetch_request *request = &round->requests[i];
		struct picking picking = { .download = &round->downloads[i],
			.trust = round->trust };
		struct error own = { .code = ERROR_NONE };
		if (round->downloads[i].list || !request->had)
			continue;
		/* It was accepted, so what may be wrong with it stands behind what is wanted. */
		if (!cert_file_read(&(struct cert_file){ .path = request->url,
					    .bytes = (const uint8_t *)request->body.data,
					    .len = request->body.len },
			    pick, &picking, &own) &&
			own.code == ERROR_MEMORY)
			return error_set_memory(err);
	}
	complain_of_certificates(round);
	return true;
}

bool supply_get(const struct supply_needs *needs, struct trust *trust,
	struct revoke_list **ret_lists, struct supply_origin *ret_origins, struct error *err)
{
	struct supply_round round = { .needs = needs, .trust = trust };
	bool ok = (!needs->replay || replay_add_known(needs->replay, needs->profile, trust, err)) &&
		  plan(&round, err) && run(&round, err) && take_certificates(&round, err) &&
		  supply_make_lists(&round, ret_lists, ret_origins, err);

	round_release(&round);
	return ok;
}
