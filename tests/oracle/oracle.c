/* SPDX-License-Identifier: MIT */
/*
 * oracle - generated servers, read in both ways, and every difference explained
 *
 *	oracle [COUNT [FIRST]]   cases FIRST (0) and on, as a test (TAP)
 *	oracle case NUMBER       what both readers see of that one
 *
 * Everything happens in memory.  Both readers have to see the same: chain, version, suite, staple,
 * request for a certificate, proof, and how it failed when it did.  Both are also held against
 * what the server itself says.  Where they may differ is a class with a name and a bound; a case
 * that is in none of them fails.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/tls.h"
#include "tests/forge.h"
#include "tests/oracle/view.h"

#define COUNT_DEFAULT 1000
#define COUNT_MAX 1000000
#define THREADS_MAX 4
#define SHOWN 20

/* --- Classes --- */

struct pair {
	const struct scenario *scenario;
	const struct view *flight, *complete;
	unsigned different;
};

static bool both_served(const struct pair *pair)
{
	return pair->different == 0 && pair->flight->seen->outcome == OUTCOME_SERVED;
}

static bool both_failed(const struct pair *pair)
{
	return pair->different == 0 && pair->flight->seen->outcome != OUTCOME_SERVED;
}

/* RFC 5246, 7.4.3: without a ServerKeyExchange nothing is signed, and only Finished shows it. */
static bool rsa_exchange(const struct pair *pair)
{
	return pair->different == VIEW_PROOF && pair->flight->unproven &&
	       pair->flight->seen->proven == PROOF_UNKNOWN &&
	       pair->complete->seen->proven == PROOF_SHOWN;
}

/* What it encrypts to is not the server's key: neither can go on, and only one of them has to. */
static bool rsa_other_key(const struct pair *pair)
{
	return pair->different == VIEW_OUTCOME && pair->flight->unproven &&
	       pair->scenario->flaw == FLAW_OTHER_KEY &&
	       pair->flight->seen->outcome == OUTCOME_SERVED &&
	       pair->complete->seen->outcome == OUTCOME_HANDSHAKE;
}

static bool is_broken(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->stone_count; i++)
		if (scenario->stones[i] == STONE_BROKEN)
			return true;
	return false;
}

/* OpenSSL decodes all certificates before it goes on, and ends it with bad_certificate.  The
 * reader wants the leaf alone, and sees all that follows. */
static bool broken_issuer(const struct pair *pair)
{
	const unsigned later = VIEW_OUTCOME | VIEW_PROOF | VIEW_STAPLE | VIEW_REQUEST;

	return is_broken(pair->scenario) && pair->different != 0 &&
	       (pair->different & ~later) == 0 && pair->flight->seen->chain.count > 0 &&
	       pair->complete->seen->outcome == OUTCOME_HANDSHAKE &&
	       pair->complete->seen->proven == PROOF_UNKNOWN;
}

/* The same with the leaf: the reader comes to it later, with its signature. */
static bool broken_leaf(const struct pair *pair)
{
	const unsigned later = VIEW_STAPLE | VIEW_REQUEST |
			       (pair->flight->unproven ? VIEW_OUTCOME : 0);

	return pair->scenario->flaw == FLAW_MALFORMED && pair->different != 0 &&
	       (pair->different & ~later) == 0 && pair->flight->seen->proven == PROOF_UNKNOWN &&
	       pair->complete->seen->outcome == OUTCOME_HANDSHAKE;
}

/* OpenSSL takes no CertificateStatus of more than a record's length. */
static bool long_staple(const struct pair *pair)
{
	const unsigned later = VIEW_OUTCOME | VIEW_PROOF | VIEW_STAPLE | VIEW_REQUEST;

	return pair->scenario->staple_len > 16380 && (pair->different & ~later) == 0 &&
	       strcmp(pair->complete->seen->version, "TLSv1.3") != 0 &&
	       pair->complete->seen->outcome == OUTCOME_LIMIT;
}

/* The ClientHellos are not the same, nor are the answers: the end may come in another place.  What
 * was seen before it is right, as the server says. */
