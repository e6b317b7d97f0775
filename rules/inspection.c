/* SPDX-License-Identifier: MIT */
#include "rules/inspection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in fleet.c: a failed allocation is an error here, and uthash's own function falls through. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) HASH_OAT(key, len, hash)
#include <uthash.h>

#include "checker/base/text.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/limits.h"
#include "checker/target/domain.h"
#include "checker/target/target.h"
#include "rules/verdict.h"

#define OWNERS 3 /* one organisation with a CA of its own has one domain, or two */

struct root {
	UT_hash_handle hh;
	char subject[];
};

/* The verdicts of one service. */
struct held {
	struct verdict **verdicts;
	size_t count;
};

/* One issuer that no store has. */
struct suspect {
	UT_hash_handle hh;
	char *domains[OWNERS];
	size_t owners;
	bool convicted;
	VEC(struct held) held;
	char issuer[];
};

struct inspection {
	struct root *roots;
	struct suspect *suspects;
	size_t held; /* services, of all of them */
};

struct inspection *inspection_new(void)
{
	return calloc(1, sizeof(struct inspection));
}

static void held_free(struct held *held)
{
	for (size_t i = 0; i < held->count; i++)
		verdict_free(held->verdicts[i]);
	free(held->verdicts);
}

static void suspect_free(struct suspect *suspect)
{
	for (size_t i = 0; i < suspect->owners; i++)
		free(suspect->domains[i]);
	for (size_t i = 0; i < suspect->held.count; i++)
		held_free(&suspect->held.items[i]);
	free(suspect->held.items);
	free(suspect);
}

void inspection_free(struct inspection *inspection)
{
	struct root *root, *next_root;
	struct suspect *suspect, *next_suspect;

	if (!inspection)
		return;
	HASH_ITER(hh, inspection->roots, root, next_root)
	{
		HASH_DEL(inspection->roots, root);
		free(root);
	}
	HASH_ITER(hh, inspection->suspects, suspect, next_suspect)
	{
		HASH_DEL(inspection->suspects, suspect);
		suspect_free(suspect);
	}
	free(inspection);
}

bool inspection_know(struct inspection *inspection, const char *subject)
{
	struct root *root = NULL;
	size_t len = strlen(subject);

	HASH_FIND_STR(inspection->roots, subject, root);
	if (root)
		return true;
	root = calloc(1, sizeof *root + len + 1);
	if (!root)
		return false;
	memcpy(root->subject, subject, len);
	HASH_ADD_STR(inspection->roots, subject, root);
	if (root->hh.tbl)
		return true;
	free(root);
	return false;
}

static bool is_known(const struct inspection *inspection, const char *subject)
{
	struct root *root = NULL;

	HASH_FIND_STR(inspection->roots, subject, root);
	return root != NULL;
}

/* The last certificate served on the line of names up from LEAF. */
static const struct cert *top_of(const struct verdict *verdict, const struct cert *leaf)
{
	const struct cert *top = leaf;
	size_t steps = verdict->chain.count;

	while (steps-- > 0 && !top->self_issued) {
		const struct cert *above = NULL;

		for (size_t i = 0; i < verdict->chain.count && !above; i++) {
			const struct cert *cert = verdict->chain.items[i].cert;
			if (cert->readable && cert != top && cert_names_issuer(top, cert))
				above = cert;
		}
		if (!above)
			return top;
		top = above;
	}
	return top;
}

/* Some store is known whole, or this machine's: else nothing can be said to be outside of all. */
static bool is_outside(const struct inspection *inspection, const struct verdict *verdict)
{
	bool denied = inspection->roots != NULL;

	for (size_t i = 0; i < verdict->path_count; i++) {
		if (verdict->paths[i].trusted == ANSWER_YES)
			return false;
		denied |= verdict->paths[i].trusted == ANSWER_NO;
	}
	return denied;
}

bool inspection_concerns(const struct inspection *inspection, const struct verdict *verdict)
{
	const struct cert *leaf = verdict_leaf(verdict);
	const char *name = verdict->target->sni;

	if (verdict->status != STATUS_OUT_OF_SCOPE || !leaf || leaf->self_issued || leaf->is_ca ||
		!name || !domain_registered(name) || !is_outside(inspection, verdict))
		return false;
	for (size_t i = 0; i < verdict->chain.count; i++)
		if (verdict->chain.items[i].known_as)
			return false;
	const struct cert *top = top_of(verdict, leaf);
	/* Where the issuer is not served it may be anybody's, of whom nothing is known but a name.
	 * The CAs that everybody knows say in every leaf where their lists are. */
	if (top == leaf && leaf->crl_urls && leaf->crl_urls[0])
		return false;
	return !is_known(inspection, top->issuer) && !is_known(inspection, top->subject) &&
	       cert_covers(leaf, name);
}

static const char *issuer_of(const struct verdict *verdict)
{
	return verdict_leaf(verdict)->issuer;
}

