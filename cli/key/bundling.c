/* SPDX-License-Identifier: MIT */
#include "cli/key/bundling.h"

#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/key/key_file.h"
#include "checker/revoke/revoke_request.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/process/exit_code.h"
#include "cli/run/once.h"
#include "cli/supply/system_store.h"
#include "rules/profile/profile.h"

/* As many issuers above each other are looked for where certificates say that they are. */
#define FETCHES 4
#define DIGITS 16 /* of a fingerprint, where people are told of it */

bool bundling_begin(struct bundling *bundling, const struct options *options, struct error *err)
{
	*bundling = (struct bundling){ .options = options, .pile = { .options = options } };
	return setup_begin(&bundling->setup, options, NULL, err);
}

void bundling_release(struct bundling *bundling)
{
	bundle_release(&bundling->bundle);
	free(bundling->given.items);
	once_free(bundling->once);
	pile_release(&bundling->pile);
	setup_release(&bundling->setup);
}

/* --- Whom clients trust --- */

struct machine_store {
	struct trust *trust;
	size_t number;
};

static bool add_anchor(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	const struct machine_store *store = arg;
	CLEANUP(cert_unrefp) const struct cert *cert = cert_new(der, len, err);

	if (!cert)
		return false;
	return !cert->readable || trust_add_anchor(store->trust, store->number, cert, err);
}

/* Leafs of any CA are welcome, so what this machine trusts is a store, too. */
static bool add_machine(struct bundling *bundling, struct error *err)
{
	const char *path = system_store_path();
	struct machine_store store = { .trust = bundling->setup.trust };
	struct error own = { .code = ERROR_NONE };

	if (!path || trust_store_count(store.trust) == LIMIT_TRUST_STORES)
		return true;
	store.number = trust_add_store(store.trust, "system");
	if (store.number == LIMIT_TRUST_STORES)
		return error_set_memory(err);
	if (system_store_each(path, add_anchor, &store, &own))
		return true;
	if (own.code == ERROR_MEMORY)
		return error_set_memory(err);
	trust_miss_anchor(store.trust, store.number, path);
	return true;
}

/* --- What can be had --- */

static bool give(struct bundling *bundling, const struct cert *cert, bool said, struct error *err)
{
	if (!vec_reserve(&bundling->given))
		return error_set_memory(err);
	bundling->given.items[bundling->given.count++] = (struct bundle_given){ cert, said };
	return true;
}

static bool make(struct bundling *bundling, const struct cert *leaf, struct error *err)
{
	const struct bundle_request request = { .leaf = leaf,
		.profile = bundling->setup.profile,
		.trust = bundling->setup.trust,
		.pool = bundling->given.items,
		.pool_count = bundling->given.count,
		.now = bundling->setup.context.now };

	bundle_release(&bundling->bundle);
	return bundle_make(&request, &bundling->bundle, err);
}

/* Is something lacking that the profile's URLs may bring? */
static bool wants_supply(const struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->missing_count; i++)
		if (bundle->missing[i].known)
			return true;
	return bundle->state == BUNDLE_LACKING && bundle->in_profile;
}

/* The certificate that is lacking, from where the one below it says that it is. */
static bool fetch_issuer(struct bundling *bundling, const struct bundle_missing *missing,
	bool *ret_came, struct error *err)
{
	struct revoke_access access;
	const struct cert *cert = NULL;

	if (!bundling->once)
		bundling->once = once_new(&bundling->setup, bundling->options, err);
	if (!bundling->once)
		return false;
	revoke_access_read(missing->below, &access);
	if (access.issuer)
		cert = once_certificate(bundling->once, access.issuer);
	if (access.issuer && !cert)
		console_warn(&bundling->options->console,
			"the issuer of %s should be at %s, and did not come from there",
			missing->below->common_name, access.issuer);
	revoke_access_release(&access);
	*ret_came = cert != NULL;
	return !cert || give(bundling, cert, false, err);
}

static const struct bundle_missing *first_required(const struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->missing_count; i++)
		if (bundle->missing[i].required)
			return &bundle->missing[i];
	return NULL;
}

static bool fetch_any(struct bundling *bundling, const struct cert *leaf, struct error *err)
{
	const struct options *options = bundling->options;
	bool came = options->fetch == FETCH_ANY && !options->offline;

	for (int i = 0; i < FETCHES && came; i++) {
		const struct bundle_missing *missing = first_required(&bundling->bundle);
		if (bundling->bundle.state != BUNDLE_LACKING || !missing)
			return true;
		if (!fetch_issuer(bundling, missing, &came, err) || !make(bundling, leaf, err))
			return false;
	}
	return true;
}

bool bundling_make(struct bundling *bundling, const struct cert *leaf, struct error *err)
{
	const struct pile *pile = &bundling->pile;
	const struct options *options = bundling->options;

	for (size_t i = 0; i < pile->items.count; i++)
		if (!give(bundling, pile->items.items[i].cert, true, err))
			return false;
	if (!setup_anchors(&bundling->setup, options, err) || !add_machine(bundling, err) ||
		!make(bundling, leaf, err))
		return false;
	if (wants_supply(&bundling->bundle) &&
		(!setup_supply(&bundling->setup, options, false, err) ||
			!make(bundling, leaf, err)))
		return false;
	return fetch_any(bundling, leaf, err);
}