static bool ends_early(const struct pair *pair)
{
	const enum outcome flight = pair->flight->seen->outcome;
	const enum outcome complete = pair->complete->seen->outcome;
	const bool broken = is_broken(pair->scenario) || pair->scenario->flaw != FLAW_NONE;

	return pair->scenario->ends_after > 0 &&
	       (flight == OUTCOME_SERVED || flight == OUTCOME_RESET ||
		       (broken && flight == OUTCOME_HANDSHAKE)) &&
	       (complete == OUTCOME_SERVED || complete == OUTCOME_RESET ||
		       (broken && complete == OUTCOME_HANDSHAKE));
}

/* For the same reason the byte may be another one.  That nothing false was taken for proven is
 * checked where the server's own account is. */
static bool changed(const struct pair *pair)
{
	return pair->scenario->changed_at > 0;
}

/* As many of a hundred cases as may be in a class. */
static const struct class
{
	const char *name;
	bool (*has)(const struct pair *pair);
	unsigned at_least, at_most;
} classes[] = {
	{ "both read it, and see the same", both_served, 60, 100 },
	{ "both fail, and in the same way", both_failed, 1, 35 },
	{ "RSA key exchange: only the complete handshake proves the key", rsa_exchange, 1, 15 },
	{ "RSA key exchange, and the server has not the leaf's key", rsa_other_key, 0, 2 },
	{ "a malformed issuer: only the reader goes on", broken_issuer, 0, 8 },
	{ "a malformed leaf: the reader notices later", broken_leaf, 0, 4 },
	{ "a staple above OpenSSL's bound", long_staple, 0, 4 },
	{ "the server ends in the middle", ends_early, 0, 6 },
	{ "a byte was changed on the way", changed, 0, 8 },
};

#define CLASSES (sizeof classes / sizeof classes[0])
#define CLASS_NONE CLASSES

/* --- Running --- */

struct oracle {
	struct keystore store;
	struct target target;
	unsigned first, count;
	atomic_uint next;
	pthread_mutex_t lock; /* of what follows */
	unsigned counts[CLASSES + 1];
	unsigned shown;
};

struct bench {
	struct keyring ring;
	struct view_readers readers;
};

static void bench_open(struct bench *bench, const struct oracle *oracle)
{
	struct error err = { .code = ERROR_NONE };

	keyring_open(&bench->ring, &oracle->store);
	bench->readers = (struct view_readers){
		.crypto = crypto_new(&err), .tls = tls_new(), .target = &oracle->target
	};
	forge_must(bench->readers.crypto && bench->readers.tls, "readers");
}

static void bench_close(struct bench *bench)
{
	crypto_free(bench->readers.crypto);
	tls_free(bench->readers.tls);
	keyring_close(&bench->ring);
}

static void print_bits(const char *what, unsigned bits)
{
	if (bits == 0)
		return;
	printf("#   %s:", what);
	for (unsigned bit = 1; bit < 1u << VIEW_DIFFERENCES; bit <<= 1)
		if (bits & bit)
			printf(" %s;", view_difference_name(bit));
	putchar('\n');
}

static void print_case(const struct pair *pair)
{
	char text[4096];

	scenario_describe(pair->scenario, text, sizeof text);
	printf("# case %u: %s\n", pair->scenario->number, text);
	view_describe(pair->flight, text, sizeof text);
	printf("#   flight:   %s\n", text);
	view_describe(pair->complete, text, sizeof text);
	printf("#   complete: %s\n", text);
	print_bits("they differ in", pair->different);
	print_bits("flight is wrong about", view_check(pair->flight, pair->scenario));
	print_bits("complete is wrong about", view_check(pair->complete, pair->scenario));
	(void)fflush(stdout);
}

/* The class; CLASS_NONE also when one of the views is wrong. */
static size_t judge(const struct pair *pair)
{
	size_t class = 0;

	if (view_check(pair->flight, pair->scenario) | view_check(pair->complete, pair->scenario))
		return CLASS_NONE;
	while (class < CLASSES && !classes[class].has(pair))
		class ++;
	return class;
}

