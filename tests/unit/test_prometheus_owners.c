/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "reports/census.h"
#include "reports/machine/prometheus_owners.h"
#include "tests/sample.h"

/* Counts one result of OWNER (NULL: nobody) with that status. */
static void meet(struct census *census, const char *owner, enum status status)
{
	struct sample sample;

	sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
	if (owner)
		sample_owner(&sample, owner);
	sample.verdict.status = status;
	cr_assert(census_count(census, &sample.verdict));
	sample_release(&sample);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

static const struct {
	const char *descr, *owner, *label;
} labels[] = {
	{ "plain", "mail team", "mail team" },
	{ "nobody", NULL, "none" },
	{ "empty", "", "none" },
	{ "quotes", "the \"A\" team", "the \\\"A\\\" team" },
	{ "a backslash", "DOMAIN\\team", "DOMAIN\\\\team" },
	{ "a line end", "a\nb", "a\\\\u{000A}b" },
	{ "Chinese", "電郵組", "電郵組" },
	{ "no UTF-8", "\xff", "\\\\xFF" },
};

Test(prometheus_owners, labels_are_escaped)
{
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
		struct census census = { NULL, NULL };
		char want[300];

		meet(&census, labels[i].owner, STATUS_CRITICAL);
		cr_assert(prometheus_owners_put(&out, "m", &census));
		(void)snprintf(want, sizeof want, "m{owner=\"%s\",status=\"critical\"} 1\n",
			labels[i].label);
		cr_expect_not_null(
			strstr(buf_text(&out), want), "%s: %s", labels[i].descr, buf_text(&out));
		cr_expect_eq(
			count_lines(buf_text(&out)), (size_t)STATUS_COUNT, "%s", labels[i].descr);
		census_release(&census);
	}
}

Test(prometheus_owners, are_bounded)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	struct census census = { NULL, NULL };

	/* Owner I has I critical results, so the first ten are the least busy. */
	for (int i = 1; i <= PROMETHEUS_OWNERS + 10; i++)
		for (int k = 0; k < i; k++) {
			char name[16];

			(void)snprintf(name, sizeof name, "team %d", i);
			meet(&census, name, STATUS_CRITICAL);
		}
	cr_assert(prometheus_owners_put(&out, "m", &census));
	cr_expect_eq(count_lines(buf_text(&out)), (size_t)(PROMETHEUS_OWNERS + 1) * STATUS_COUNT);
	cr_expect_not_null(strstr(buf_text(&out), "m{owner=\"team 60\",status=\"critical\"} 60\n"));
	cr_expect_null(strstr(buf_text(&out), "owner=\"team 10\""));
	cr_expect_not_null(strstr(buf_text(&out), "m{owner=\"other\",status=\"critical\"} 55\n"));
	census_release(&census);
}

/* Two series with the same labels are an error that costs the whole file. */
Test(prometheus_owners, no_series_is_there_twice)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	struct census census = { NULL, NULL };
	char name[402];

	memset(name, 'x', sizeof name);
	name[401] = '\0';
	meet(&census, name, STATUS_OK);
	name[400] = '\0';
	meet(&census, name, STATUS_OK);
	meet(&census, "none", STATUS_WARNING);
	meet(&census, NULL, STATUS_WARNING);
	meet(&census, "other", STATUS_UNREACHABLE);
	cr_assert(prometheus_owners_put(&out, "m", &census));
	cr_expect_eq(count_lines(buf_text(&out)), (size_t)3 * STATUS_COUNT, "%s", buf_text(&out));
	cr_expect_not_null(strstr(buf_text(&out), "m{owner=\"none\",status=\"warning\"} 2\n"));
	cr_expect_not_null(strstr(buf_text(&out), "status=\"ok\"} 2\n"));
	cr_expect_not_null(strstr(buf_text(&out), "m{owner=\"other\",status=\"unreachable\"} 1\n"));
	census_release(&census);
}