/* --- What is to be said --- */

static void tell_places(const struct bundling *bundling)
{
	const struct bundle *bundle = &bundling->bundle;
	const struct console *console = &bundling->options->console;
	char day[INSTANT_TEXT];

	for (size_t i = 0; i < bundle->count; i++) {
		const struct cert *cert = bundle->above[i];
		instant_format_day(cert->not_after, day);
		console_tell(console, "%zu. %.100s, to %s (SHA-256 %.*s, %s)", i + 1,
			cert->common_name, day, DIGITS, cert->sha256_text,
			bundle->known[i] ? bundle->known[i]->id : PHRASE("in no profile"));
	}
}

static void tell_leaf(const struct bundling *bundling)
{
	const struct console *console = &bundling->options->console;
	const struct cert *leaf = bundling->bundle.leaf;
	struct instant now = bundling->setup.context.now;
	char day[INSTANT_TEXT];

	instant_format_day(leaf->not_after, day);
	console_tell(console, "for the certificate of %.100s, to %s (SHA-256 %.*s)",
		leaf->common_name, day, DIGITS, leaf->sha256_text);
	if (leaf->not_after.seconds < now.seconds)
		console_warn(console, "the certificate has expired");
	else if (now.seconds < leaf->not_before.seconds)
		console_warn(console, "the certificate is not valid yet");
	if (leaf->self_signed)
		console_warn(console, "the certificate is self-signed: there is nothing above it");
}

/* Which stores of the profile nobody could build a path to. */
static void tell_stores(const struct bundling *bundling)
{
	const struct bundle *bundle = &bundling->bundle;
	const struct console *console = &bundling->options->console;
	bool any = bundle->store_count == 0;

	for (size_t s = 0; s < bundle->store_count; s++) {
		const char *id = trust_store_id(bundling->setup.trust, s);
		any |= bundle->trusted[s] != ANSWER_NO;
		console_say(console, "clients of '%s': %s", id,
			bundle->trusted[s] == ANSWER_YES  ? PHRASE("trusted")
			: bundle->trusted[s] == ANSWER_NO ? PHRASE("not trusted")
							  : PHRASE("not known"));
	}
	if (!any && !bundle->leaf->self_signed)
		console_warn(
			console, "clients of no trust store that is known here trust this chain");
}

void bundling_tell(const struct bundling *bundling)
{
	const struct bundle *bundle = &bundling->bundle;
	const struct console *console = &bundling->options->console;

	tell_leaf(bundling);
	tell_places(bundling);
	for (size_t i = 0; i < bundle->left_out.count; i++) {
		const struct bundle_left_out *left = &bundle->left_out.items[i];
		console_tell(console, "left out: %.100s (SHA-256 %.*s): %s",
			left->cert->readable ? left->cert->common_name : "", DIGITS,
			left->cert->sha256_text, left->why);
	}
	for (size_t i = 0; i < bundle->missing_count; i++)
		if (!bundle->missing[i].required)
			console_warn(console,
				"%s (%s) should be served, too, for clients that do not know the "
				"root, and is not at hand",
				bundle->missing[i].name, bundle->missing[i].known->id);
	tell_stores(bundling);
}

int bundling_refuse(const struct bundling *bundling)
{
	const struct bundle *bundle = &bundling->bundle;
	const struct bundle_missing *missing = first_required(bundle);

	if (bundle->state == BUNDLE_LACKING && missing && missing->known && missing->known->url)
		(void)console_usage(&bundling->options->console,
			"no bundle: %s; the CA has it at %s", bundle->why, missing->known->url);
	else
		(void)console_usage(&bundling->options->console, "no bundle: %s", bundle->why);
	return bundle->state == BUNDLE_LACKING ? EXIT_CODE_UNEXAMINED : EXIT_CODE_FAILED;
}

bool bundling_fits(const struct bundling *bundling, const struct cert *leaf)
{
	const struct options *options = bundling->options;
	const struct private_key *key = bundling->pile.key;

	if (!key)
		return true;
	if (!key_file_fits(key, leaf)) {
		(void)console_usage(&options->console,
			"the private key is not that of the certificate of %s",
			leaf->readable ? leaf->common_name : "");
		return false;
	}
	if (!key_file_whole(key)) {
		(void)console_usage(&options->console,
			"the private key is damaged: its own two halves do not fit");
		return false;
	}
	console_tell(&options->console, "the private key is that of the certificate");
	return true;
}

size_t bundling_certs(
	const struct bundling *bundling, bool with_leaf, const struct cert **ret_certs)
{
	const struct bundle *bundle = &bundling->bundle;
	size_t count = 0;

	if (with_leaf)
		ret_certs[count++] = bundle->leaf;
	for (size_t i = 0; i < bundle->count; i++)
		ret_certs[count++] = bundle->above[i];
	return count;
}
