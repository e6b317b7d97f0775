/* SPDX-License-Identifier: MIT */
/*
 * The best path of each store, found depth first with anchors before others.  The graph is walked
 * twice at most: first over certificates that can stand on a good path at all, so that no number of
 * expired, damaged or borrowed ones uses up what a good path needs; then, for stores that were left
 * without, over all of them, to say what is wrong.
 */
#include <stdio.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/cert/cert_holder.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust_memo.h"
#include "checker/trust/trust_store.h"
#include "checker/trust/trust_walk.h"

struct search {
	struct walk walk;
	unsigned paths_left;
	bool sound;       /* in the first round: only what can be good */
	uint32_t settled; /* bit S: nothing better can come for store S */
	struct trust_path *best, *served;
	const struct cert *top; /* the end of the longest line that was walked */
	size_t top_len;
	bool particular, cut_short;
};

static int rank(const struct trust_path *path)
{
	if (path->completed_by == COMPLETION_NOTHING)
		return 0;
	return (path->trusted == ANSWER_YES ? 4 : 1) +
	       (path->completed_by == COMPLETION_SERVED ? 1 : 0);
}

/* Is the leaf all that is wrong with it? */
static bool blames_leaf(const struct trust_path *path)
{
	return path->len > 0 && path->culprit == path->certs[0];
}

/* Of two that are as good, the one that lasts longer; of two bad ones, that of the least fault. */
static bool is_better(const struct trust_path *path, const struct trust_path *than)
{
	if (rank(path) != rank(than))
		return rank(path) > rank(than);
	if (path->trusted == ANSWER_YES)
		return path->above.seconds > than->above.seconds;
	return blames_leaf(path) && !blames_leaf(than);
}

/*
 * Does what PATH came to hold for this leaf alone?  Restrictions above it are on its names, and of
 * what is wrong with the leaf itself only its dates are the same for others.
 */
static bool is_particular(const struct trust_path *path)
{
	for (size_t i = 1; i < path->len; i++)
		if (cert_holder(path->certs[i])->restricts)
			return true;
	if (path->fault == PATH_FAULT_EXPIRED || path->fault == PATH_FAULT_NOT_YET)
		return !path->culprit;
	return path->fault != PATH_FAULT_NONE && path->fault != PATH_FAULT_LEFT &&
	       (!path->culprit || path->culprit == path->certs[0]);
}

static void set_end(const struct search *search, struct trust_path *path)
{
	const struct cert *anchor = path->certs[path->len - 1];
	struct instant until = { INT64_MAX }, leaves;

	if (path->trusted != ANSWER_YES)
		return;
	for (size_t i = 1; i < path->len; i++)
		if (path->certs[i]->not_after.seconds < until.seconds)
			until = path->certs[i]->not_after;
	if (trust_leaving_day(search->walk.trust, path->store, anchor, &leaves)) {
		if (leaves.seconds <= search->walk.now.seconds)
			trust_refuse(path, PATH_FAULT_LEFT, anchor,
				PHRASE("is no anchor of this store any more"));
		if (leaves.seconds < until.seconds)
			until = leaves;
	}
	if (path->trusted != ANSWER_YES)
		return;
	path->above = path->until = until;
	if (path->certs[0]->not_after.seconds < until.seconds)
		path->until = path->certs[0]->not_after;
}

/* Beyond this nobody asks which of two good paths ends later. */
static bool lasts(const struct search *search, const struct trust_path *path)
{
	int64_t horizon = search->walk.now.seconds + TRUST_HORIZON_DAYS * (int64_t)SECONDS_A_DAY;

	return path->above.seconds >= horizon &&
	       path->above.seconds >= path->certs[0]->not_after.seconds;
}

static void arrive(struct search *search, size_t store)
{
	const struct walk *walk = &search->walk;
	struct trust_path path = { .store = store, .completed_by = COMPLETION_SERVED };

	if (search->paths_left == 0)
		return;
	search->paths_left--;
	path.len = walk->len;
	for (size_t i = 0; i < walk->len; i++) {
		const struct walk_node *node = walk_at(walk, i);
		path.certs[i] = node->cert;
		if (!node->served && i + 1 < walk->len)
			path.completed_by = COMPLETION_PROFILE;
	}
	trust_verify(&path, &walk->trust->terms, walk->now);
	set_end(search, &path);
	search->particular |= is_particular(&path);
	if (is_better(&path, &search->best[store]))
		search->best[store] = path;
	if (path.completed_by == COMPLETION_SERVED && is_better(&path, &search->served[store]))
		search->served[store] = path;
	if (rank(&search->best[store]) == 5 && lasts(search, &search->best[store]))
		search->settled |= UINT32_C(1) << store;
}

static bool is_over(const struct search *search)
{
	size_t count = search->walk.trust->store_count;
	uint32_t all = count == 32 ? UINT32_MAX : (UINT32_C(1) << count) - 1;

	return search->paths_left == 0 || search->walk.steps_left == 0 ||
	       (search->settled & all) == all;
}

