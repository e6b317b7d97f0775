/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "reports/census.h"
#include "tests/sample.h"

/* One result of OWNER, which needs WORK. */
static void meet(struct census *census, const char *owner, enum status status, const char *work)
{
	struct sample sample;

	sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
	if (owner)
		sample_owner(&sample, owner);
	sample.verdict.status = status;
	cr_assert(census_count(census, &sample.verdict));
	cr_assert(!work || census_note_work(census, &sample.verdict, work));
	sample_release(&sample);
}

struct told {
	char text[8192];
};

static void tell(void *arg, const struct census_owner *owner)
{
	struct told *told = arg;
	size_t len = strlen(told->text);

	(void)snprintf(told->text + len, sizeof told->text - len, "%s: %zu, %s\n", owner->name,
		owner->results[STATUS_CRITICAL], owner->work);
}

Test(census, says_what_each_owner_has_to_do)
{
	struct census census = { NULL, NULL };
	struct told told = { "" };

	meet(&census, "web", STATUS_CRITICAL, "add a");
	meet(&census, "mail", STATUS_CRITICAL, "remove b");
	meet(&census, "mail", STATUS_CRITICAL, "add a");
	meet(&census, "mail", STATUS_CRITICAL, "add a");
	meet(&census, NULL, STATUS_OK, NULL);
	cr_assert(census_owners(&census, tell, &told));
	cr_expect_str_eq(told.text, "mail: 3, add a (2); remove b (1)\nweb: 1, add a (1)\n: 0, \n");
	census_release(&census);
}

Test(census, what_one_owner_has_to_do_is_bounded)
{
	struct census census = { NULL, NULL };
	struct told told = { "" };
	char work[32];

	for (int i = 0; i < 1000; i++) {
		(void)snprintf(work, sizeof work, "remove leaf %d", i);
		meet(&census, "web", STATUS_CRITICAL, work);
	}
	cr_assert(census_owners(&census, tell, &told));
	size_t count = 0;
	for (const char *at = told.text; (at = strstr(at, "remove leaf ")); at++)
		count++;
	cr_expect_eq(count, (size_t)100, "%zu", count);
	census_release(&census);
}
