/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_draft_tree.h"

#include <stdio.h>
#include <string.h>

#include "checker/base/error.h"

#define SLUG_MOST 40 /* leaves room for "-cross-2026-01-15-" and eight digits */

void draft_tree_slug(const char *text, char out[static DRAFT_ID])
{
	size_t len = 0;

	for (; *text && len < SLUG_MOST; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (word)
			out[len++] = c;
		else if (len > 0 && out[len - 1] != '-')
			out[len++] = '-';
	}
	while (len > 0 && out[len - 1] == '-')
		len--;
	out[len] = '\0';
	if (len == 0)
		(void)snprintf(out, DRAFT_ID, "ca");
}

static bool is_there(const struct draft_tree *tree, const struct cert *cert)
{
	for (size_t i = 0; i < tree->count; i++)
		if (cert_equal(tree->items[i].cert, cert))
			return true;
	return false;
}

static bool take_all(
	struct draft_tree *tree, const struct cert *const *certs, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (is_there(tree, certs[i]))
			continue;
		if (!certs[i]->readable || !certs[i]->is_ca) {
			tree->leafs++;
			continue;
		}
		if (tree->count == LIMIT_POOL)
			return error_set(err, ERROR_LIMIT,
				"more than %d CA certificates; a profile has no more", LIMIT_POOL);
		tree->items[tree->count++] = (struct draft_item){
			.cert = certs[i],
			.ended = tree->now.seconds > certs[i]->not_after.seconds,
		};
	}
	return tree->count > 0 ||
	       error_set(err, ERROR_USAGE, "there is no CA certificate in the files");
}

static bool is_root_twin(const struct draft_tree *tree, const struct draft_item *item)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].cert->self_signed &&
			cert_is_twin(tree->items[i].cert, item->cert))
			return true;
	return false;
}

/* A CA that certifies other CAs of the files stands between a root and those. */
static bool issued_a_ca(const struct draft_tree *tree, const struct draft_item *item)
{
	for (size_t i = 0; i < tree->count; i++)
		if (!tree->items[i].cert->self_signed &&
			cert_issued_by(tree->items[i].cert, item->cert))
			return true;
	return false;
}

static void set_roles(struct draft_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		struct draft_item *item = &tree->items[i];

		if (item->cert->self_signed)
			item->role = PROFILE_ROLE_ROOT;
		else if (is_root_twin(tree, item) || issued_a_ca(tree, item))
			item->role = PROFILE_ROLE_CROSS;
		else
			item->role = PROFILE_ROLE_ISSUING;
	}
}

/* A root rather than a cross certificate of the same key, and of those the one that lasts. */
static const struct draft_item *issuer_of(
	const struct draft_tree *tree, const struct draft_item *item)
{
	const struct draft_item *best = NULL;

	for (size_t i = 0; i < tree->count; i++) {
		const struct draft_item *one = &tree->items[i];

		if (one == item || one->role == PROFILE_ROLE_ISSUING ||
			cert_is_twin(one->cert, item->cert) ||
			!cert_issued_by(item->cert, one->cert))
			continue;
		if (!best || (one->role == PROFILE_ROLE_ROOT && best->role != PROFILE_ROLE_ROOT) ||
			(one->role == best->role &&
				one->cert->not_after.seconds > best->cert->not_after.seconds))
			best = one;
	}
	return best;
}

static bool set_issuers(struct draft_tree *tree, struct error *err)
{
	for (size_t i = 0; i < tree->count; i++) {
		struct draft_item *item = &tree->items[i];

		if (item->role == PROFILE_ROLE_ROOT)
			continue;
		item->issuer = issuer_of(tree, item);
		if (!item->issuer)
			return error_set(err, ERROR_USAGE,
				"\"%.120s\" was issued by \"%.120s\", which is in none of the "
				"files",
				item->cert->common_name, item->cert->issuer_common_name);
	}
	return true;
}

/* Which of two twins stands for both: the newer one, and of one day the one that lasts. */
static bool is_newer(const struct cert *a, const struct cert *b)
{
	if (a->not_before.seconds != b->not_before.seconds)
		return a->not_before.seconds > b->not_before.seconds;
	if (a->not_after.seconds != b->not_after.seconds)
		return a->not_after.seconds > b->not_after.seconds;
	return memcmp(a->sha256, b->sha256, FINGERPRINT_BYTES) > 0;
}

static void set_states(struct draft_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		struct draft_item *item = &tree->items[i];
		const struct draft_item *newest = item;

		if (item->role == PROFILE_ROLE_ROOT)
			continue;
		for (size_t k = 0; k < tree->count; k++)
			if (tree->items[k].role == item->role &&
				cert_is_twin(tree->items[k].cert, item->cert) &&
				is_newer(tree->items[k].cert, newest->cert))
				newest = &tree->items[k];
		/* Cross certificates by several roots may all be of use while they and those last.
		 */
		item->retired = item->role == PROFILE_ROLE_ISSUING
					? newest != item
					: item->ended || item->issuer->ended ||
						  (newest != item &&
							  newest->issuer == item->issuer);
		if (item->retired && newest != item && !newest->ended)
			item->replaced_by = newest;
	}
}

static bool is_id_taken(const struct draft_tree *tree, size_t before, const char *id)
{
	for (size_t i = 0; i < before; i++)
		if (strcmp(tree->items[i].id, id) == 0)
			return true;
	return false;
}

static bool shares_name(const struct draft_tree *tree, const struct draft_item *item)
{
	for (size_t i = 0; i < tree->count; i++)
		if (&tree->items[i] != item && tree->items[i].role == item->role &&
			strcmp(tree->items[i].cert->common_name, item->cert->common_name) == 0)
			return true;
	return false;
}

static void set_id(struct draft_tree *tree, size_t number)
{
	struct draft_item *item = &tree->items[number];
	char slug[DRAFT_ID], day[INSTANT_TEXT];

	draft_tree_slug(item->cert->common_name, slug);
	instant_format_day(item->cert->not_before, day);
	if (item->role == PROFILE_ROLE_CROSS)
		(void)snprintf(item->id, sizeof item->id, "%.40s-cross-%.4s", slug, day);
	else if (shares_name(tree, item))
		(void)snprintf(item->id, sizeof item->id, "%.40s-%.4s", slug, day);
	else
		(void)snprintf(item->id, sizeof item->id, "%.40s", slug);
	if (is_id_taken(tree, number, item->id))
		(void)snprintf(item->id, sizeof item->id, "%.40s-%.10s-%.8s", slug, day,
			item->cert->sha256_text);
}

bool draft_tree_fill(struct draft_tree *tree, const struct cert *const *certs, size_t count,
	struct instant now, struct error *err)
{
	*tree = (struct draft_tree){ .now = now };
	if (!take_all(tree, certs, count, err))
		return false;
	set_roles(tree);
	if (!set_issuers(tree, err))
		return false;
	set_states(tree);
	for (size_t i = 0; i < tree->count; i++)
		set_id(tree, i);
	return true;
}
