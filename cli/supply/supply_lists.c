/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/engine/fetch.h"
#include "checker/engine/fetch_guard.h"
#include "checker/limits.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/run/deposit.h"
#include "cli/supply/replay.h"
#include "cli/supply/supply_round.h"
#include "rules/profile/profile.h"

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
 * RFC 5280, 5.2.3: numbers only grow.  A good list is not given up for one with a lower number,
 * which is somebody's old copy.  Only one whose signature fits may stand in the way of others.
 */
bool supply_follows(void *arg, const uint8_t *old, size_t old_len, const struct buf *fresh,
	const char **ret_why)
{
	const struct supply_download *download = arg;
	const struct cert *issuer = issuer_of(download->trust, download->wanted->issuer);
	struct revoke_number before, now;

	if (!issuer || !revoke_number_of(old, old_len, &before) ||
		!revoke_number_of((const uint8_t *)fresh->data, fresh->len, &now) ||
		revoke_number_compare(&now, &before) >= 0)
		return true;
	const struct revoke_source source = { .id = download->wanted->id,
		.bytes = old,
		.len = old_len,
		.scope = REVOKE_SCOPE_ALL,
		.url = download->url };
	CLEANUP(revoke_list_freep)
	struct revoke_list *list = revoke_list_new(&source, issuer, clock_now());

	*ret_why = PHRASE("what is served now has a lower number than what was seen before");
	return !list || revoke_list_state(list) != REVOKE_LIST_GOOD;
}

struct revoke_list *supply_read_list(const struct revoke_source *source, const struct cert *issuer,
	struct instant now, struct instant today)
{
	struct revoke_list *list = revoke_list_new(source, issuer, now);

	if (!list || revoke_list_state(list) == REVOKE_LIST_GOOD)
		return list;
	struct revoke_list *then = revoke_list_new(source, issuer, today);
	if (!then || revoke_list_state(then) != REVOKE_LIST_GOOD) {
		revoke_list_free(then);
		return list;
	}
	revoke_list_free(list);
	return then;
}

static void note_origin(const struct fetch_request *request, struct supply_origin *origin)
{
	if (request->had)
		origin->way = request->refused_fresh ? SUPPLY_KEPT
			      : request->unchanged   ? SUPPLY_UNCHANGED
			      : request->from_cache  ? SUPPLY_CACHED
						     : SUPPLY_FETCHED;
	origin->bytes = request->body.len;
	(void)snprintf(origin->why, sizeof origin->why, "%s", request->why);
}

static struct revoke_list *make_list(const struct supply_round *round,
	const struct profile_list *wanted, struct supply_origin *origin)
{
	enum revoke_scope scope = !wanted->covers_leaf ? REVOKE_SCOPE_CA
				  : !wanted->covers_ca ? REVOKE_SCOPE_LEAF
						       : REVOKE_SCOPE_ALL;
	const struct cert *issuer = issuer_of(round->trust, wanted->issuer);

	origin->issuer = issuer;
	if (!wanted->url)
		return revoke_list_unavailable(wanted->id, "the profile names no URL for it");
	const struct fetch_request *request = supply_request_of(round, wanted->url, true);
	if (!request)
		return revoke_list_unavailable(wanted->id, "nobody asked for it");
	note_origin(request, origin);
	if (!request->had && !((const struct supply_download *)request->arg)->refused)
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
	return supply_read_list(&source, issuer, round->needs->now, round->needs->today);
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
			supply_complain(needs,
				"revocation list %s does not name %s, which it should from %s",
				wanted->id, wanted->expect_revoked[i]->id, day);
}

/* --- Delta lists --- */

static bool get_delta(
	const struct supply_needs *needs, struct fetch_request *request, struct error *err)
{
	CLEANUP(fetch_freep) struct fetch *fetch = supply_fetch(needs->options, err);

	return fetch && fetch_all(fetch, request, 1, err) && request->had;
}

static bool replay_delta(
	const struct supply_needs *needs, struct fetch_request *request, struct error *err)
{
	bool refused, known;

	return replay_answer(needs->replay, request, &refused, &known, err) && request->had;
}

/* A list that its CA signed says where its changes are: the same place, or a public one. */
static bool fetch_delta(const struct supply_needs *needs, const char *profile_url, const char *url,
	struct buf *ret_body)
{
	struct error own = { .code = ERROR_NONE };
	struct supply_download download = { .profile = needs->profile, .url = url, .list = true };
	struct fetch_request request = {
		.url = url,
		.max = LIMIT_FETCH_LIST_BYTES,
		.accept = supply_accept,
		.arg = &download,
		.body = BUF_INIT(LIMIT_FETCH_LIST_BYTES),
		.by_remote = !profile_url || !fetch_guard_same_place(profile_url, url),
	};
	bool had = needs->replay ? replay_delta(needs, &request, &own)
				 : get_delta(needs, &request, &own);

	deposit_list(needs->deposit, &request, download.refused);
	if (!had)
		console_say(&needs->options->console, "%s: %s", url,
			own.code == ERROR_NONE ? request.why : own.text);
	*ret_body = request.body;
	return had;
}

static void add_delta(const struct supply_needs *needs, const struct profile_list *wanted,
	struct revoke_list *list)
{
	struct revoke_description said;
	struct buf body = BUF_INIT(0);
	const char *why;

	if (!revoke_list_describe(list, &said) || !said.delta_urls || !said.delta_urls[0])
		return;
	const char *url = said.delta_urls[0];
	if (fetch_delta(needs, wanted->url, url, &body)) {
		const struct revoke_source source = { .id = wanted->id,
			.bytes = (const uint8_t *)buf_text(&body),
			.len = body.len,
			.scope = REVOKE_SCOPE_ALL,
			.url = url };
		bool good = revoke_list_update(list, &source, needs->now, &why);

		console_say(&needs->options->console, "delta list of %s: %s", wanted->id,
			good ? "good" : why);
	}
	buf_release(&body);
}

bool supply_make_lists(const struct supply_round *round, struct revoke_list **ret_lists,
	struct supply_origin *ret_origins, struct error *err)
{
	static const char *const states[] = {
		[REVOKE_LIST_GOOD] = "good",
		[REVOKE_LIST_UNAVAILABLE] = "unavailable",
		[REVOKE_LIST_EXPIRED] = "expired",
		[REVOKE_LIST_INVALID] = "invalid",
	};
	const struct profile *profile = round->needs->profile;

	for (size_t i = 0; round->needs->lists && i < profile->list_count; i++) {
		ret_lists[i] = make_list(round, &profile->lists[i], &ret_origins[i]);
		if (!ret_lists[i])
			return error_set_memory(err);
		if (ret_origins[i].way == SUPPLY_KEPT)
			supply_complain(round->needs, "revocation list %s: %s",
				profile->lists[i].id, ret_origins[i].why);
		enum revoke_list_state state = revoke_list_state(ret_lists[i]);
		if (state != REVOKE_LIST_GOOD) {
			supply_complain(round->needs, "revocation list %s: %s: %s",
				profile->lists[i].id, states[state], revoke_list_why(ret_lists[i]));
			continue;
		}
		console_say(&round->needs->options->console, "revocation list %s: good",
			profile->lists[i].id);
		add_delta(round->needs, &profile->lists[i], ret_lists[i]);
		complain_of_gaps(round->needs, &profile->lists[i], ret_lists[i]);
	}
	return true;
}
