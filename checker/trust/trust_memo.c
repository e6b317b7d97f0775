/* SPDX-License-Identifier: MIT */
#include "checker/trust/trust_memo.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "checker/cert/cert_holder.h"
#include "checker/trust/chain.h"
#include "checker/trust/trust_store.h"

#define PLACES 8
#define SHELVES (LIMIT_ANSWERS_KEPT / PLACES)

/* Certificates that could have issued the leaf; with more of one name it is not worth while. */
#define ISSUERS 16
#define KEY_BYTES (48 + LIMIT_CHAIN * (FINGERPRINT_BYTES + 1) + ISSUERS * (sizeof(void *) + 1))

/* One path of an answer.  What was served has a number, for it is another struct next time. */
struct kept_path {
	struct trust_path path;
	uint8_t served[LIMIT_PATH_DEPTH]; /* number of the served one, or HELD */
	uint8_t culprit;                  /* the same */
};

#define HELD 0xff /* by the trust: the pointer stays good */

/* Never changes once made. */
struct kept_answer {
	atomic_uint refs;
	uint64_t hash;
	size_t key_len;
	uint8_t key[KEY_BYTES];
	size_t count;
	struct kept_path paths[]; /* best, then served, COUNT of each */
};

struct place {
	struct kept_answer *answer;
	bool asked; /* since the hand went by */
};

struct shelf {
	pthread_mutex_t lock;
	struct place at[PLACES];
	size_t hand;
};

struct trust_memo {
	atomic_ulong hits;
	size_t shelves; /* whose lock is made */
	struct shelf at[SHELVES];
};

/* A leaf and what an answer depends on. */
struct question {
	const struct cert *served[LIMIT_CHAIN]; /* the leaf first, each once */
	size_t served_count;
	size_t issuers;
	uint64_t hash;
	size_t key_len;
	uint8_t key[KEY_BYTES];
};

struct trust_memo *trust_memo_new(void)
{
	struct trust_memo *memo = calloc(1, sizeof *memo);

	for (; memo && memo->shelves < SHELVES; memo->shelves++) {
		if (pthread_mutex_init(&memo->at[memo->shelves].lock, NULL) != 0) {
			trust_memo_free(memo);
			return NULL;
		}
	}
	return memo;
}

static void answer_unref(struct kept_answer *answer)
{
	if (answer && atomic_fetch_sub(&answer->refs, 1) == 1)
		free(answer);
}

void trust_memo_forget(struct trust_memo *memo)
{
	for (size_t i = 0; i < memo->shelves; i++) {
		for (size_t k = 0; k < PLACES; k++) {
			answer_unref(memo->at[i].at[k].answer);
			memo->at[i].at[k] = (struct place){ .answer = NULL };
		}
	}
}

void trust_memo_free(struct trust_memo *memo)
{
	if (!memo)
		return;
	trust_memo_forget(memo);
	for (size_t i = 0; i < memo->shelves; i++)
		(void)pthread_mutex_destroy(&memo->at[i].lock);
	free(memo);
}

unsigned long trust_memo_hits(const struct trust_memo *memo)
{
	return atomic_load(&memo->hits);
}

/* --- Asking --- */

static void key_add(struct question *question, const void *bytes, size_t len)
{
	memcpy(question->key + question->key_len, bytes, len);
	question->key_len += len;
}

static void key_add_byte(struct question *question, uint8_t byte)
{
	key_add(question, &byte, 1);
}

/* Validity ends with the last second of notAfter (RFC 5280, 4.1.2.5). */
static uint8_t date_of(const struct cert *leaf, struct instant now)
{
	if (leaf->not_before.seconds > now.seconds)
		return 1;
	return leaf->not_after.seconds < now.seconds ? 2 : 0;
}

/* How LEAF speaks of ISSUER: not at all, by its name, with its signature. */
static uint8_t relation(struct question *question, const struct cert *issuer)
{
	const struct cert *leaf = question->served[0];

	if (!cert_names_issuer(leaf, issuer))
		return 0;
	question->issuers++;
	return cert_is_signed_by(leaf, issuer) ? 2 : 1;
}

