/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/engine/gate.h"
#include "checker/engine/resolve.h"

#define PASSES 16

static struct loop *loop;
static struct loop_timer end;
static struct gate gate;
static struct gate_news news;
static unsigned rooms, notices;

struct guest {
	struct gate_pass pass;
	unsigned called;
	enum gate_state state; /* what he was told last */
	uint64_t wait;
	bool leaves; /* as soon as he was in */
};
static struct guest guests[PASSES];

static void stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void on_room(void *arg)
{
	(void)arg;
	rooms++;
}

static void on_noticed(void *arg, enum shortage shortage)
{
	(void)arg;
	cr_expect_eq(shortage, SHORTAGE_FILES);
	notices++;
}

static void ask(struct guest *guest)
{
	guest->state = gate_ask(&guest->pass, &guest->wait);
	if (guest->state == GATE_OPEN && guest->leaves)
		gate_leave(&guest->pass);
}

static void on_called(void *arg)
{
	struct guest *guest = arg;

	guest->called++;
	ask(guest);
}

static void set_up(void)
{
	struct error err = { 0 };

	loop = loop_new(stop, NULL, &err);
	cr_assert_not_null(loop, "%s", err.text);
	cr_assert(loop_timer_init(&end, loop, stop, NULL));
	atomic_init(&news.is_short, false);
	atomic_init(&news.well_at, 0);
	gate = (struct gate){
		.loop = loop,
		.news = &news,
		.patience_us = 200000,
		.room = on_room,
		.noticed = on_noticed,
	};
	for (size_t i = 0; i < PASSES; i++) {
		guests[i].pass.gate = &gate;
		guests[i].pass.called = on_called;
		guests[i].pass.arg = &guests[i];
	}
}

static void tear_down(void)
{
	for (size_t i = 0; i < PASSES; i++)
		gate_leave(&guests[i].pass);
	gate_release(&gate);
	loop_timer_release(&end);
	loop_free(loop);
}

TestSuite(gate, .init = set_up, .fini = tear_down);

static void run_ms(unsigned ms)
{
	loop_timer_set(&end, ms * 1000);
	loop_run(loop);
}

static size_t count(enum gate_state state)
{
	size_t found = 0;

	for (size_t i = 0; i < PASSES; i++)
		found += guests[i].state == state && guests[i].pass.state == state;
	return found;
}

Test(gate, lets_a_share_through)
{
	cr_assert(gate_init(&gate, 4));
	cr_expect_eq(gate_places(&gate), 4);
	for (size_t i = 0; i < PASSES; i++)
		ask(&guests[i]);
	cr_expect_eq(count(GATE_OPEN), 4);
	cr_expect_eq(count(GATE_IN_LINE), PASSES - 4);
	cr_expect_eq(gate_places(&gate), 0);
	/* Who leaves makes room for the first in line, and nobody else. */
	gate_leave(&guests[0].pass);
	gate_leave(&guests[1].pass);
	run_ms(10);
	cr_expect_eq(guests[4].state, GATE_OPEN);
	cr_expect_eq(guests[5].state, GATE_OPEN);
	cr_expect_eq(guests[6].called, 0);
	cr_expect_eq(rooms, 0);
}

Test(gate, says_when_there_is_room)
{
	cr_assert(gate_init(&gate, 2));
	ask(&guests[0]);
	gate_leave(&guests[0].pass);
	run_ms(10);
	cr_expect_eq(rooms, 1);
	/* Twice is not there twice. */
	gate_leave(&guests[0].pass);
	cr_expect_eq(gate_places(&gate), 2);
}

/* Who waits for manners takes nobody's place. */
Test(gate, parks)
{
	struct address address;

	gate.manners = manners_new(1, 0);
	cr_assert(gate_init(&gate, 2));
	cr_assert(address_parse("10.0.0.1", &address));
	for (size_t i = 0; i < 3; i++) {
		manners_guest_address(&guests[i].pass.guest, &address);
		ask(&guests[i]);
	}
	cr_expect_eq(guests[0].state, GATE_OPEN);
	cr_expect_eq(guests[1].state, GATE_PARKED);
	cr_expect_eq(guests[2].state, GATE_PARKED);
	cr_expect(guests[1].wait > 900000 && guests[1].wait <= 1000000);
	cr_expect(guests[2].wait > 1900000 && guests[2].wait <= 2000000);
	cr_expect_eq(gate.parked, 2);
	cr_expect_eq(gate_places(&gate), 1);
	gate_leave(&guests[1].pass);
	cr_expect_eq(gate.parked, 1);
	gate_leave(&guests[2].pass);
	manners_free(gate.manners);
}

Test(gate, shrinks_and_grows_back)
{
	cr_assert(gate_init(&gate, 8));
	for (size_t i = 0; i < 8; i++)
		ask(&guests[i]);
	/* The seventh and the eighth get no socket. */
	cr_expect(gate_short(&guests[6].pass, SHORTAGE_FILES));
	cr_expect(gate_short(&guests[7].pass, SHORTAGE_FILES));
	guests[6].state = guests[7].state = GATE_IN_LINE;
	cr_expect_eq(gate.share, 6);
	cr_expect_eq(gate_places(&gate), 0);
	run_ms(20);
	cr_expect_eq(count(GATE_IN_LINE), 2);
	/* Whatever one has had is there again. */
	guests[6].leaves = guests[7].leaves = true;
	gate_leave(&guests[0].pass);
	run_ms(10);
	cr_expect_eq(count(GATE_IN_LINE), 0);
	cr_expect_eq(guests[6].called, 1);
	cr_expect_eq(guests[7].called, 1);
	/* And after a while without a shortage the share is what it was. */
	for (size_t i = 0; i < 8 && gate.share < 8; i++) {
		run_ms(210);
		ask(&guests[6]);
	}
	cr_expect_eq(gate.share, 8);
	cr_expect_eq(gate.shortage, SHORTAGE_NONE);
	cr_expect_geq(notices, 2);
}

/* Nothing of ours is open that could end, and nothing can be begun. */
Test(gate, loses_hope)
{
	uint64_t began = clock_monotonic_us();
	bool hope = true;

	cr_assert(gate_init(&gate, 8));
	while (hope && clock_monotonic_us() - began < 5000000) {
		if (guests[0].pass.state == GATE_OUTSIDE)
			ask(&guests[0]);
		if (guests[0].state == GATE_OPEN) {
			hope = gate_short(&guests[0].pass, SHORTAGE_FILES);
			guests[0].state = GATE_OUTSIDE;
		}
		run_ms(10);
	}
	cr_expect_not(hope);
	cr_expect_geq(clock_monotonic_us() - began, 200000u);
	/* The next one need not wait as long. */
	ask(&guests[1]);
	cr_expect_eq(guests[1].state, GATE_OPEN);
	cr_expect_not(gate_short(&guests[1].pass, SHORTAGE_FILES));
	/* Until it goes well again. */
	ask(&guests[2]);
	gate_well(&gate);
	gate_leave(&guests[2].pass);
	ask(&guests[3]);
	cr_expect(gate_short(&guests[3].pass, SHORTAGE_FILES));
}
