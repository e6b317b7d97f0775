/* SPDX-License-Identifier: MIT */
#include "cli/supply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/engine/fetch.h"
#include "checker/limits.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"
#include "cli/options.h"
#include "rules/profile/profile.h"

/* All requests together: a CA that does not answer must not hold up a scan for longer. */
#define FETCH_SECONDS_MAX 10.0

/* One URL, and what is expected behind it. */
struct download {
	const struct profile *profile;
	const char *url;
	bool list;
	bool refused; /* something came that is no list */
};

struct round {
	const struct supply_needs *needs;
	struct trust *trust;
	struct download *downloads;
	struct fetch_request *requests;
	size_t count;
};

static void round_release(struct round *round)
{
	for (size_t i = 0; i < round->count; i++)
		buf_release(&round->requests[i].body);
	free(round->requests);
	free(round->downloads);
}

/* --- What may be accepted --- */

struct picking {
	const struct download *download;
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
	const struct download *download, const struct buf *body, const char **ret_why)
{
	struct picking picking = { .download = download };

	if (!cert_file_read(&(struct cert_file){ .path = download->url,
				    .bytes = (const uint8_t *)body->data,
				    .len = body->len },
		    pick, &picking, NULL) &&
		picking.found == 0) {
		*ret_why = "what came is not a certificate";
		return false;
	}
	*ret_why = "what came is another certificate than the profile's";
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

static bool accept(void *arg, const struct buf *body, const char **ret_why)
{
	struct download *download = arg;

	if (!download->list)
		return accept_certificate(download, body, ret_why);
	if (looks_like_list(body))
		return true;
	download->refused = true;
	*ret_why = "what came is not a revocation list";
	return false;
}

/* --- What is asked for --- */

/* plan() has asked for every URL of the profile that is looked for later. */
static struct fetch_request *request_of(const struct round *round, const char *url, bool list)
{
	for (size_t i = 0; i < round->count; i++)
		if (round->downloads[i].list == list && strcmp(round->downloads[i].url, url) == 0)
			return &round->requests[i];
	return NULL;
}

/* Asks for URL once, however many things of the profile are behind it. */
static void ask(struct round *round, const char *url, bool list, const char *pin)
{
	struct fetch_request *request = request_of(round, url, list);
	size_t max = list ? LIMIT_FETCH_LIST_BYTES : LIMIT_FETCH_CERT_BYTES;

	if (request) {
		request->pin = NULL; /* several certificates: no fingerprint speaks for the body */
		return;
	}
	struct download *download = &round->downloads[round->count];
	*download = (struct download){ .profile = round->needs->profile, .url = url, .list = list };
	round->requests[round->count++] = (struct fetch_request){
		.url = url,
		.pin = pin,
		.max = max,
		.accept = accept,
		.arg = download,
		.body = BUF_INIT(max),
	};
}

static bool is_wanted(const struct round *round, const struct profile_certificate *certificate)
{
	return certificate->url && !trust_find(round->trust, certificate->sha256);
}

static bool plan(struct round *round, struct error *err)
{
	const struct profile *profile = round->needs->profile;
	size_t most = profile->certificate_count + profile->list_count + 1;

	round->downloads = calloc(most, sizeof *round->downloads);
	round->requests = calloc(most, sizeof *round->requests);
	if (!round->downloads || !round->requests)
		return error_set_memory(err);
	for (size_t i = 0; i < profile->certificate_count; i++)
		if (is_wanted(round, &profile->certificates[i]))
			ask(round, profile->certificates[i].url, false,
				profile->certificates[i].sha256_text);
	for (size_t i = 0; i < profile->list_count; i++)
		if (profile->lists[i].url)
			ask(round, profile->lists[i].url, true, NULL);
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

static bool run(struct round *round, struct error *err)
{
	const struct options *options = round->needs->options;
	struct fetch_options how = {
		.cache = options->cache,
		.offline = options->offline || options->fetch == FETCH_NONE,
		.timeout_s = options->timeout_s < FETCH_SECONDS_MAX ? options->timeout_s
								    : FETCH_SECONDS_MAX,
	};
	bool fresh = false;

	if (round->count == 0)
		return true;
	struct fetch *fetch = fetch_new(&how, err);
	if (!options->offline)
		console_transient(&options->console, "fetching what the profile names");
	bool ok = fetch && fetch_all(fetch, round->requests, round->count, err);
	console_transient(&options->console, "");
	fetch_free(fetch);
	for (size_t i = 0; ok && i < round->count; i++) {
		const struct fetch_request *request = &round->requests[i];
		if (!request->had)
			continue;
		fresh = fresh || !request->from_cache;
		console_say(&options->console, "%s: %zu bytes %s", request->url, request->body.len,
			request->from_cache ? "from the cache" : "fetched");
	}
	if (fresh)
		check_cache(options);
	return ok;
}

/* --- What came --- */

static void complain(const struct supply_needs *needs, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void complain(const struct supply_needs *needs, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (needs->expected)
		console_say(&needs->options->console, "%s", text);
	else
		console_warn(&needs->options->console, "%s", text);
}

/* Why a certificate that is wanted did not come; NULL when it is there, or was not wanted. */
static const char *why_missing(const struct round *round, size_t number)
{
	const struct profile_certificate *wanted = &round->needs->profile->certificates[number];

	if (!is_wanted(round, wanted))
		return NULL;
	const struct fetch_request *request = request_of(round, wanted->url, false);
	if (!request)
		return "nobody asked for it";
	return request->had ? "its URL brings another certificate" : request->why;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* One line for each reason, however many certificates share it. */
static void complain_of_certificates(const struct round *round)
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
			complain(round->needs,
				"not at hand, so that chains which lack it cannot be completed: "
				"%s%s: %s",
				buf_text(&ids), ids.failed ? ", ..." : "", why);
		buf_release(&ids);
	}
}

static bool take_certificates(struct round *round, struct error *err)
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

static const struct cert *issuer_of(
	const struct trust *trust, const struct profile_certificate *issuer)
{
	const struct cert *cert = trust_find(trust, issuer->sha256);

	/* A cross certificate has the same name and key, which is all that a list needs. */
	if (!cert && issuer->has_spki)
		cert = trust_find_key(trust, issuer->spki_sha256);
	return cert;
}

/*
 * A list is dated when it is fetched, which need not be the day of judgement:
 * one in order today serves for every day, since what it says of each
 * certificate has a day of its own.
 */
static struct revoke_list *list_for_any_day(
	const struct revoke_source *source, const struct cert *issuer, struct instant now)
{
	struct revoke_list *list = revoke_list_new(source, issuer, now);

	if (!list || revoke_list_state(list) == REVOKE_LIST_GOOD)
		return list;
	struct revoke_list *today = revoke_list_new(source, issuer, clock_now());
	if (!today || revoke_list_state(today) != REVOKE_LIST_GOOD) {
		revoke_list_free(today);
		return list;
	}
	revoke_list_free(list);
	return today;
}

static struct revoke_list *make_list(const struct round *round, const struct profile_list *wanted)
{
	enum revoke_scope scope = !wanted->covers_leaf ? REVOKE_SCOPE_CA
				  : !wanted->covers_ca ? REVOKE_SCOPE_LEAF
						       : REVOKE_SCOPE_ALL;
	const struct cert *issuer = issuer_of(round->trust, wanted->issuer);

	if (!wanted->url)
		return revoke_list_unavailable(wanted->id, "the profile names no URL for it");
	const struct fetch_request *request = request_of(round, wanted->url, true);
	if (!request)
		return revoke_list_unavailable(wanted->id, "nobody asked for it");
	if (!request->had && !((const struct download *)request->arg)->refused)
		return revoke_list_unavailable(wanted->id, request->why);
	if (!issuer)
		return revoke_list_unavailable(
			wanted->id, "the certificate of its issuer is not at hand");
	/* Without a body this is a list of no bytes: not a list, which is what came. */
	const struct revoke_source source = {
		.id = wanted->id,
		.bytes = (const uint8_t *)buf_text(&request->body),
		.len = request->body.len,
		.scope = scope,
		.url = wanted->url,
	};
	return list_for_any_day(&source, issuer, round->needs->now);
}

/* A good list that lacks what the CA promised: the revocation is late, or the list is stale. */
static void complain_of_gaps(const struct supply_needs *needs, const struct profile_list *wanted,
	const struct revoke_list *list)
{
	char day[INSTANT_TEXT];

	if (!wanted->has_expect_from || needs->now.seconds < wanted->expect_from.seconds)
		return;
	instant_format_day(wanted->expect_from, day);
	for (size_t i = 0; i < wanted->expect_count; i++)
		if (wanted->expect_revoked[i]->serial &&
			!revoke_list_names(list, wanted->expect_revoked[i]->serial))
			complain(needs,
				"revocation list %s does not name %s, which it should from %s",
				wanted->id, wanted->expect_revoked[i]->id, day);
}

static bool make_lists(const struct round *round, struct revoke_list **ret_lists, struct error *err)
{
	static const char *const states[] = {
		[REVOKE_LIST_GOOD] = "good",
		[REVOKE_LIST_UNAVAILABLE] = "unavailable",
		[REVOKE_LIST_EXPIRED] = "expired",
		[REVOKE_LIST_INVALID] = "invalid",
	};
	const struct profile *profile = round->needs->profile;

	for (size_t i = 0; i < profile->list_count; i++) {
		ret_lists[i] = make_list(round, &profile->lists[i]);
		if (!ret_lists[i])
			return error_set_memory(err);
		enum revoke_list_state state = revoke_list_state(ret_lists[i]);
		if (state != REVOKE_LIST_GOOD) {
			complain(round->needs, "revocation list %s: %s: %s", profile->lists[i].id,
				states[state], revoke_list_why(ret_lists[i]));
			continue;
		}
		console_say(&round->needs->options->console, "revocation list %s: good",
			profile->lists[i].id);
		complain_of_gaps(round->needs, &profile->lists[i], ret_lists[i]);
	}
	return true;
}

bool supply_get(const struct supply_needs *needs, struct trust *trust,
	struct revoke_list **ret_lists, struct error *err)
{
	struct round round = { .needs = needs, .trust = trust };
	bool ok = plan(&round, err) && run(&round, err) && take_certificates(&round, err) &&
		  make_lists(&round, ret_lists, err);

	round_release(&round);
	return ok;
}
