/* SPDX-License-Identifier: MIT */
/*
 * pages LANGUAGE KIND OUT [COUNT] - HTML reports on made-up results, for tests and for the eye
 *
 * KIND is `one`, `fleet` (some results of each kind), `many` (COUNT results that vary as those of a
 * large fleet do), `kinds` (COUNT results with a chain of its own each) or `hostile` (texts that
 * want to be more than text, in every field there is).
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "reports/report.h"
#include "tests/forge.h"
#include "tests/poison.h"
#include "tests/sample.h"

#define COUNT_MOST 1000000

static void add(struct report *report, const struct sample *sample)
{
	struct error err = { .code = ERROR_NONE };

	forge_must(report_add(report, &sample->verdict, &err), err.text);
}

static size_t add_fleet(struct report *report, size_t most)
{
	static struct sample samples[SAMPLE_FLEET];
	size_t count = sample_fleet(samples);

	for (size_t i = 0; i < count && i < most; i++)
		add(report, &samples[i]);
	for (size_t i = 0; i < count; i++)
		sample_release(&samples[i]);
	return count < most ? count : most;
}

/* What a member of a large fleet differs in from the one it is like. */
static void vary(struct sample *sample, size_t number)
{
	static const char *const owners[] = { "web team", "mail team", "network", "payments",
		"網頁組", "library", "clinics", "schools <north>" };
	char host[64], owner[64];

	(void)snprintf(
		host, sizeof host, "host-%06zu.dept-%zu.example.gov.hk", number, number % 97);
	(void)snprintf(owner, sizeof owner, "%s", owners[number * 7 / 3 % ARRAY_LEN(owners)]);
	if (!sample->target.fault)
		sample->target.host = sample->target.sni = sample_text(sample, host);
	sample->target.unicode = NULL;
	sample_owner(sample, owner);
	(void)snprintf(sample->verdict.address, sizeof sample->verdict.address, "10.%zu.%zu.%zu",
		number >> 16 & 255, number >> 8 & 255, number & 255);
	sample->leaf.common_name = sample->target.host;
	sample->leaf.not_after.seconds += (int64_t)(number * 37 % 340) * SECONDS_A_DAY;
	(void)snprintf(sample->leaf.sha256_text, sizeof sample->leaf.sha256_text, "%064zx", number);
}

static size_t add_many(struct report *report, size_t count)
{
	static struct sample samples[SAMPLE_FLEET];

	for (size_t done = 0; done < count;) {
		size_t some = sample_fleet(samples);

		for (size_t i = 0; i < some; i++) {
			/* Most of a fleet is in order. */
			struct sample *sample = &samples[done % 5 < 2 ? i : some - 1 - i % 4];

			if (done < count && sample->verdict.status < STATUS_COUNT) {
				vary(sample, done++);
				add(report, sample);
			}
		}
		for (size_t i = 0; i < some; i++)
			sample_release(&samples[i]);
	}
	return count;
}

/* Each with certificates of its own above the leaf. */
static size_t add_kinds(struct report *report, size_t count)
{
	static struct sample sample;

	for (size_t i = 0; i < count; i++) {
		struct cert above;
		char name[64];

		sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
		above = sample.leaf;
		(void)snprintf(name, sizeof name, "Issuing CA %zu", i);
		(void)snprintf(above.sha256_text, sizeof above.sha256_text, "%064zx", i + 1);
		above.common_name = sample_text(&sample, name);
		sample.chain[1] = (struct verdict_certificate){ &above, ROLE_ISSUING, NULL, 0 };
		sample.verdict.chain.count = 2;
		add(report, &sample);
		sample_release(&sample);
	}
	return count;
}

static size_t add_hostile(struct report *report)
{
	static struct sample samples[POISON_STATES];

	for (size_t i = 0; i < POISONS; i++) {
		char *text = poison_text(i);

		poison_fill(samples, text);
		for (size_t s = 0; s < POISON_STATES; s++) {
			add(report, &samples[s]);
			sample_release(&samples[s]);
		}
		free(text);
	}
	return (size_t)POISONS * POISON_STATES;
}

static size_t add_all(struct report *report, const char *kind, size_t count)
{
	if (strcmp(kind, "one") == 0)
		return add_fleet(report, 1);
	if (strcmp(kind, "fleet") == 0)
		return add_fleet(report, SAMPLE_FLEET);
	if (strcmp(kind, "many") == 0)
		return add_many(report, count);
	if (strcmp(kind, "kinds") == 0)
		return add_kinds(report, count);
	return strcmp(kind, "hostile") == 0 ? add_hostile(report) : 0;
}

int main(int argc, char **argv)
{
	struct error err = { .code = ERROR_NONE };
	struct report_run run = { .profile = sample_profile(), .as_of = sample_day() };
	struct report_summary summary = { 0 };
	uint64_t count = 0;

	if (argc < 4 || !language_by_name(argv[1], &run.language) ||
		(argc > 4 && !text_to_uint(argv[4], COUNT_MOST, &count))) {
		(void)fprintf(stderr, "usage: pages LANGUAGE KIND OUT [COUNT]\n");
		return 2;
	}
	struct report *report = report_open(report_format_by_name("html"), argv[3], &run, &err);
	forge_must(report != NULL, err.text);
	summary.targets = add_all(report, argv[2], (size_t)count);
	forge_must(summary.targets > 0, "no such kind");
	summary.targets = 0;
	forge_must(report_close(report, &summary, &err), err.text);
	report_free(report);
	return 0;
}