/* The other certificates of the list, each with its relation to the leaf. */
static bool add_served(struct question *question, const struct chain *chain)
{
	const struct cert *leaf = question->served[0];

	for (size_t i = 0; i < chain_len(chain); i++) {
		const struct cert *cert = chain_cert(chain, i);
		bool known = !cert->readable;

		for (size_t k = 0; k < question->served_count && !known; k++)
			known = cert_equal(question->served[k], cert);
		if (known)
			continue;
		if (memcmp(cert->spki_sha256, leaf->spki_sha256, FINGERPRINT_BYTES) == 0)
			return false;
		question->served[question->served_count++] = cert;
		key_add(question, cert->sha256, FINGERPRINT_BYTES);
		key_add_byte(question, relation(question, cert));
		if (question->issuers > ISSUERS)
			return false;
	}
	return true;
}

static bool add_held(struct question *question, const struct trust *trust)
{
	struct trust_candidates candidates = trust_candidates(trust, question->served[0]);
	const struct trust_node *node;
	size_t issuers = 0;

	while ((node = trust_candidates_next(&candidates)) != NULL) {
		uint8_t how = relation(question, node->cert);
		if (how == 0)
			continue;
		if (++issuers > ISSUERS)
			return false;
		key_add(question, &node, sizeof node);
		key_add_byte(question, how);
	}
	return true;
}

