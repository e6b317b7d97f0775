/* SPDX-License-Identifier: MIT */
#include "cli/supply/anchors.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/limits.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/supply/replay.h"
#include "cli/supply/system_store.h"
#include "rules/profile/profile.h"

/* An anchor that a store wants and no file of --trust-store holds. */
struct wish {
	size_t store;
	const struct profile_certificate *anchor;
};

struct load {
	const struct profile *profile;
	const struct options *options;
	const struct replay *replay; /* or NULL */
	struct trust *trust;
	VEC(const struct cert *)
	given; /* all certificates of --trust-store files, one file after another */
	VEC(struct wish) wishes;
};

static void load_release(struct load *load)
{
	for (size_t i = 0; i < load->given.count; i++)
		cert_unref(load->given.items[i]);
	free(load->given.items);
	free(load->wishes.items);
}

static bool find_store(
	const struct profile *profile, const char *name, size_t *ret_store, struct error *err)
{
	struct buf all = BUF_INIT(256);

	for (size_t i = 0; i < profile->store_count; i++) {
		if (strcmp(profile->stores[i].id, name) == 0) {
			buf_release(&all);
			*ret_store = i;
			return true;
		}
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", profile->stores[i].id);
	}
	(void)error_set(err, ERROR_USAGE,
		"--trust-store: profile '%s' has no trust store '%s'; it has: %s", profile->id,
		name, all.len > 0 ? buf_text(&all) : "none");
	buf_release(&all);
	return false;
}

static bool give(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct load *load = arg;

	if (!vec_reserve(&load->given))
		return error_set_memory(err);
	const struct cert *cert = cert_new(der, len, err);
	if (!cert)
		return false;
	load->given.items[load->given.count++] = cert;
	return true;
}

static bool read_store_file(struct load *load, size_t store, const char *file, struct error *err)
{
	struct buf bytes = BUF_INIT(LIMIT_CHAIN_FILE_BYTES);
	size_t from = load->given.count, readable = 0;

	bool ok = buf_read_file(&bytes, file, err) &&
		  cert_file_read(&(struct cert_file){ .path = file,
					 .bytes = (const uint8_t *)bytes.data,
					 .len = bytes.len },
			  give, load, err);
	buf_release(&bytes);
	for (size_t i = from; ok && i < load->given.count; i++) {
		if (!load->given.items[i]->readable)
			continue;
		readable++;
		ok = trust_add_anchor(load->trust, store, load->given.items[i], err);
	}
	if (ok && readable == 0)
		ok = error_set(err, ERROR_SYNTAX, "%s: there is no certificate in it", file);
	if (!ok)
		return false;
	trust_store_is_whole(load->trust, store);
	console_say(&load->options->console, "trust store '%s': %zu anchor%s from %s",
		load->profile->stores[store].id, readable, readable == 1 ? "" : "s", file);
	return true;
}

static bool read_files(struct load *load, bool *has_file, struct error *err)
{
	for (size_t i = 0; i < load->options->stores.count; i++) {
		const struct store_option *option = &load->options->stores.items[i];
		size_t store;
		if (!find_store(load->profile, option->name, &store, err))
			return false;
		if (has_file[store])
			return error_set(
				err, ERROR_USAGE, "--trust-store names '%s' twice", option->name);
		has_file[store] = true;
		if (!read_store_file(load, store, option->file, err))
			return false;
	}
	return true;
}

static bool take_given(struct load *load, size_t store, const struct profile_certificate *anchor,
	bool *ret_found, struct error *err)
{
	*ret_found = false;
	for (size_t i = 0; i < load->given.count; i++) {
		const struct cert *cert = load->given.items[i];
		if (memcmp(cert->sha256, anchor->sha256, FINGERPRINT_BYTES) != 0)
			continue;
		*ret_found = true;
		console_say(&load->options->console,
			"trust store '%s': anchor %s from a --trust-store file",
			load->profile->stores[store].id, anchor->id);
		return trust_add_anchor(load->trust, store, cert, err);
	}
	return true;
}

/* As take_given(), out of evidence. */
static bool take_kept(struct load *load, size_t store, const struct profile_certificate *anchor,
	bool *ret_found, struct error *err)
{
	struct error own = { .code = ERROR_NONE };
	CLEANUP(cert_unrefp)
	const struct cert *cert = load->replay ? replay_find(load->replay, anchor->sha256, &own)
					       : NULL;

	*ret_found = cert != NULL;
	if (!cert)
		return own.code == ERROR_NONE || error_set(err, own.code, "%s", own.said);
	console_say(&load->options->console, "trust store '%s': anchor %s from the evidence",
		load->profile->stores[store].id, anchor->id);
	return trust_add_anchor(load->trust, store, cert, err);
}