static void run_case(struct oracle *oracle, struct bench *bench, unsigned number, bool show)
{
	struct scenario scenario;
	struct server server;
	struct view flight, complete;

	scenario_draw(&scenario, number);
	server_open(&server, &bench->ring, &scenario);
	view_make(&flight, &bench->readers, &server, false);
	view_make(&complete, &bench->readers, &server, true);
	struct pair pair = { &scenario, &flight, &complete, view_compare(&flight, &complete) };
	size_t class = judge(&pair);

	(void)pthread_mutex_lock(&oracle->lock);
	oracle->counts[class]++;
	if (show || (class == CLASS_NONE && oracle->shown++ < SHOWN))
		print_case(&pair);
	if (show)
		printf("#   class: %s\n", class < CLASSES ? classes[class].name : "none");
	(void)pthread_mutex_unlock(&oracle->lock);
	view_release(&flight);
	view_release(&complete);
	server_close(&server);
}

static void *work(void *arg)
{
	struct oracle *oracle = arg;
	struct bench bench;
	unsigned at;

	bench_open(&bench, oracle);
	while ((at = atomic_fetch_add(&oracle->next, 1)) < oracle->count)
		run_case(oracle, &bench, oracle->first + at, false);
	bench_close(&bench);
	return NULL;
}

static void run_all(struct oracle *oracle)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = processors < 1             ? 1
		       : processors > THREADS_MAX ? THREADS_MAX
						  : (size_t)processors;
	pthread_t threads[THREADS_MAX];

	for (size_t i = 0; i < count; i++)
		forge_must(pthread_create(&threads[i], NULL, work, oracle) == 0, "a thread");
	for (size_t i = 0; i < count; i++)
		(void)pthread_join(threads[i], NULL);
}

/* --- Told as TAP --- */

static bool tell(const struct oracle *oracle, uint64_t began)
{
	unsigned unexplained = oracle->counts[CLASS_NONE];
	bool good = unexplained == 0;

	printf("%sok - %u cases, %u of them differ without an explanation\n", good ? "" : "not ",
		oracle->count, unexplained);
	for (size_t i = 0; i < CLASSES; i++) {
		const struct class *class = &classes[i];
		uint64_t share = 100 * (uint64_t)oracle->counts[i];
		/* A few cases may not meet with everything. */
		bool fits = (share >= (uint64_t) class->at_least * oracle->count ||
				    oracle->count < COUNT_DEFAULT) &&
			    share <= (uint64_t) class->at_most * oracle->count;

		printf("%sok - %u: %s\n", fits ? "" : "not ", oracle->counts[i], class->name);
		good = good && fits;
	}
	printf("# %.1f s\n", (double)(clock_monotonic_us() - began) / 1e6);
	return good;
}

static bool test(struct oracle *oracle)
{
	uint64_t began = clock_monotonic_us();

	printf("TAP version 13\n1..%zu\n", 1 + CLASSES);
	run_all(oracle);
	return tell(oracle, began);
}

int main(int argc, char *argv[])
{
	static struct oracle oracle = { .count = COUNT_DEFAULT };
	bool single = argc == 3 && strcmp(argv[1], "case") == 0;

	if (argc > 1 && !single)
		oracle.count = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		oracle.first = (unsigned)strtoul(argv[2], NULL, 10);
	if (argc > 3 || oracle.count < 1 || oracle.count > COUNT_MAX) {
		(void)fprintf(stderr, "usage: oracle [COUNT [FIRST]]\n       oracle case NUMBER\n");
		return 2;
	}
	atomic_init(&oracle.target.refs, 1);
	(void)pthread_mutex_init(&oracle.lock, NULL);
	keystore_make(&oracle.store);
	bool good = true;
	if (single) {
		struct bench bench;

		bench_open(&bench, &oracle);
		run_case(&oracle, &bench, oracle.first, true);
		bench_close(&bench);
	} else {
		good = test(&oracle);
	}
	keystore_release(&oracle.store);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