/* True when there is nothing more to be kept in mind. */
static bool is_full(const struct inspection *inspection, const char *issuer)
{
	struct suspect *suspect = NULL;

	if (HASH_COUNT(inspection->suspects) < LIMIT_INSPECTION_HELD)
		return false;
	HASH_FIND_STR(inspection->suspects, issuer, suspect);
	return !suspect;
}

static struct suspect *suspect_of(struct inspection *inspection, const char *issuer)
{
	struct suspect *suspect = NULL;
	size_t len = strlen(issuer);

	HASH_FIND_STR(inspection->suspects, issuer, suspect);
	if (suspect)
		return suspect;
	suspect = calloc(1, sizeof *suspect + len + 1);
	if (!suspect)
		return NULL;
	memcpy(suspect->issuer, issuer, len);
	HASH_ADD_STR(inspection->suspects, issuer, suspect);
	if (suspect->hh.tbl)
		return suspect;
	free(suspect);
	return NULL;
}

static bool add_owner(struct suspect *suspect, const char *name)
{
	const char *domain = domain_registered(name);

	for (size_t i = 0; i < suspect->owners; i++)
		if (strcmp(suspect->domains[i], domain) == 0)
			return true;
	if (suspect->owners == OWNERS)
		return true;
	suspect->domains[suspect->owners] = text_copy(domain, strlen(domain));
	if (!suspect->domains[suspect->owners])
		return false;
	suspect->owners++;
	return true;
}

/* Said, and not judged. */
static bool convict(struct verdict *verdict)
{
	const struct cert *leaf = verdict_leaf(verdict);

	verdict->findings.all.count = 0;
	struct finding *finding = finding_list_add_about(
		&verdict->findings, RULE_deployment_inspected, leaf);
	if (!finding)
		return false;
	finding_say(finding,
		"not the server's certificate: %.200s, which no trust store has, has issued "
		"certificates for hosts of at least %d owners, so TLS is opened on the way from "
		"here",
		leaf->issuer_common_name[0] ? leaf->issuer_common_name : leaf->issuer, OWNERS);
	verdict_settle(verdict);
	return true;
}

static bool hand_out(const struct inspection *inspection, const struct suspect *suspect,
	struct verdict *const *verdicts, size_t count, struct inspection_sink sink)
{
	bool good = true;

	for (size_t i = 0; i < count && suspect->convicted; i++)
		if (inspection_concerns(inspection, verdicts[i]) &&
			strcmp(issuer_of(verdicts[i]), suspect->issuer) == 0)
			good = convict(verdicts[i]) && good;
	sink.done(sink.arg, verdicts, count);
	return good;
}

static bool release(
	struct inspection *inspection, struct suspect *suspect, struct inspection_sink sink)
{
	struct held held = suspect->held.items[--suspect->held.count];

	inspection->held--;
	bool good = hand_out(inspection, suspect, held.verdicts, held.count, sink);
	free(held.verdicts);
	return good;
}

static bool hold(struct inspection *inspection, struct suspect *suspect,
	struct verdict *const *verdicts, size_t count)
{
	struct verdict **copy = calloc(count, sizeof(struct verdict *));

	if (!copy || !vec_reserve(&suspect->held)) {
		free(copy);
		return false;
	}
	memcpy(copy, verdicts, count * sizeof(struct verdict *));
	suspect->held.items[suspect->held.count++] = (struct held){ copy, count };
	inspection->held++;
	return true;
}

static const struct verdict *first_concern(
	const struct inspection *inspection, struct verdict *const *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (inspection_concerns(inspection, verdicts[i]))
			return verdicts[i];
	return NULL;
}

bool inspection_add(struct inspection *inspection, struct verdict *const *verdicts, size_t count,
	struct inspection_sink sink)
{
	const struct verdict *first = first_concern(inspection, verdicts, count);

	/* Beyond the bounds everything is judged as it is. */
	if (!first || is_full(inspection, issuer_of(first))) {
		sink.done(sink.arg, verdicts, count);
		return true;
	}
	struct suspect *suspect = suspect_of(inspection, issuer_of(first));
	if (!suspect || !add_owner(suspect, first->target->sni)) {
		for (size_t i = 0; i < count; i++)
			verdict_free(verdicts[i]);
		return false;
	}
	suspect->convicted |= suspect->owners == OWNERS;
	bool good = true;
	while (suspect->convicted && suspect->held.count > 0)
		good = release(inspection, suspect, sink) && good;
	if (suspect->convicted || inspection->held >= LIMIT_INSPECTION_HELD)
		return hand_out(inspection, suspect, verdicts, count, sink) && good;
	if (hold(inspection, suspect, verdicts, count))
		return true;
	for (size_t i = 0; i < count; i++)
		verdict_free(verdicts[i]);
	return false;
}

bool inspection_finish(struct inspection *inspection, struct inspection_sink sink)
{
	struct suspect *suspect, *next;

	HASH_ITER(hh, inspection->suspects, suspect, next)
	{
		if (suspect->held.count == 0)
			continue;
		(void)release(inspection, suspect, sink);
		return true;
	}
	return false;
}

bool inspection_found(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.all.count; i++)
		if (verdict->findings.all.items[i].rule == RULE_deployment_inspected)
			return true;
	return false;
}
