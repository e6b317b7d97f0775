/* SPDX-License-Identifier: MIT */
#include "rules/profile/profile_draft.h"

#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "rules/profile/profile_draft_tree.h"
#include "rules/profile/profile_schema.h"

#define NAME_MOST 400 /* bytes of one text of a profile */

/* A text between quotes: YAML's double-quoted style (1.2, 7.3.1). */
static void put_quoted(struct buf *out, const char *text)
{
	(void)buf_add_char(out, '"');
	for (size_t i = 0; text[i] && i < NAME_MOST; i++) {
		if (text[i] == '"' || text[i] == '\\')
			(void)buf_add_char(out, '\\');
		(void)buf_add_char(out, text[i]);
	}
	(void)buf_add_char(out, '"');
}

static void put_day(struct buf *out, const char *key, struct instant day, const char *comment)
{
	char text[INSTANT_TEXT];

	instant_format_day(day, text);
	(void)buf_addf(out, "    %s: %s%s\n", key, text, comment);
}

static void put_head(struct buf *out, const struct draft_tree *tree, const char *id)
{
	(void)buf_add_text(out,
		"# A draft made from certificates.  What is marked DECIDE only a person knows.\n"
		"# Format: docs/formats.md, \"Profiles\"; `chainmend profile lint` says what is "
		"missing.\n");
	if (tree->leafs > 0)
		(void)buf_addf(out, "# Certificates that are no CA's were passed over: %zu.\n",
			tree->leafs);
	(void)buf_addf(out, "schema: " PROFILE_SCHEMA "\nid: %s\n", id);
	(void)buf_addf(out,
		"title:  # DECIDE: what this migration is called\n"
		"  en: %s\n  zh-Hant: %s\n  zh-Hans: %s\n\n",
		id, id, id);
}

static void put_eku(struct buf *out, const struct cert *cert)
{
	if (!cert->has_eku || !cert->eku[0])
		return;
	(void)buf_add_text(out, "    eku: [");
	for (size_t i = 0; cert->eku[i]; i++)
		(void)buf_addf(out, "%s%s", i > 0 ? ", " : "", cert->eku[i]);
	(void)buf_add_text(out, "]\n");
}

static void put_state(struct buf *out, const struct draft_item *item)
{
	if (item->role == PROFILE_ROLE_ROOT)
		return;
	(void)buf_addf(out, "    state: %s\n", item->retired ? "retired" : "current");
	if (!item->retired)
		return;
	if (item->replaced_by)
		(void)buf_addf(out, "    replaced_by: %s\n", item->replaced_by->id);
	else
		(void)buf_add_text(out, "    # DECIDE: replaced_by, what takes its place\n");
	if (item->role == PROFILE_ROLE_ISSUING)
		put_day(out, "remove_by", item->cert->not_after,
			"  # DECIDE: the CA's deadline; this is only its last day");
}

static void put_item(struct buf *out, const struct draft_item *item)
{
	const struct cert *cert = item->cert;
	char spki[FINGERPRINT_TEXT];

	text_from_bytes(cert->spki_sha256, FINGERPRINT_BYTES, spki);
	(void)buf_addf(out, "  - id: %s\n    role: %s\n", item->id, profile_role_name(item->role));
	put_state(out, item);
	(void)buf_add_text(out, "    name: ");
	put_quoted(out, cert->common_name[0] ? cert->common_name : item->id);
	(void)buf_add_char(out, '\n');
	if (item->issuer)
		(void)buf_addf(out, "    issuer: %s\n", item->issuer->id);
	(void)buf_addf(out, "    sha256: %s\n    spki_sha256: %s\n", cert->sha256_text, spki);
	if (cert->serial[0] != '-')
		(void)buf_addf(out, "    serial: \"%.64s\"\n", cert->serial);
	put_day(out, "not_before", cert->not_before, "");
	put_day(out, "not_after", cert->not_after, "");
	put_eku(out, cert);
	if (item->role != PROFILE_ROLE_ROOT && !item->retired)
		(void)buf_add_text(
			out, "    # DECIDE: url: where the CA keeps this very certificate\n");
}

static const enum profile_role order[] = { PROFILE_ROLE_ROOT, PROFILE_ROLE_ISSUING,
	PROFILE_ROLE_CROSS };

/* Current ones before those that they replace. */
static void put_certificates(struct buf *out, const struct draft_tree *tree)
{
	(void)buf_add_text(out, "certificates:\n");
	for (size_t r = 0; r < ARRAY_LEN(order); r++)
		for (int retired = 0; retired <= 1; retired++)
			for (size_t i = 0; i < tree->count; i++)
				if (tree->items[i].role == order[r] &&
					tree->items[i].retired == (retired == 1))
					put_item(out, &tree->items[i]);
}

/* A root that clients know from of old: it issued a cross certificate that is current. */
static bool is_old_root(const struct draft_tree *tree, const struct draft_item *root)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].role == PROFILE_ROLE_CROSS && !tree->items[i].retired &&
			tree->items[i].issuer == root)
			return true;
	return false;
}

static bool has_old_root(const struct draft_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].role == PROFILE_ROLE_ROOT && !tree->items[i].ended &&
			is_old_root(tree, &tree->items[i]))
			return true;
	return false;
}

static void put_anchors(struct buf *out, const struct draft_tree *tree, bool old_only)
{
	const char *between = "";

	for (size_t i = 0; i < tree->count; i++) {
		const struct draft_item *item = &tree->items[i];

		if (item->role != PROFILE_ROLE_ROOT || item->ended ||
			(old_only && !is_old_root(tree, item)))
			continue;
		(void)buf_addf(out, "%s%s", between, item->id);
		between = ", ";
	}
}

