/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "checker/engine/manners.h"
#include "checker/engine/resolve.h"
#include "checker/limits.h"

/* Time is passed in, so none of these waits. */

#define SECOND 1000000u

static struct manners_guest guest_of(const char *text)
{
	struct manners_guest guest;
	struct address address;

	if (address_parse(text, &address))
		manners_guest_address(&guest, &address);
	else
		manners_guest_name(&guest, text);
	return guest;
}

static uint64_t take(struct manners *manners, const char *who, bool waited, uint64_t now)
{
	struct manners_guest guest = guest_of(who);

	return manners_take(manners, &guest, waited, now);
}

static const struct {
	const char *descr;
	double per_address, per_network;
	const char *guests[5]; /* at the same moment */
	uint64_t waits[5];     /* milliseconds */
} moments[] = {
	{ "no limit", 0, 0, { "10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1" },
		{ 0, 0, 0, 0, 0 } },
	{ "two a second: two at once, then every half second", 2, 0,
		{ "10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.1" },
		{ 0, 0, 500, 1000, 1500 } },
	{ "one in two seconds", 0.5, 0,
		{ "10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.1" },
		{ 0, 2000, 4000, 0, 6000 } },
	{ "others do not wait", 1, 0, { "10.0.0.1", "10.0.0.1", "10.0.0.2", "::1", "10.0.0.1" },
		{ 0, 1000, 0, 0, 2000 } },
	{ "a /24 is a network", 0, 1,
		{ "10.0.0.1", "10.0.0.200", "10.0.1.1", "11.0.0.1", "10.0.0.3" },
		{ 0, 1000, 0, 0, 2000 } },
	{ "a /48 is a network", 0, 1,
		{ "2001:db8:1::1", "2001:db8:1:ffff::1", "2001:db8:2::1", "2001:db8:1::1", "::1" },
		{ 0, 1000, 0, 2000, 0 } },
	{ "IPv4 in IPv6 is IPv4", 1, 1,
		{ "10.0.0.1", "::ffff:10.0.0.1", "::ffff:10.0.1.1", "10.0.1.1", "10.0.2.1" },
		{ 0, 1000, 0, 1000, 0 } },
	{ "both, the stricter one", 1, 2,
		{ "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.1.1" },
		{ 0, 0, 500, 1000, 0 } },
	{ "names, for a proxy", 1, 1, { "a.hk", "b.hk", "a.hk", "a.hk", "b.hk" },
		{ 0, 0, 1000, 2000, 1000 } },
};

Test(manners, make_wait)
{
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		struct manners *manners = manners_new(
			moments[i].per_address, moments[i].per_network);

		cr_assert_not_null(manners);
		for (size_t j = 0; j < 5; j++) {
			uint64_t wait = take(manners, moments[i].guests[j], false, 77 * SECOND);

			cr_expect_eq(wait, moments[i].waits[j] * 1000, "%s: number %zu waits %lu",
				moments[i].descr, j, (unsigned long)wait);
		}
		manners_free(manners);
	}
	cr_expect_eq(take(NULL, "10.0.0.1", false, 0), 0);
}

/* Everybody comes back when he was told to; nobody before him, and never more than allowed. */
Test(manners, keep_the_rate)
{
	enum { GUESTS = 300, ADDRESSES = 3 };
	struct manners *manners = manners_new(10, 20);
	uint64_t at[GUESTS], went[GUESTS];
	size_t left = GUESTS;

	for (size_t i = 0; i < GUESTS; i++)
		at[i] = SECOND;
	while (left > 0) {
		char text[32];
		size_t next = GUESTS;

		for (size_t i = 0; i < GUESTS; i++)
			if (at[i] != UINT64_MAX && (next == GUESTS || at[i] < at[next]))
				next = i;
		(void)snprintf(text, sizeof text, "10.0.0.%zu", next % ADDRESSES);
		uint64_t wait = take(manners, text, at[next] > SECOND, at[next]);
		cr_assert_leq(at[next] + wait, 60 * SECOND, "number %zu waits for ever", next);
		went[next] = at[next];
		at[next] = wait > 0 ? at[next] + wait : UINT64_MAX;
		left -= wait == 0;
	}
	for (size_t i = 0; i < GUESTS; i++) {
		size_t address = 0, network = 0;

		for (size_t j = 0; j < GUESTS; j++) {
			bool within = went[j] >= went[i] && went[j] < went[i] + SECOND;

			network += within;
			address += within && j % ADDRESSES == i % ADDRESSES;
		}
		/* A full bucket, and what comes into it meanwhile. */
		cr_expect_leq(address, 20, "%zu connections in a second", address);
		cr_expect_leq(network, 40, "%zu connections in a second", network);
		cr_expect_leq(went[i], 20 * SECOND, "number %zu went after %lu us", i,
			(unsigned long)(went[i] - SECOND));
	}
	manners_free(manners);
}

Test(manners, let_the_first_go_first)
{
	struct manners *manners = manners_new(1, 0);

	cr_expect_eq(take(manners, "10.0.0.1", false, SECOND), 0);
	cr_expect_eq(take(manners, "10.0.0.1", false, SECOND), SECOND);
	/* Just when the token is there, somebody new asks; who has waited gets it. */
	cr_expect_gt(take(manners, "10.0.0.1", false, 2 * SECOND - 1), SECOND);
	cr_expect_eq(take(manners, "10.0.0.1", true, 2 * SECOND), 0);
	manners_free(manners);
}

/* Somebody's long wait is no reason for another address of the network to wait. */
Test(manners, hold_nobody_else_up)
{
	struct manners *manners = manners_new(1, 100);

	for (size_t i = 0; i < 50; i++)
		(void)take(manners, "10.0.0.1", false, SECOND);
	cr_expect_eq(take(manners, "10.0.0.2", false, SECOND), 0);
	manners_free(manners);
}

Test(manners, forget)
{
	struct manners *manners = manners_new(20, 0);
	char text[32];

	for (unsigned i = 0; i < 300000; i++) {
		(void)snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		cr_assert_eq(take(manners, text, false, SECOND + i * 100ul), 0);
	}
	/* A bucket is full again after 50 ms, in which there were 500 others. */
	cr_expect_leq(manners_buckets(manners), 2048, "%zu", manners_buckets(manners));
	manners_free(manners);
}

/* What cannot be forgotten yet is bounded too: then everybody else waits. */
Test(manners, remember_only_so_many)
{
	struct manners *manners = manners_new(0.001, 0);
	unsigned went = 0;
	char text[32];

	for (unsigned i = 0; i < LIMIT_BUCKETS; i++) {
		(void)snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		went += take(manners, text, false, SECOND) == 0;
	}
	cr_expect_leq(manners_buckets(manners), LIMIT_BUCKETS);
	cr_expect_geq(went, LIMIT_BUCKETS / 4);
	cr_expect_lt(went, LIMIT_BUCKETS);
	cr_expect_gt(take(manners, "11.0.0.1", false, 2 * SECOND), 0);
	cr_expect_eq(take(manners, "11.0.0.1", true, 3000ul * SECOND), 0);
	manners_free(manners);
}
