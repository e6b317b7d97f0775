/* SPDX-License-Identifier: MIT */
#include "checker/engine/conn_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/phrase.h"

enum conn_want conn_enter(struct conn *conn, enum conn_state state)
{
	conn->state = state;
	conn->began = clock_monotonic_us();
	return WANT_AGAIN;
}

void conn_hang_up(struct conn *conn)
{
	stream_close(&conn->stream, conn->polite);
	handshake_free(conn->handshake);
	conn->handshake = NULL;
	conn_talk_release(conn);
	conn->polite = false;
	conn->is_tls = false;
	conn->opening_len = 0;
	gate_leave(&conn->pass);
}

static bool try_again(struct conn *conn, unsigned help)
{
	uint64_t now = clock_monotonic_us(), pause;
	uint64_t left = conn->deadline > now ? conn->deadline - now : 0;

	if (!attempt_next(&conn->attempt, help, left, &pause))
		return false;
	conn_hang_up(conn);
	/* What this try saw is not true of the next one. */
	conn->observation->client_cert_requested = false;
	(void)conn_enter(conn, pause > 0 ? CONN_PAUSE : CONN_GATE);
	if (pause > 0)
		loop_timer_at(&conn->timer, now + pause);
	return true;
}

/* With a chain in hand nothing could become better, but the proof. */
enum conn_want conn_give_up(
	struct conn *conn, enum outcome outcome, unsigned help, const char *fmt, ...)
{
	struct observation *observation = conn->observation;
	bool has_chain = observation->chain.count > 0;
	char said[sizeof observation->said];
	va_list args;

	conn->polite = outcome == OUTCOME_STARTTLS;
	if (conn->proof)
		return conn_proved(conn);
	va_start(args, fmt);
	phrase_vsay(said, sizeof said, fmt, args);
	va_end(args);
	if (attempt_tells(&conn->attempt, outcome) || has_chain)
		observation_end(observation, outcome, "%s", said);
	if (!has_chain && try_again(conn, help))
		return WANT_AGAIN;
	if (conn->attempt.without_sni && !conn->attempt.only && !has_chain) {
		memcpy(said, observation->said, sizeof said);
		observation_end(
			observation, observation->outcome, "%s; also without a server name", said);
	}
	conn_shake_note(conn);
	return has_chain && (help & ATTEMPT_COMPLETE) ? conn_prove(conn)
						      : conn_enter(conn, CONN_CLOSE);
}

enum conn_want conn_lost(struct conn *conn, int errnum, unsigned help, const char *when)
{
	struct trouble trouble = stream_trouble(errnum);

	if (errnum == 0 || trouble.outcome == OUTCOME_RESET || trouble.outcome == OUTCOME_INTERNAL)
		return conn_give_up(conn, OUTCOME_RESET, help,
			errnum == 0 ? N_("closed the connection %s")
				    : N_("reset the connection %s"),
			when);
	return conn_give_up(conn, trouble.outcome, help, "%s, %s", trouble.words, when);
}
