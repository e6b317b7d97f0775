/* SPDX-License-Identifier: MIT */
#include "cli/supply/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/engine/fetch.h"
#include "checker/limits.h"
#include "checker/revoke/revoke.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/process/interrupt.h"
#include "cli/run/judging.h"
#include "cli/run/run.h"
#include "cli/supply/setup.h"
#include "cli/supply/supply.h"
#include "reports/evidence/evidence_manifest.h"
#include "reports/evidence/evidence_source.h"
#include "rules/profile/profile.h"

struct replay {
	struct evidence_source *source;
	const struct evidence_manifest *manifest; /* its */
	struct revoke_list **asked;               /* those that certificates name, by number */
	size_t asked_count;
};

bool replay_is_meant(const char *path)
{
	struct stat there;

	return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

static bool revocation_by_name(const char *name, enum revocation_choice *ret_choice)
{
	static const char *const names[] = { "profile", "full", "none" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			*ret_choice = (enum revocation_choice)i;
			return true;
		}
	return false;
}

/* What was not said on the command line is as it was. */
static bool settle(const struct replay *replay, struct options *options, struct error *err)
{
	const struct evidence_manifest *manifest = replay->manifest;

	if (!revocation_by_name(manifest->options.revocation, &options->revocation))
		return error_set(err, ERROR_SYNTAX,
			"the evidence was made with --revocation %s, which this version has not",
			manifest->options.revocation);
	if (!options_name_profile(options))
		options->profile = evidence_source_profile(replay->source);
	if (!options->waivers)
		options->waivers = evidence_source_waivers(replay->source);
	if (!options->has_as_of)
		options->as_of = manifest->as_of;
	options->has_as_of = true;
	options->explain |= manifest->options.explain;
	return true;
}

struct replay *replay_open(const char *path, struct options *options, struct error *err)
{
	CLEANUP(replay_freep) struct replay *replay = calloc(1, sizeof *replay);

	if (!replay) {
		(void)error_set_memory(err);
		return NULL;
	}
	replay->source = evidence_source_open(path, err);
	if (!replay->source)
		return NULL;
	replay->manifest = evidence_source_manifest(replay->source);
	if (!settle(replay, options, err))
		return NULL;
	console_say(&options->console,
		"%s: made by chainmend %s on %s; the SHA-256 of its manifest is %s", path,
		replay->manifest->version, replay->manifest->vantage.host,
		evidence_source_sum(replay->source));
	return TAKE(replay);
}

void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	for (size_t i = 0; i < replay->asked_count; i++)
		revoke_list_free(replay->asked[i]);
	free(replay->asked);
	evidence_source_free(replay->source);
	free(replay);
}

struct instant replay_day(const struct replay *replay)
{
	return replay->manifest->began;
}

bool replay_knows(const struct replay *replay, const struct profile *profile)
{
	return strcmp(replay->manifest->files[EVIDENCE_PROFILE], profile->sha256_text) == 0;
}

/* --- Anchors and certificates --- */

const struct evidence_store *replay_store(
	const struct replay *replay, const struct profile *profile, const char *id)
{
	const struct evidence_manifest *manifest = replay->manifest;
	bool knows = replay_knows(replay, profile);

	for (size_t i = 0; i < manifest->stores.count; i++) {
		const struct evidence_store *store = &manifest->stores.items[i];
		if (strcmp(store->id, id) == 0)
			return store->whole || knows ? store : NULL;
	}
	return NULL;
}

bool replay_add_anchors(const struct replay *replay, const struct evidence_store *store,
	struct trust *trust, size_t number, struct error *err)
{
	for (size_t i = 0; i < store->anchors.count; i++) {
		const struct cert *anchor = evidence_source_certificate(
			replay->source, store->anchors.items[i], err);
		bool added = anchor && trust_add_anchor(trust, number, anchor, err);

		cert_unref(anchor);
		if (!added)
			return false;
	}
	if (store->whole)
		trust_store_is_whole(trust, number);
	if (store->missing)
		trust_miss_anchor(trust, number, store->missing);
	return true;
}

static bool has(const struct evidence_texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (strcmp(texts->items[i], text) == 0)
			return true;
	return false;
}

const struct cert *replay_find(
	const struct replay *replay, const uint8_t *sha256, struct error *err)
{
	const struct evidence_manifest *manifest = replay->manifest;
	char text[FINGERPRINT_TEXT];

	text_from_bytes(sha256, FINGERPRINT_BYTES, text);
	bool found = has(&manifest->known, text);
	for (size_t i = 0; i < manifest->stores.count && !found; i++)
		found = has(&manifest->stores.items[i].anchors, text);
	return found ? evidence_source_certificate(replay->source, text, err) : NULL;
}

