/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/trust/trust_store.h"
#include "checker/trust/trust_walk.h"

struct account {
	struct walk walk;
	struct trust_lines *lines;
};

static const char *shown(const struct cert *cert)
{
	return cert->common_name[0] ? cert->common_name : cert->subject;
}

/* A line of what is walked now; NULL when there is no room for more. */
static struct trust_line *line_new(struct account *account)
{
	const struct walk *walk = &account->walk;

	if (account->lines->count == LIMIT_LINES) {
		account->lines->cut_short = true;
		return NULL;
	}
	struct trust_line *line = &account->lines->items[account->lines->count++];
	*line = (struct trust_line){ .len = walk->len };
	line->until.seconds = INT64_MAX;
	for (size_t i = 0; i < walk->len; i++) {
		const struct walk_node *node = walk_at(walk, i);

		line->certs[i] = node->cert;
		line->served[i] = node->served;
		if (node->cert->not_after.seconds < line->until.seconds)
			line->until = node->cert->not_after;
	}
	return line;
}

static void sort_stores(const struct walk *walk, struct trust_line *line, uint32_t stores)
{
	const struct cert *anchor = line->certs[line->len - 1];

	for (size_t s = 0; s < walk->trust->store_count; s++) {
		uint32_t bit = UINT32_C(1) << s;
		struct instant leaves;

		if (!(stores & bit))
			continue;
		if (trust_leaving_day(walk->trust, s, anchor, &leaves) &&
			leaves.seconds <= walk->now.seconds)
			line->left |= bit;
		else
			line->stores |= bit;
	}
}

/* The line ends in an anchor: it is verified as every path is. */
static void add_path(struct account *account, const struct walk_node *anchor)
{
	const struct walk *walk = &account->walk;
	struct trust_path path = { .len = walk->len };
	struct trust_line *line = line_new(account);

	if (!line)
		return;
	memcpy(path.certs, line->certs, sizeof path.certs);
	trust_verify(&path, &walk->trust->terms, walk->now);
	sort_stores(walk, line, anchor->stores);
	line->trusted = path.trusted == ANSWER_YES && line->stores != 0;
	line->fault = path.fault;
	line->culprit = path.culprit;
	memcpy(line->reason, path.reason, sizeof line->reason);
	if (path.trusted == ANSWER_YES && line->stores == 0) {
		line->fault = PATH_FAULT_LEFT;
		line->culprit = anchor->cert;
		phrase_say(line->reason, sizeof line->reason,
			"%.80s is no anchor of any store any more", shown(anchor->cert));
	}
}

static struct trust_line *end_new(
	struct account *account, enum path_fault fault, const struct cert *culprit)
{
	struct trust_line *line = line_new(account);

	if (!line)
		return NULL;
	line->fault = fault;
	line->culprit = culprit;
	return line;
}

/* The line ends here, and not in an anchor. */
static void add_dead_end(struct account *account, const struct walk_node *node, bool tried)
{
	const struct cert *cert = node->cert;
	const char *issuer = cert->issuer_common_name[0] ? cert->issuer_common_name : cert->issuer;

	if (!cert->self_signed && account->walk.len == LIMIT_PATH_DEPTH) {
		account->lines->cut_short = true;
		return;
	}
	struct trust_line *line = cert->self_signed || !tried
					  ? end_new(account, PATH_FAULT_NO_ANCHOR, cert)
					  : NULL;
	if (line && cert->self_signed)
		phrase_say(line->reason, sizeof line->reason,
			"%.80s is self-signed and in no trust store", shown(cert));
	else if (line)
		phrase_say(line->reason, sizeof line->reason,
			"nobody has a certificate of %.80s, the issuer of %.60s", issuer,
			shown(cert));
}

/* An issuer by its name that is none. */
static void add_stranger(struct account *account, size_t below, size_t above, enum walk_edge edge)
{
	struct walk *walk = &account->walk;
	const struct cert *cert = walk->nodes.items[below].cert;
	const struct cert *other = walk->nodes.items[above].cert;
	bool forged = edge == WALK_FORGED;

	if (walk->len == LIMIT_PATH_DEPTH)
		return;
	walk->line[walk->len++] = above;
	struct trust_line *line = end_new(
		account, forged ? PATH_FAULT_SIGNATURE : PATH_FAULT_KEY_ID, cert);
	walk->len--;
	if (line && forged)
		phrase_say(line->reason, sizeof line->reason,
			"%.60s was not signed with the key of this %.60s", shown(cert),
			shown(other));
	else if (line)
		phrase_say(line->reason, sizeof line->reason,
			"%.60s names another key than that of this %.60s", shown(cert),
			shown(other));
}

static void climb(struct account *account, size_t at)
{
	struct walk *walk = &account->walk;
	const struct walk_node *node = &walk->nodes.items[at];
	bool tried = false;

	walk->steps_left--;
	if (node->stores != 0)
		add_path(account, node);
	if (node->usable && !node->cert->self_signed && walk->len < LIMIT_PATH_DEPTH) {
		for (size_t i = 0; i < walk->nodes.count && walk->steps_left > 0; i++) {
			if (walk_is_on_line(walk, i))
				continue;
			enum walk_edge edge = walk_edge(walk, at, i);
			tried |= edge != WALK_STRANGER;
			if (edge == WALK_FORGED || edge == WALK_OTHER_KEY)
				add_stranger(account, at, i, edge);
			if (edge != WALK_ISSUED)
				continue;
			walk->line[walk->len++] = i;
			climb(account, i);
			walk->len--;
		}
	}
	if (node->stores == 0 && node->usable)
		add_dead_end(account, node, tried);
}

/* Good ones first, then those that end in an anchor, each as they were found. */
static int rank(const struct trust_line *line)
{
	if (line->trusted)
		return 0;
	return line->stores || line->left ? 1 : 2;
}

static void sort(struct trust_lines *lines)
{
	for (size_t i = 1; i < lines->count; i++) {
		struct trust_line line = lines->items[i];
		size_t at = i;

		for (; at > 0 && rank(&lines->items[at - 1]) > rank(&line); at--)
			lines->items[at] = lines->items[at - 1];
		lines->items[at] = line;
	}
}

bool trust_explain(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_lines *ret_lines)
{
	struct account account = { .lines = ret_lines };

	*ret_lines = (struct trust_lines){ .items = calloc(LIMIT_LINES, sizeof *ret_lines->items) };
	if (!ret_lines->items)
		heap_note();
	bool begun = walk_begin(&account.walk, trust, chain, now);
	if (begun && ret_lines->items && account.walk.edges)
		climb(&account, 0);
	ret_lines->cut_short |= account.walk.steps_left == 0 || account.walk.checks_left == 0;
	walk_end(&account.walk);
	if (ret_lines->items)
		sort(ret_lines);
	return begun && ret_lines->items;
}

void trust_lines_release(struct trust_lines *lines)
{
	free(lines->items);
	*lines = (struct trust_lines){ .items = NULL };
}