static bool wish_for(struct load *load, size_t store, struct error *err)
{
	const struct profile_store *wanted = &load->profile->stores[store];

	for (size_t i = 0; i < wanted->anchor_count; i++) {
		bool found;
		if (!take_given(load, store, wanted->anchors[i], &found, err) ||
			(!found && !take_kept(load, store, wanted->anchors[i], &found, err)))
			return false;
		if (found)
			continue;
		if (!vec_reserve(&load->wishes))
			return error_set_memory(err);
		load->wishes.items[load->wishes.count++] = (struct wish){ .store = store,
			.anchor = wanted->anchors[i] };
	}
	return true;
}

/* What no file of --trust-store has replaced. */
static bool fill_store(struct load *load, size_t store, struct error *err)
{
	const char *id = load->profile->stores[store].id;
	const struct evidence_store *kept = load->replay
						    ? replay_store(load->replay, load->profile, id)
						    : NULL;

	return kept ? replay_add_anchors(load->replay, kept, load->trust, store, err)
		    : wish_for(load, store, err);
}

static bool grant(struct load *load, const struct wish *wish, const struct cert *cert,
	const char *path, struct error *err)
{
	const struct console *console = &load->options->console;
	const char *store = load->profile->stores[wish->store].id;

	if (cert) {
		console_say(console, "trust store '%s': anchor %s from %s", store, wish->anchor->id,
			path);
		return trust_add_anchor(load->trust, wish->store, cert, err);
	}
	trust_miss_anchor(load->trust, wish->store, wish->anchor->name);
	console_warn(console,
		"trust store '%s': anchor %s (%s) is not in %s, so some answers stay unknown; "
		"--trust-store %s=FILE brings it",
		store, wish->anchor->id, wish->anchor->name,
		path ? path : "any place known for the system's store", store);
	return true;
}

static bool search_system(struct load *load, struct error *err)
{
	const char *path = system_store_path();
	size_t count = load->wishes.count;
	struct error own = { .code = ERROR_NONE };

	if (count == 0)
		return true;
	uint8_t(*wanted)[FINGERPRINT_BYTES] = calloc(count, sizeof *wanted);
	const struct cert **found = calloc(count, sizeof *found);
	bool ok = (wanted && found) || error_set_memory(err);
	for (size_t i = 0; ok && i < count; i++)
		memcpy(wanted[i], load->wishes.items[i].anchor->sha256, FINGERPRINT_BYTES);
	/* A store that cannot be read is one that holds nothing: answers stay unknown. */
	if (ok && path &&
		!system_store_find(
			path, (const uint8_t(*)[FINGERPRINT_BYTES])wanted, count, found, &own))
		console_warn(&load->options->console, "the system's trust store: %s", own.text);
	for (size_t i = 0; ok && i < count; i++)
		ok = grant(load, &load->wishes.items[i], found[i], path, err);
	for (size_t i = 0; found && i < count; i++)
		cert_unref(found[i]);
	free(found);
	free(wanted);
	return ok;
}

/* Whoever brought it: what a profile says of a kind of clients is so whatever file stands for it.
 */
static bool set_leaving(struct load *load, struct error *err)
{
	for (size_t s = 0; s < load->profile->store_count; s++) {
		const struct profile_store *store = &load->profile->stores[s];

		for (size_t i = 0; i < store->anchor_count; i++) {
			const struct cert *anchor = store->leaving[i].has_until
							    ? trust_find(load->trust,
								      store->anchors[i]->sha256)
							    : NULL;
			if (anchor && !trust_anchor_leaves(
					      load->trust, s, anchor, store->leaving[i].until, err))
				return false;
		}
	}
	return true;
}

bool anchors_load(const struct profile *profile, const struct options *options,
	const struct replay *replay, struct trust *trust, struct error *err)
{
	struct load load = {
		.profile = profile, .options = options, .replay = replay, .trust = trust
	};
	bool has_file[LIMIT_TRUST_STORES] = { false };
	bool ok = true;

	for (size_t i = 0; ok && i < profile->store_count; i++) {
		if (trust_add_store(trust, profile->stores[i].id) != i)
			ok = i < LIMIT_TRUST_STORES
				     ? error_set_memory(err)
				     : error_set(err, ERROR_LIMIT,
					       "profile '%s' has more than %d trust stores",
					       profile->id, LIMIT_TRUST_STORES);
	}
	ok = ok && read_files(&load, has_file, err);
	for (size_t i = 0; ok && i < profile->store_count; i++)
		if (!has_file[i])
			ok = fill_store(&load, i, err);
	ok = ok && search_system(&load, err) && set_leaving(&load, err);
	load_release(&load);
	return ok;
}
