/* SPDX-License-Identifier: MIT */
#include "checker/engine/conn.h"

#include <stdlib.h>

#include "checker/base/clock.h"
#include "checker/base/phrase.h"
#include "checker/engine/conn_state.h"
#include "checker/target/target.h"

#define TURN_STEPS 8 /* of LIMIT_CHUNK_BYTES at most, before others have a turn */

/* The deadline does not run in here. */
static enum conn_want step_gate(struct conn *conn)
{
	uint64_t wait = 0, since = conn->began;

	switch (gate_ask(&conn->pass, &wait)) {
	case GATE_PARKED:
		loop_timer_set(&conn->timer, wait);
		return WANT_EVENT;
	case GATE_OPEN:
		break;
	case GATE_IN_LINE:
	case GATE_OUTSIDE:
		loop_timer_stop(&conn->timer);
		return WANT_EVENT;
	}
	(void)conn_enter(conn, CONN_CONNECT);
	conn->observation->time = clock_now();
	conn->deadline += conn->began - since;
	loop_timer_at(&conn->timer, conn->deadline);
	return WANT_AGAIN;
}

static enum conn_want step_pause(struct conn *conn)
{
	return conn->timer.place > 0 ? WANT_EVENT : conn_enter(conn, CONN_GATE);
}

static enum conn_want step_close(struct conn *conn)
{
	conn_hang_up(conn);
	return WANT_END;
}

static const struct {
	enum conn_want (*step)(struct conn *conn);
	bool talks;           /* something may have come that nobody has looked at */
	const char *too_late; /* before "within 10 s" */
} states[] = {
	[CONN_GATE] = { step_gate, false, PHRASE("no connection") },
	[CONN_CONNECT] = { conn_step_connect, false, PHRASE("no connection") },
	[CONN_TUNNEL] = { conn_step_tunnel, true, PHRASE("no tunnel") },
	[CONN_STARTTLS] = { conn_step_starttls, true, PHRASE("no end of the plain dialogue") },
	[CONN_HANDSHAKE] = { conn_step_handshake, true,
		PHRASE("connected, but no end of the TLS handshake") },
	[CONN_PAUSE] = { step_pause, false, PHRASE("no connection") },
	[CONN_CLOSE] = { step_close, false, PHRASE("no end") },
};
_Static_assert(ARRAY_LEN(states) == CONN_STATES, "a row for every state");

static void finish(struct conn *conn)
{
	struct observation *observation = TAKE(conn->observation);
	void (*done)(void *, struct observation *) = conn->context->done;
	void *arg = conn->arg;

	conn_free(conn);
	done(arg, observation);
}

static void run(struct conn *conn)
{
	enum conn_want want = WANT_AGAIN;

	for (unsigned turn = 0; want == WANT_AGAIN; turn++) {
		/* One server that sends and sends is not to keep the others waiting. */
		if (turn >= TURN_STEPS && conn->stream.fd >= 0 && !conn->starting) {
			stream_go_on_later(&conn->stream);
			return;
		}
		want = states[conn->state].step(conn);
	}
	if (want != WANT_END)
		return;
	if (conn->starting)
		loop_timer_set(&conn->timer, 0);
	else
		finish(conn);
}

void conn_ready(void *arg, unsigned events)
{
	struct conn *conn = arg;

	stream_note(&conn->stream, events);
	run(conn);
}

/* The deadline, in whatever state it finds us. */
static void expire(struct conn *conn)
{
	double limit = conn->context->timeout_s;

	if (conn->starttls || conn->tunnel || (conn->context->proxy && conn->state == CONN_CONNECT))
		(void)conn_talk_expire(conn);
	else
		(void)conn_give_up(conn, OUTCOME_TIMEOUT, 0, "%s within %g s",
			states[conn->state].too_late, limit);
	run(conn);
}

static void on_time(void *arg)
{
	struct conn *conn = arg;
	bool waits = conn->state == CONN_GATE || conn->state == CONN_PAUSE ||
		     conn->state == CONN_CLOSE;

	if (waits) {
		run(conn);
	} else if (clock_monotonic_us() < conn->deadline) {
		loop_timer_at(&conn->timer, conn->deadline);
	} else if (states[conn->state].talks && !conn->looked) {
		/* A busy thread comes late to what came in time. */
		conn->looked = true;
		loop_timer_set(&conn->timer, 0);
		stream_note(&conn->stream, LOOP_READ);
		run(conn);
	} else {
		expire(conn);
	}
}

static void on_called(void *arg)
{
	run(arg);
}

/* Whom the connection counts for: the address, or what a proxy will resolve. */
static void name_guest(struct conn *conn)
{
	const struct target *target = conn->observation->target;
	const char *host = target->address ? target->address : target->host;
	struct address address;

	if (!conn->context->gate->manners)
		return;
	if (!conn->context->proxy)
		manners_guest_address(&conn->pass.guest, &conn->address);
	else if (address_parse(host, &address))
		manners_guest_address(&conn->pass.guest, &address);
	else
		manners_guest_name(&conn->pass.guest, host);
}

struct conn *conn_new(const struct conn_context *context, struct observation *observation,
	const struct address *address, const struct conn_way *way, uint64_t deadline_us, void *arg)
{
	struct conn *conn = calloc(1, sizeof *conn);

	if (!conn)
		return NULL;
	conn->context = context;
	conn->address = *address;
	conn->deadline = deadline_us;
	conn->arg = arg;
	conn->first = conn->starting = true;
	if (!loop_timer_init(&conn->timer, context->sockets->loop, on_time, conn)) {
		free(conn);
		return NULL;
	}
	stream_init(&conn->stream, context->sockets);
	attempt_init(&conn->attempt, context->retries, observation->target->sni != NULL,
		context->complete);
	if (way)
		attempt_narrow(&conn->attempt, way->offer, way->without_sni);
	conn->asks = way && way->asks;
	conn->attempt.complete |= conn->asks;
	conn->observation = observation;
	conn->pass.gate = context->gate;
	conn->pass.called = on_called;
	conn->pass.arg = conn;
	name_guest(conn);
	(void)conn_enter(conn, CONN_GATE);
	run(conn);
	conn->starting = false;
	return conn;
}

void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	conn->polite = false;
	conn_hang_up(conn);
	loop_timer_release(&conn->timer);
	stream_release(&conn->stream);
	observation_free(conn->proof);
	observation_free(conn->observation);
	free(conn);
}