static void put_stores(struct buf *out, const struct draft_tree *tree, bool old)
{
	(void)buf_add_text(out, "\nserve:\n  - {role: issuing, need: required}\n");
	if (old)
		(void)buf_add_text(out, "  - {role: cross, need: recommended, serves: [older]}  # "
					"DECIDE: who needs it\n");
	(void)buf_add_text(out,
		"  - {role: root, need: unwanted}\n\n"
		"# DECIDE: which kinds of clients have to be served, and the roots they "
		"know\n"
		"trust_stores:\n  - id: current\n    anchors: [");
	put_anchors(out, tree, false);
	(void)buf_add_text(out, "]\n    title: {en: Browsers and systems kept up to date, "
				"zh-Hant: 已更新的瀏覽器及系統, zh-Hans: 已更新的浏览器及系统}\n");
	if (!old)
		return;
	(void)buf_add_text(out, "  - id: older\n    anchors: [");
	put_anchors(out, tree, true);
	(void)buf_add_text(out, "]\n    title: {en: Systems that know the older root alone, "
				"zh-Hant: 只認識舊根證書的系統, zh-Hans: 只认识旧根证书的系统}\n");
}

static bool is_listed(const struct draft_item *item, const struct draft_item *issuer)
{
	return item->role == PROFILE_ROLE_ISSUING && item->issuer == issuer && item->retired &&
	       !item->ended;
}

static const char *list_url(const struct draft_tree *tree, const struct draft_item *issuer)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->items[i].role == PROFILE_ROLE_ISSUING &&
			tree->items[i].issuer == issuer && tree->items[i].cert->crl_urls[0])
			return tree->items[i].cert->crl_urls[0];
	return NULL;
}

static void put_expected(
	struct buf *out, const struct draft_tree *tree, const struct draft_item *issuer)
{
	const struct draft_item *first = NULL;

	for (size_t i = 0; i < tree->count; i++) {
		if (!is_listed(&tree->items[i], issuer))
			continue;
		(void)buf_addf(
			out, "%s%s", first ? ", " : "    expect_revoked: [", tree->items[i].id);
		first = first ? first : &tree->items[i];
	}
	if (!first)
		return;
	(void)buf_add_text(out, "]  # DECIDE: whether the CA revokes them\n");
	put_day(out, "expect_from", first->cert->not_after, "  # DECIDE: from which day");
}

static void put_lists(struct buf *out, const struct draft_tree *tree)
{
	bool begun = false;

	for (size_t i = 0; i < tree->count; i++) {
		const struct draft_item *issuer = &tree->items[i];
		const char *url = list_url(tree, issuer);

		if (!url || strpbrk(url, " \"<>\\"))
			continue;
		(void)buf_addf(out,
			"%s  - id: %.60s-arl\n    issuer: %s\n    url: \"%s\"\n"
			"    covers: ca-certificates\n",
			begun ? "" : "\nrevocation_lists:\n", issuer->id, issuer->id, url);
		put_expected(out, tree, issuer);
		begun = true;
	}
}

static void put_leaf(struct buf *out, const struct draft_tree *tree)
{
	const char *between = "";

	(void)buf_add_text(out, "\nleaf:\n  authority: [");
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->items[i].role != PROFILE_ROLE_ISSUING || tree->items[i].retired)
			continue;
		(void)buf_addf(out, "%s%s", between, tree->items[i].id);
		between = ", ";
	}
	(void)buf_add_text(out, "]\n"
				"  # What public CAs may issue for (Baseline Requirements, 6.3.2); "
				"with `private: true`, "
				"say what yours does.\n"
				"  validity_days:\n"
				"    - {from: 2020-09-01, max: 398}\n"
				"    - {from: 2026-03-15, max: 200}\n"
				"    - {from: 2027-03-15, max: 100}\n"
				"    - {from: 2029-03-15, max: 47}\n"
				"  keys: {rsa_min_bits: 2048, curves: [P-256, P-384, P-521]}\n"
				"  expires_soon_days: [30, 7]\n");
}

/* What a profile cannot be without. */
static bool check_whole(const struct draft_tree *tree, struct error *err)
{
	bool root = false, issuing = false;

	for (size_t i = 0; i < tree->count; i++) {
		root |= tree->items[i].role == PROFILE_ROLE_ROOT && !tree->items[i].ended;
		issuing |= tree->items[i].role == PROFILE_ROLE_ISSUING && !tree->items[i].retired;
	}
	if (!root)
		return error_set(err, ERROR_USAGE,
			"no root that has not ended is in the files; a profile needs one as an "
			"anchor");
	return issuing ||
	       error_set(err, ERROR_USAGE, "no certificate of an issuing CA is in the files");
}

bool profile_draft(const struct cert *const *certs, size_t count, const char *id,
	struct instant now, struct buf *out, struct error *err)
{
	struct draft_tree tree;
	char own[DRAFT_ID] = "";

	if (!draft_tree_fill(&tree, certs, count, now, err) || !check_whole(&tree, err))
		return false;
	for (size_t i = 0; i < tree.count && !own[0]; i++)
		if (tree.items[i].role == PROFILE_ROLE_ISSUING)
			draft_tree_slug(tree.items[i].issuer->cert->common_name, own);
	put_head(out, &tree, id ? id : own);
	put_certificates(out, &tree);
	bool old = has_old_root(&tree);
	put_stores(out, &tree, old);
	put_lists(out, &tree);
	put_leaf(out, &tree);
	return !out->failed || error_set_memory(err);
}
