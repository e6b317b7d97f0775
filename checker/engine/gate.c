/* SPDX-License-Identifier: MIT */
#include "checker/engine/gate.h"

#include <utlist.h>

#include "checker/base/clock.h"

#define SHORT_US 50000 /* before this machine is asked again for what it had no more of */
#define GROW_US 200000 /* without a shortage, before the share grows */

static void on_serving(void *arg);

bool gate_init(struct gate *gate, size_t share)
{
	gate->full = gate->share = share;
	gate->open = gate->parked = 0;
	gate->line = NULL;
	gate->shortage = SHORTAGE_NONE;
	return loop_timer_init(&gate->serving, gate->loop, on_serving, gate);
}

void gate_release(struct gate *gate)
{
	loop_timer_release(&gate->serving);
}

static bool is_shut(const struct gate *gate, uint64_t now)
{
	return gate->shortage != SHORTAGE_NONE && now < gate->shut_until;
}

size_t gate_places(const struct gate *gate)
{
	if (gate->line || gate->open >= gate->share ||
		(gate->shortage != SHORTAGE_NONE && is_shut(gate, clock_monotonic_us())))
		return 0;
	return gate->share - gate->open;
}

/* What shrank grows back, a quarter at a time. */
static void grow(struct gate *gate, uint64_t now)
{
	if (gate->shortage == SHORTAGE_NONE || now < gate->grow_at)
		return;
	gate->share += gate->share / 4 + 1;
	gate->grow_at = now + GROW_US;
	if (gate->share < gate->full)
		return;
	gate->share = gate->full;
	gate->shortage = SHORTAGE_NONE;
}

static void serve_at(struct gate *gate, uint64_t at)
{
	if (gate->serving.place == 0 || at < gate->serving.at)
		loop_timer_at(&gate->serving, at);
}

/* Wakes the line, and whoever brings more, when there is something for them to do. */
static void arm(struct gate *gate)
{
	uint64_t now = clock_monotonic_us();

	if (is_shut(gate, now))
		serve_at(gate, gate->shut_until);
	else if (gate->open < gate->share)
		serve_at(gate, now);
	else if (gate->shortage != SHORTAGE_NONE)
		serve_at(gate, gate->grow_at);
}

static void on_serving(void *arg)
{
	struct gate *gate = arg;
	struct gate_pass *last = gate->line ? gate->line->prev : NULL;
	bool more = last != NULL;

	grow(gate, clock_monotonic_us());
	/* Who is in line now, each once; who joins it again meanwhile waits for the next time. */
	while (more && gate->line && gate->open < gate->share &&
		!is_shut(gate, clock_monotonic_us())) {
		struct gate_pass *pass = gate->line;

		more = pass != last;
		DL_DELETE(gate->line, pass);
		pass->state = GATE_OUTSIDE;
		pass->called(pass->arg);
	}
	if (!gate->line && gate_places(gate) > 0)
		gate->room(gate->arg);
	else
		arm(gate);
}

static enum gate_state stand_in_line(struct gate_pass *pass)
{
	DL_APPEND(pass->gate->line, pass);
	return pass->state = GATE_IN_LINE;
}

/* Takes PASS out of where it waits. */
static void step_out(struct gate_pass *pass)
{
	if (pass->state == GATE_PARKED)
		pass->gate->parked--;
	else if (pass->state == GATE_IN_LINE)
		DL_DELETE(pass->gate->line, pass);
	else if (pass->state == GATE_OPEN)
		pass->gate->open--;
	pass->state = GATE_OUTSIDE;
}

enum gate_state gate_ask(struct gate_pass *pass, uint64_t *ret_wait)
{
	struct gate *gate = pass->gate;

	step_out(pass);
	if (gate->open >= gate->share || gate->shortage != SHORTAGE_NONE || gate->manners) {
		uint64_t now = clock_monotonic_us();

		grow(gate, now);
		if (gate->open >= gate->share || is_shut(gate, now))
			return stand_in_line(pass);
		*ret_wait = manners_take(gate->manners, &pass->guest, pass->waited, now);
		pass->waited = *ret_wait > 0;
		if (pass->waited) {
			gate->parked++;
			return pass->state = GATE_PARKED;
		}
	}
	gate->open++;
	return pass->state = GATE_OPEN;
}

void gate_well(struct gate *gate)
{
	if (!atomic_load_explicit(&gate->news->is_short, memory_order_relaxed))
		return;
	atomic_store_explicit(&gate->news->well_at, clock_monotonic_us(), memory_order_relaxed);
	gate->hopeless = false;
}

/* Nothing of this thread's is open, and nobody could open anything for a long time. */
static bool is_hopeless(struct gate *gate, uint64_t now)
{
	uint64_t well_at;

	if (!atomic_exchange(&gate->news->is_short, true))
		atomic_store(&gate->news->well_at, now);
	well_at = atomic_load(&gate->news->well_at);
	return gate->open == 0 && now > well_at && now - well_at >= gate->patience_us;
}

bool gate_short(struct gate_pass *pass, enum shortage shortage)
{
	struct gate *gate = pass->gate;
	uint64_t now = clock_monotonic_us();

	gate->noticed(gate->arg, shortage);
	gate->shortage = shortage;
	gate->grow_at = now + GROW_US;
	step_out(pass);
	gate->share = gate->open > 0 ? gate->open : 1;
	/* Something of ours that ends may give back what is missing; else there is only time, and
	 * once that did not help, those who come after need not wait as well. */
	gate->hopeless = is_hopeless(gate, now) || (gate->hopeless && gate->open == 0);
	gate->shut_until = gate->hopeless ? now : now + SHORT_US;
	if (!gate->hopeless)
		(void)stand_in_line(pass);
	arm(gate);
	return !gate->hopeless;
}

void gate_leave(struct gate_pass *pass)
{
	struct gate *gate = pass->gate;

	if (pass->state == GATE_OUTSIDE)
		return;
	/* What it had is there again. */
	if (pass->state == GATE_OPEN)
		gate->shut_until = 0;
	step_out(pass);
	arm(gate);
}