bool replay_add_known(const struct replay *replay, const struct profile *profile,
	struct trust *trust, struct error *err)
{
	const struct evidence_texts *known = &replay->manifest->known;

	for (size_t i = 0; i < known->count; i++) {
		const struct cert *cert = evidence_source_certificate(
			replay->source, known->items[i], err);
		bool good = cert && (!profile_by_fingerprint(profile, cert->sha256) ||
					    trust_add_known(trust, cert, err));

		cert_unref(cert);
		if (!good)
			return false;
	}
	return true;
}

/* --- Lists --- */

bool replay_answer(const struct replay *replay, struct fetch_request *request, bool *ret_refused,
	bool *ret_known, struct error *err)
{
	const struct evidence_list *list = evidence_source_list(replay->source, request->url);

	*ret_refused = false;
	*ret_known = list != NULL;
	if (!list)
		return true;
	*ret_refused = list->refused;
	request->had = list->how && list->sha256;
	request->refused_fresh = list->how && strcmp(list->how, "kept") == 0;
	request->unchanged = list->how && strcmp(list->how, "unchanged") == 0;
	request->from_cache = request->unchanged || (list->how && strcmp(list->how, "cached") == 0);
	(void)snprintf(request->why, sizeof request->why, "%s", list->why ? list->why : "");
	return evidence_source_list_bytes(replay->source, list, &request->body, err);
}

/* One that a certificate names; its bytes count for all of them together. */
static struct revoke_list *make_asked(const struct replay *replay, const struct setup *setup,
	const struct evidence_list *list, size_t *bytes, struct error *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(LIMIT_FETCH_LIST_BYTES);
	CLEANUP(cert_unrefp) const struct cert *issuer = NULL;

	if (!list->sha256)
		return revoke_list_unavailable(list->url, list->why ? list->why : "");
	if (!list->issuer ||
		!(issuer = evidence_source_certificate(replay->source, list->issuer, err)) ||
		!evidence_source_list_bytes(replay->source, list, &body, err))
		return NULL;
	*bytes += body.len;
	if (*bytes > LIMIT_REMOTE_LIST_BYTES) {
		(void)error_set(err, ERROR_LIMIT,
			"all lists of the evidence together are larger than is read");
		return NULL;
	}
	const struct revoke_source source = { .id = list->url,
		.bytes = (const uint8_t *)buf_text(&body),
		.len = body.len,
		.scope = REVOKE_SCOPE_ALL };
	return supply_read_list(&source, issuer, setup->context.now, setup->today);
}

static bool make_all_asked(struct replay *replay, const struct setup *setup, struct error *err)
{
	const struct evidence_manifest *manifest = replay->manifest;
	struct error why = { .code = ERROR_NONE };
	size_t bytes = 0;

	replay->asked = calloc(manifest->asked.count + 1, sizeof *replay->asked);
	if (!replay->asked)
		return error_set_memory(err);
	for (size_t i = 0; i < manifest->asked.count; i++) {
		replay->asked[i] = make_asked(
			replay, setup, &manifest->asked.items[i], &bytes, &why);
		if (!replay->asked[i])
			return why.code == ERROR_NONE ? error_set_memory(err)
						      : error_set(err, why.code, "%s", why.said);
		replay->asked_count++;
	}
	evidence_source_lists(replay->source, (const struct revoke_list *const *)replay->asked,
		replay->asked_count);
	return true;
}

/* --- Judging --- */

static bool begin(void *arg, struct run *run, struct error *err)
{
	const struct replay *replay = arg;
	const struct evidence_texts *roots = &replay->manifest->roots;

	for (size_t i = 0; i < roots->count; i++)
		if (!run_know(run, roots->items[i]))
			return error_set_memory(err);
	return true;
}

static struct observation *next(void *arg, struct error *err)
{
	const struct replay *replay = arg;

	return evidence_source_next(replay->source, err);
}

int replay_judge(struct replay *replay, struct setup *setup, const struct options *options,
	struct interrupt *interrupt, struct error *err)
{
	const struct evidence_manifest *manifest = replay->manifest;
	const struct judging judging = { .command = "check",
		.options = options,
		.setup = setup,
		.interrupt = interrupt,
		.targets = manifest->targets,
		.duplicates = manifest->duplicates,
		.ordered = manifest->options.ordered,
		.cut_short = manifest->interrupted,
		.begin = begin,
		.next = next,
		.arg = replay };

	return make_all_asked(replay, setup, err) ? judging_run(&judging, err) : EXIT_CODE_TROUBLE;
}
