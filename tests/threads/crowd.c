/* SPDX-License-Identifier: MIT */
/*
 * crowd - a whole scan by several threads at once, for ThreadSanitizer to watch (TAP)
 *
 * Everything that `chainmend scan` runs through, from the stream of targets to the report, with
 * many targets and more threads than the machine has processors.  Every record has to be what one
 * thread alone makes of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "cli/commands.h"
#include "tests/memory/account.h"
#include "tests/memory/errand.h"
#include "tests/memory/town.h"

#define REPORT_MAX (16u << 20)
#define MANY 4

/* A report, as what a run of one thread and one of several are held against each other by. */
static struct account run(const struct errand *errand)
{
	struct account account = { .status = errand_run(errand) << 8 };
	struct buf text = BUF_INIT(REPORT_MAX);
	char path[TOWN_PATH];

	town_path(errand->town, errand->report, path);
	if (buf_read_file(&text, path, NULL))
		account.report = strdup(buf_text(&text));
	buf_release(&text);
	return account;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; text && *text; text++)
		count += *text == '\n';
	return count;
}

/* The test of one way of reading; the number of it is NUMBER. */
static bool test(const struct town *town, const char *handshake, unsigned number)
{
	struct errand errand = { .town = town,
		.targets = TOWN_CROWD_FILE,
		.report = "one.ndjson",
		.looks = "all",
		.handshake = handshake,
		.timeout = "60", /* whatever else the machine does */
		.threads = 1 };
	char why[1800] = "";
	struct account one = run(&errand);

	errand.report = "many.ndjson";
	errand.threads = MANY;
	struct account many = run(&errand);
	bool whole = count_lines(one.report) == TOWN_CROWD;
	bool good = whole && account_judge(&many, &one, why, sizeof why) == ACCOUNT_RIGHT;
	printf("%sok %u - %s: %d threads and %u targets: the same records as of one thread\n",
		good ? "" : "not ", number, handshake ? handshake : "as it comes", MANY,
		(unsigned)TOWN_CROWD);
	if (!good)
		printf("# %zu records; %s\n", count_lines(one.report), why);
	free(one.report);
	free(many.report);
	return good;
}

int main(void)
{
	static const char *const ways[] = { "flight", "complete" };
	bool choice = errand_knows("--handshake", "complete"), good = true;
	char hosts[TOWN_PATH];
	struct town town;

	printf("TAP version 13\n1..%zu\n", ARRAY_LEN(ways));
	(void)fflush(stdout);
	town_open(&town);
	town_path(&town, "hosts", hosts);
	(void)setenv("CARES_HOSTS", hosts, 1);
	/* This fills the cache. */
	(void)errand_run(&(struct errand){ .town = &town,
		.targets = TOWN_TARGETS_FILE,
		.report = "first.ndjson",
		.threads = 1,
		.online = true });
	if (choice)
		for (unsigned i = 0; i < ARRAY_LEN(ways); i++)
			good = test(&town, ways[i], i + 1) && good;
	else
		good = test(&town, NULL, 1);
	if (!choice)
		printf("ok 2 - complete # SKIP this version has one way of reading\n");
	town_close(&town);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