static uint64_t hash_of(const uint8_t *bytes, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

/* False when the answer may depend on more than a key says. */
static bool question_set(struct question *question, const struct trust *trust,
	const struct chain *chain, struct instant now)
{
	if (chain_len(chain) == 0)
		return false;
	const struct cert *leaf = chain_cert(chain, chain_leaf(chain));
	if (!leaf->readable || !cert_holder(leaf)->plain_leaf ||
		trust_node_find(trust, leaf->sha256) ||
		trust_node_find_key(trust, leaf->spki_sha256))
		return false;
	question->served[0] = leaf;
	question->served_count = 1;
	question->issuers = 0;
	question->key_len = 0;
	key_add(question, &now.seconds, sizeof now.seconds);
	key_add_byte(question, date_of(leaf, now));
	/* How far ahead a path has to last is the same for all leafs that end before this. */
	int64_t horizon = now.seconds + TRUST_HORIZON_DAYS * (int64_t)SECONDS_A_DAY;
	int64_t needed = leaf->not_after.seconds > horizon ? leaf->not_after.seconds : horizon;
	key_add(question, &needed, sizeof needed);
	key_add(question, &cert_holder(leaf)->scheme, sizeof(struct cert_scheme *));
	key_add_byte(question, (uint8_t)leaf->key_kind);
	key_add(question, &leaf->key_bits, sizeof leaf->key_bits);
	if (!add_served(question, chain))
		return false;
	key_add_byte(question, HELD);
	if (!add_held(question, trust))
		return false;
	question->hash = hash_of(question->key, question->key_len);
	return true;
}

/* --- Answers --- */

static bool is_answer_to(const struct kept_answer *answer, const struct question *question)
{
	return answer && answer->hash == question->hash && answer->key_len == question->key_len &&
	       memcmp(answer->key, question->key, question->key_len) == 0;
}

static struct shelf *shelf_of(struct trust_memo *memo, const struct question *question)
{
	return &memo->at[question->hash % SHELVES];
}

/* A reference of the caller's. */
static struct kept_answer *find(struct trust_memo *memo, const struct question *question)
{
	struct shelf *shelf = shelf_of(memo, question);
	struct kept_answer *answer = NULL;

	(void)pthread_mutex_lock(&shelf->lock);
	for (size_t i = 0; i < PLACES && !answer; i++) {
		if (!is_answer_to(shelf->at[i].answer, question))
			continue;
		answer = shelf->at[i].answer;
		shelf->at[i].asked = true;
		atomic_fetch_add_explicit(&answer->refs, 1, memory_order_relaxed);
	}
	(void)pthread_mutex_unlock(&shelf->lock);
	return answer;
}

/* Takes the caller's reference. */
static void keep(
	struct trust_memo *memo, const struct question *question, struct kept_answer *answer)
{
	struct shelf *shelf = shelf_of(memo, question);
	struct place *place = NULL;

	(void)pthread_mutex_lock(&shelf->lock);
	while (!place) { /* ends in the second round at the latest */
		struct place *at = &shelf->at[shelf->hand];

		shelf->hand = (shelf->hand + 1) % PLACES;
		if (!at->answer || !at->asked)
			place = at;
		at->asked = false;
	}
	struct kept_answer *out = place->answer;
	place->answer = answer;
	(void)pthread_mutex_unlock(&shelf->lock);
	answer_unref(out);
}

static uint8_t number_of(const struct question *question, const struct cert *cert)
{
	for (size_t i = 0; i < question->served_count; i++)
		if (question->served[i] == cert)
			return (uint8_t)i;
	return HELD;
}

static void path_keep(
	struct kept_path *kept, const struct trust_path *path, const struct question *question)
{
	kept->path = *path;
	for (size_t i = 0; i < path->len; i++)
		kept->served[i] = number_of(question, path->certs[i]);
	kept->culprit = number_of(question, path->culprit);
}

static void path_recall(
	const struct kept_path *kept, struct trust_path *path, const struct question *question)
{
	*path = kept->path;
	path->until = question->served[0]->not_after;
	if (path->above.seconds < path->until.seconds)
		path->until = path->above;
	for (size_t i = 0; i < path->len; i++)
		if (kept->served[i] != HELD)
			path->certs[i] = question->served[kept->served[i]];
	if (kept->culprit == HELD)
		return;
	path->culprit = question->served[kept->culprit];
	/* Of what is wrong with a plain leaf only its dates are kept; they are said with its name,
	 * unless there is something else to say (trust_miss_anchor()). */
	if (kept->culprit == 0 && path->trusted == ANSWER_NO)
		trust_say_date(path);
}

static struct kept_answer *answer_new(const struct trust *trust, const struct question *question,
	const struct trust_path *best, const struct trust_path *served)
{
	size_t count = trust->store_count;
	struct kept_answer *answer = calloc(
		1, sizeof *answer + 2 * count * sizeof answer->paths[0]);

	if (!answer)
		return NULL;
	atomic_init(&answer->refs, 1);
	answer->hash = question->hash;
	answer->key_len = question->key_len;
	memcpy(answer->key, question->key, question->key_len);
	answer->count = count;
	for (size_t s = 0; s < count; s++) {
		path_keep(&answer->paths[s], &best[s], question);
		path_keep(&answer->paths[count + s], &served[s], question);
	}
	return answer;
}

void trust_memo_paths(const struct trust *trust, const struct chain *chain, struct instant now,
	struct trust_path *ret_best, struct trust_path *ret_served)
{
	struct question question;
	struct trust_walked walked;
	bool plain = question_set(&question, trust, chain, now);
	struct kept_answer *answer = plain ? find(trust->memo, &question) : NULL;

	if (answer) {
		for (size_t s = 0; s < answer->count; s++) {
			path_recall(&answer->paths[s], &ret_best[s], &question);
			path_recall(&answer->paths[answer->count + s], &ret_served[s], &question);
		}
		answer_unref(answer);
		atomic_fetch_add_explicit(&trust->memo->hits, 1, memory_order_relaxed);
		return;
	}
	trust_walk(trust, chain, now, ret_best, ret_served, &walked);
	if (!plain || walked.cut_short || walked.particular)
		return;
	answer = answer_new(trust, &question, ret_best, ret_served);
	if (answer)
		keep(trust->memo, &question, answer);
}
