/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/engine/window.h"
#include "checker/target/target.h"

#define MANY 5000

static struct target targets[MANY];

struct source {
	size_t count, next;
	size_t past_end; /* asked again after the end */
};

static struct target *next_target(void *arg)
{
	struct source *source = arg;

	source->past_end += source->next > source->count;
	if (source->next >= source->count) {
		source->next = source->count + 1;
		return NULL;
	}
	struct target *target = &targets[source->next];
	target->number = source->next++;
	return target_ref(target);
}

static void set_up(void)
{
	for (size_t i = 0; i < MANY; i++)
		atomic_init(&targets[i].refs, 1);
}

TestSuite(window, .init = set_up);

static const struct {
	const char *descr;
	size_t size, count;
} runs[] = {
	{ "nothing", 100, 0 },
	{ "one", 100, 1 },
	{ "fewer than the window has", 1000, 300 },
	{ "as many", 300, 300 },
	{ "more", 1000, MANY },
	{ "a window of one", 1, 100 },
};

Test(window, hands_out_each_once)
{
	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		struct source source = { .count = runs[i].count };
		struct window *window = window_new(runs[i].size, 4711, next_target, &source);
		size_t got = 0, moved = 0;
		bool seen[MANY] = { false };
		struct target *target;

		cr_assert_not_null(window);
		while ((target = window_take(window)) != NULL) {
			cr_expect_not(seen[target->number], "%s", runs[i].descr);
			seen[target->number] = true;
			moved += target->number != got++;
			target_unref(target);
		}
		cr_expect_eq(got, runs[i].count, "%s: %zu", runs[i].descr, got);
		cr_expect_eq(source.past_end, 0, "%s", runs[i].descr);
		cr_expect(runs[i].size == 1 || runs[i].count < 2 || moved > runs[i].count / 2,
			"%s: only %zu are not in their place", runs[i].descr, moved);
		cr_expect_null(window_take(window));
		window_free(window);
	}
	for (size_t i = 0; i < MANY; i++)
		cr_expect_eq(atomic_load(&targets[i].refs), 1u);
}

/* The first thousand connections do not go to the first four networks. */
Test(window, spreads_networks)
{
	struct source source = { .count = MANY };
	struct window *window = window_new(MANY, 4711, next_target, &source);
	size_t hits[MANY / 256 + 1] = { 0 }, networks = 0;

	for (size_t i = 0; i < 1000; i++) {
		struct target *target = window_take(window);

		hits[target->number / 256]++;
		target_unref(target);
	}
	for (size_t i = 0; i < ARRAY_LEN(hits); i++)
		networks += hits[i] > 0;
	cr_expect_geq(networks, 15, "%zu networks", networks);
	window_free(window);
}

/* The first one is there long before all of them are read. */
Test(window, begins_at_once)
{
	struct source source = { .count = MANY };
	struct window *window = window_new(MANY, 4711, next_target, &source);

	target_unref(window_take(window));
	cr_expect_leq(source.next, 300, "%zu were read first", source.next);
	window_free(window);
}

Test(window, differs_by_seed)
{
	size_t same = 0;
	struct source a = { .count = 200 }, b = { .count = 200 };
	struct window *one = window_new(200, 1, next_target, &a);
	struct window *two = window_new(200, 2, next_target, &b);

	for (size_t i = 0; i < 200; i++) {
		struct target *x = window_take(one), *y = window_take(two);

		same += x == y;
		target_unref(x);
		target_unref(y);
	}
	cr_expect_leq(same, 20);
	window_free(one);
	window_free(two);
}
