/* SPDX-License-Identifier: MIT */
/*
 * gate - who of one thread may connect now, and who has to wait
 *
 * A connection is let through when three things are there at the same moment: a place among
 * those that may be open at once (the thread's share), a token of the address's and its network's
 * (manners.h), and nothing that this machine has run out of.  Who has to wait stands in a line, or
 * comes back at the time that he was told; he holds nobody up.
 *
 * When the machine lets no connection be begun, for want of descriptors, ports or memory, the share
 * shrinks to what is open, and grows again while it goes well.  Only when no thread could begin
 * anything at all for a target's whole patience is it hopeless.
 */
#ifndef CHECKER_ENGINE_GATE_H
#define CHECKER_ENGINE_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/engine/loop.h"
#include "checker/engine/manners.h"
#include "checker/engine/stream.h"

struct gate_pass;

/* What the gates of a scan tell each other: all threads share what this machine has. */
struct gate_news {
	atomic_bool is_short;          /* one of them was; from then on */
	atomic_uint_least64_t well_at; /* since then: when somebody could begin a connection */
};

struct gate {
	struct loop *loop;
	struct gate_news *news;
	struct manners *manners; /* or NULL */
	uint64_t patience_us;
	void (*room)(void *arg); /* there may be room for more, and nobody is in line */
	void (*noticed)(void *arg, enum shortage shortage);
	void *arg;

	size_t full, share; /* places there should be, and are */
	size_t open;        /* places taken */
	size_t parked;      /* waiting for manners */
	struct gate_pass *line;
	struct loop_timer serving;
	enum shortage shortage; /* the last one; SHORTAGE_NONE once the share is full again */
	uint64_t shut_until;    /* before that nobody is let through */
	uint64_t grow_at;
	bool hopeless;
};

enum gate_state { GATE_OUTSIDE, GATE_PARKED, GATE_IN_LINE, GATE_OPEN };

struct gate_pass {
	struct gate_pass *prev, *next; /* in line */
	struct gate *gate;
	enum gate_state state;
	bool waited; /* for a token, as long as he was told */
	struct manners_guest guest;
	void (*called)(void *arg); /* asks again: from the loop, never from in here */
	void *arg;
};

/* SHARE places.  The members above the blank line are the caller's to set before; false when memory
 * runs out. */
MUST_USE bool gate_init(struct gate *gate, size_t share);
void gate_release(struct gate *gate);

/* Places that nobody has or waits for. */
size_t gate_places(const struct gate *gate);

/*
 * GATE_OPEN: go.  GATE_PARKED: ask again after *RET_WAIT microseconds.  GATE_IN_LINE: `called`
 * will say when to ask again.
 */
enum gate_state gate_ask(struct gate_pass *pass, uint64_t *ret_wait);

/* A connection could be begun. */
void gate_well(struct gate *gate);

/* It could not, for want of SHORTAGE: PASS has to wait.  False when that is hopeless. */
MUST_USE bool gate_short(struct gate_pass *pass, enum shortage shortage);

/* The place is free again, or is not waited for any more. */
void gate_leave(struct gate_pass *pass);

#endif