/* May it stand on a good path, as its end or with others above it? */
static bool is_sound(const struct search *search, size_t node, bool in_the_middle)
{
	const struct cert *cert = search->walk.nodes.items[node].cert;

	return cert_valid_at(cert, search->walk.now) &&
	       (!in_the_middle || node == 0 || (cert->is_ca && cert->can_sign));
}

/* The second round has nothing to say of what the first one saw. */
static bool was_seen(const struct search *search)
{
	for (size_t i = 0; i < search->walk.len; i++)
		if (!is_sound(search, search->walk.line[i], i + 1 < search->walk.len))
			return false;
	return true;
}

/* The line ends at NODE, which was just put there: is it an anchor, and who issued it? */
static void climb(struct search *search, size_t at)
{
	struct walk *walk = &search->walk;
	const struct walk_node *node = &walk->nodes.items[at];
	uint32_t stores = search->sound || !was_seen(search) ? node->stores : 0;

	walk->steps_left--;
	if (walk->len > search->top_len) {
		search->top = node->cert;
		search->top_len = walk->len;
	}
	for (size_t s = 0; s < walk->trust->store_count; s++)
		if ((stores & ~search->settled) & (UINT32_C(1) << s))
			arrive(search, s);
	if (!node->usable || node->cert->self_signed || walk->len == LIMIT_PATH_DEPTH ||
		(search->sound && !is_sound(search, at, true)))
		return;
	/* Anchors first: of two good paths the one with less to go wrong. */
	for (int anchors = 1; anchors >= 0; anchors--) {
		for (size_t i = 0; i < walk->nodes.count && !is_over(search); i++) {
			if ((walk->nodes.items[i].stores != 0) != anchors ||
				(search->sound && !is_sound(search, i, false)) ||
				walk_is_on_line(walk, i) || walk_edge(walk, at, i) != WALK_ISSUED)
				continue;
			walk->line[walk->len++] = i;
			climb(search, i);
			walk->len--;
		}
	}
}

static void say_no_anchor(struct trust_path *path, const char *issuer, bool whole)
{
	char found[sizeof path->reason];

	if (issuer[0])
		phrase_say(found, sizeof found,
			"no line of issuers leads to an anchor of this store; the last issuer "
			"looked for is %.80s",
			issuer);
	else
		phrase_say(
			found, sizeof found, "no line of issuers leads to an anchor of this store");
	phrase_say(path->reason, sizeof path->reason, whole ? "%s" : N_("%s (search cut short)"),
		found);
}

static void look(struct search *search, bool sound)
{
	search->sound = sound;
	search->paths_left = LIMIT_PATHS;
	search->walk.steps_left = LIMIT_PATH_STEPS;
	climb(search, 0);
	search->cut_short |= search->paths_left == 0 || search->walk.steps_left == 0 ||
			     search->walk.checks_left == 0;
}

/* What was served is told apart, good or bad. */
static bool is_answered(const struct search *search)
{
	for (size_t s = 0; s < search->walk.trust->store_count; s++)
		if (search->best[s].trusted != ANSWER_YES ||
			search->served[s].completed_by != COMPLETION_SERVED)
			return false;
	return true;
}

static void close_store(const struct search *search, size_t store)
{
	struct trust_path *path = &search->best[store];
	const char *missing = search->walk.trust->stores[store].missing;

	if (path->completed_by == COMPLETION_NOTHING) {
		const char *name = search->top ? search->top->issuer_common_name : "";
		path->trusted = ANSWER_NO;
		path->fault = PATH_FAULT_NO_ANCHOR;
		say_no_anchor(path, name, !search->cut_short);
	}
	if (path->trusted == ANSWER_NO && missing) {
		path->trusted = ANSWER_UNKNOWN;
		phrase_say(path->reason, sizeof path->reason, "unknown: %.140s", missing);
	}
}

void trust_walk(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served, struct trust_walked *ret_walked)
{
	struct search search = { .best = ret_best, .served = ret_served };
	bool begun = walk_begin(&search.walk, trust, chain, now);

	for (size_t s = 0; s < trust->store_count; s++)
		ret_best[s] = ret_served[s] = (struct trust_path){ .store = s,
			.completed_by = COMPLETION_NOTHING };
	if (begun && search.walk.edges) {
		look(&search, true);
		if (!is_answered(&search))
			look(&search, false);
	}
	for (size_t s = 0; s < trust->store_count; s++)
		close_store(&search, s);
	/* Without any issuer the reasons say the name that the leaf gives. */
	*ret_walked = (struct trust_walked){
		.cut_short = !begun || search.cut_short,
		.particular = search.particular || search.top_len < 2,
	};
	walk_end(&search.walk);
}

void trust_paths(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served)
{
	trust_memo_paths(trust, chain, now, ret_best, ret_served);
}
