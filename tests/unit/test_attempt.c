/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "checker/engine/attempt.h"

#define LONG 10000000u

/* What is tried after failures that may be helped so and so, until nothing helps. */
static const struct {
	const char *descr;
	unsigned retries;
	bool sni, complete;
	unsigned help;     /* the same each time */
	const char *tries; /* letters: r the same again, w after a while, l legacy, n no name,
			    * c complete */
} rows[] = {
	{ "nothing helps", 3, true, false, 0, "" },
	{ "no retries", 0, true, false, ATTEMPT_RETRY, "" },
	{ "retries", 3, true, false, ATTEMPT_RETRY, "rrr" },
	{ "old, at once", 3, true, false, ATTEMPT_LEGACY, "l" },
	{ "old or a mishap", 1, true, false, ATTEMPT_LEGACY | ATTEMPT_RETRY, "rl" },
	{ "... even without retries: the modern offer is made twice", 0, true, false,
		ATTEMPT_LEGACY | ATTEMPT_RETRY, "rl" },
	{ "no such name", 0, true, false, ATTEMPT_NO_SNI, "n" },
	{ "... and none was said", 0, false, false, ATTEMPT_NO_SNI, "" },
	{ "not now", 1, true, false, ATTEMPT_LATER, "w" },
	{ "not now, but nobody is to come again", 0, true, false, ATTEMPT_LATER, "" },
	{ "not now, and retries", 2, true, false, ATTEMPT_LATER | ATTEMPT_RETRY, "wrr" },
	{ "not understood", 0, true, false, ATTEMPT_COMPLETE, "c" },
	{ "... by the complete handshake either", 0, true, true, ATTEMPT_COMPLETE, "" },
	{ "all of it", 1, true, false,
		ATTEMPT_RETRY | ATTEMPT_LATER | ATTEMPT_LEGACY | ATTEMPT_NO_SNI | ATTEMPT_COMPLETE,
		"ncwrl" },
};

static char letter(const struct attempt *before, const struct attempt *after)
{
	if (before->offer != after->offer)
		return 'l';
	if (before->without_sni != after->without_sni)
		return 'n';
	if (before->complete != after->complete)
		return 'c';
	if (before->waited != after->waited)
		return 'w';
	return before->tried != after->tried ? 'r' : '?';
}

Test(attempt, knows_what_is_next)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct attempt attempt, before;
		char tries[16] = "";
		size_t count = 0;
		uint64_t pause;

		attempt_init(&attempt, rows[i].retries, rows[i].sni, rows[i].complete);
		before = attempt;
		while (count + 1 < sizeof tries &&
			attempt_next(&attempt, rows[i].help, LONG, &pause)) {
			tries[count] = letter(&before, &attempt);
			cr_expect_eq(pause > 0, tries[count] == 'r' || tries[count] == 'w', "%s",
				rows[i].descr);
			before = attempt;
			count++;
		}
		cr_expect_str_eq(tries, rows[i].tries, "%s: %s", rows[i].descr, tries);
	}
}

Test(attempt, waits_longer_each_time)
{
	struct attempt attempt;
	uint64_t last = 0, pause;

	attempt_init(&attempt, 5, true, false);
	while (attempt_next(&attempt, ATTEMPT_RETRY, LONG, &pause)) {
		cr_expect_gt(pause, last);
		last = pause;
	}
	cr_expect_eq(attempt.tried, 5);
}

/* A pause that ends after the deadline is none. */
Test(attempt, has_no_time_left)
{
	struct attempt attempt;
	uint64_t pause;

	attempt_init(&attempt, 5, true, false);
	cr_expect_not(attempt_next(&attempt, ATTEMPT_RETRY | ATTEMPT_LATER, 1000, &pause));
	cr_expect(attempt_next(&attempt, ATTEMPT_RETRY | ATTEMPT_LEGACY, 1000, &pause));
	cr_expect_eq(attempt.offer, HANDSHAKE_OFFER_LEGACY);
}

static const struct {
	const char *descr;
	enum outcome outcomes[3];
	size_t told;
} failures[] = {
	{ "the first one", { OUTCOME_RESET, OUTCOME_TIMEOUT, OUTCOME_REFUSED }, 0 },
	{ "what the server did rather than the network",
		{ OUTCOME_RESET, OUTCOME_HANDSHAKE, OUTCOME_REFUSED }, 1 },
	{ "... the first of those", { OUTCOME_NOT_TLS, OUTCOME_HANDSHAKE, OUTCOME_RESET }, 0 },
	{ "... and last", { OUTCOME_UNREACHABLE, OUTCOME_INTERNAL, OUTCOME_STARTTLS }, 2 },
};

Test(attempt, tells_most)
{
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		struct attempt attempt;
		size_t told = 9;

		attempt_init(&attempt, 5, true, false);
		for (size_t j = 0; j < 3; j++)
			if (attempt_tells(&attempt, failures[i].outcomes[j]))
				told = j;
		cr_expect_eq(told, failures[i].told, "%s: %zu", failures[i].descr, told);
	}
}
