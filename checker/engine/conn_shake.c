/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/engine/conn_state.h"

#include <errno.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/heap.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "checker/tls/flight.h"
#include "checker/tls/tls.h"

/* The observation that the handshake of this try writes into. */
static struct observation *seen(struct conn *conn)
{
	return conn->proof ? conn->proof : conn->observation;
}

void conn_shake_note(struct conn *conn)
{
	struct observation *observation = conn->observation;
	bool has_chain = observation->chain.count > 0;

	if (conn->handshake) {
		handshake_note(conn->handshake);
		if (has_chain)
			observation->tls_ms = (double)(clock_monotonic_us() - conn->began) / 1000;
	}
	observation->legacy_offer = conn->attempt.offer == HANDSHAKE_OFFER_LEGACY && has_chain;
	observation->sni_refused = conn->attempt.without_sni && !conn->attempt.only && has_chain;
}

/* --- Proof --- */

enum conn_want conn_prove(struct conn *conn)
{
	const struct observation *observation = conn->observation;

	if (!conn->attempt.complete && observation->proven == PROOF_UNKNOWN &&
		clock_monotonic_us() < conn->deadline) {
		conn->proof = observation_new(observation->target);
		if (!conn->proof)
			heap_note();
	}
	/* Without time it stays unknown. */
	if (!conn->proof)
		return conn_enter(conn, CONN_CLOSE);
	conn->attempt.complete = true;
	conn_hang_up(conn);
	return conn_enter(conn, CONN_GATE);
}

/* Another node of a cluster may have answered this time, and says nothing about the first. */
static bool same_leaf(const struct observation *a, const struct observation *b)
{
	const struct der *x = a->chain.items, *y = b->chain.items;

	return a->chain.count > 0 && b->chain.count > 0 && x->len == y->len &&
	       memcmp(x->bytes, y->bytes, x->len) == 0;
}

enum conn_want conn_proved(struct conn *conn)
{
	struct observation *observation = conn->observation;
	const struct observation *proof = conn->proof;

	if (same_leaf(observation, proof)) {
		observation->proven = proof->proven;
		observation->complete = proof->complete;
	}
	/* What the reader could not make sense of was no fault of the server's. */
	if (observation->complete) {
		observation->outcome = OUTCOME_SERVED;
		observation->message[0] = '\0';
		observation->said[0] = '\0';
	}
	return conn_enter(conn, CONN_CLOSE);
}

/* --- One handshake --- */

static enum conn_want served(struct conn *conn)
{
	struct observation *observation = conn->observation;

	/* RFC 8446, 6.1: a close_notify is worth its way where there was a connection to close. */
	conn->polite = seen(conn)->complete;
	if (conn->proof)
		return conn_proved(conn);
	observation->outcome = OUTCOME_SERVED;
	observation->message[0] = '\0';
	observation->said[0] = '\0';
	conn_shake_note(conn);
	return conn->handshake->unproven ? conn_prove(conn) : conn_enter(conn, CONN_CLOSE);
}

static enum conn_want lost(struct conn *conn, int errnum)
{
	const char *words = NULL;

	/* Who wants a certificate and gets none may simply go. */
	if (conn->handshake->declined && (errnum == 0 || errnum == ECONNRESET))
		return served(conn);
	if (!conn->is_tls && conn->opening_len > 0) {
		(void)wire_kind(conn->opening, conn->opening_len, true, &words);
		return conn_give_up(conn, OUTCOME_NOT_TLS, 0, "%s",
			words ? words : PHRASE("closed in the middle of a word"));
	}
	if (!conn->is_tls)
		return conn_lost(conn, errnum, ATTEMPT_RETRY | ATTEMPT_LEGACY,
			PHRASE("without an answer to the ClientHello"));
	return conn_lost(conn, errnum, ATTEMPT_RETRY,
		seen(conn)->chain.count > 0
			? PHRASE("after its certificates, before the end of the handshake")
			: PHRASE("in the middle of the handshake"));
}

static enum conn_want failed(struct conn *conn)
{
	const struct handshake *handshake = conn->handshake;
	const struct handshake_failure *failure = &handshake->failure;

	if (failure->outcome == OUTCOME_SERVED ||
		(failure->outcome == OUTCOME_RESET && handshake->declined))
		return served(conn);
	unsigned help = (failure->try_legacy ? ATTEMPT_LEGACY : 0) |
			(failure->try_without_sni ? ATTEMPT_NO_SNI : 0) |
			(handshake->unproven ? ATTEMPT_COMPLETE : 0) |
			(failure->outcome == OUTCOME_RESET || failure->passing ? ATTEMPT_RETRY : 0);
	return conn_give_up(conn, failure->outcome, help, "%s", failure->said);
}

/* Hands bytes to the handshake; what it has to say is sent. */
static enum conn_want feed(struct conn *conn, const uint8_t *bytes, size_t len)
{
	enum handshake_progress progress = handshake_feed(conn->handshake, bytes, len);

	if (!stream_send(&conn->stream, &conn->handshake->out) && progress == HANDSHAKE_MORE)
		return conn_give_up(conn, OUTCOME_LIMIT, 0, "wants more from us than it reads");
	if (progress == HANDSHAKE_MORE)
		return WANT_AGAIN;
	return progress == HANDSHAKE_DONE ? served(conn) : failed(conn);
}

static enum conn_want begin(struct conn *conn)
{
	const struct conn_context *context = conn->context;
	const struct attempt *attempt = &conn->attempt;
	const char *sni = attempt->without_sni ? NULL : conn->observation->target->sni;

	conn->handshake = attempt->complete
				  ? tls_handshake_new(context->tls, attempt->offer, sni, seen(conn))
				  : flight_new(context->crypto, attempt->offer, sni, seen(conn));
	if (conn->handshake && conn->asks)
		tls_handshake_ask(conn->handshake);
	if (!conn->handshake)
		return conn_give_up(conn, OUTCOME_INTERNAL, 0,
			"no ClientHello could be made: no memory, or no random bytes");
	return feed(conn, NULL, 0);
}

/* The first bytes say whether this is for a handshake at all. */
static enum conn_want open(struct conn *conn, const uint8_t *bytes, size_t len)
{
	size_t held = conn->opening_len, take = sizeof conn->opening - held;
	const char *words = NULL;

	if (take > len)
		take = len;
	memcpy(conn->opening + held, bytes, take);
	conn->opening_len = (uint8_t)(held + take);
	switch (wire_kind(conn->opening, conn->opening_len, false, &words)) {
	case WIRE_SHORT:
		return WANT_AGAIN;
	case WIRE_SSL2:
		return conn_give_up(conn, OUTCOME_HANDSHAKE, 0, "speaks SSL 2.0 only");
	case WIRE_OTHER:
		return conn_give_up(conn, OUTCOME_NOT_TLS, 0, "%s", words);
	case WIRE_TLS:
		break;
	}
	conn->is_tls = true;
	enum conn_want want = held > 0 ? feed(conn, conn->opening, held) : WANT_AGAIN;
	/* It may be over with the first of them. */
	return conn->state == CONN_HANDSHAKE && want == WANT_AGAIN && conn->handshake
		       ? feed(conn, bytes, len)
		       : want;
}

enum conn_want conn_step_handshake(struct conn *conn)
{
	uint8_t chunk[LIMIT_CHUNK_BYTES];
	int errnum = 0;

	if (!conn->handshake)
		return begin(conn);
	ssize_t got = stream_receive(&conn->stream, chunk, sizeof chunk, &errnum);
	if (got == 0)
		return WANT_EVENT;
	if (got < 0)
		return lost(conn, errnum);
	return conn->is_tls ? feed(conn, chunk, (size_t)got) : open(conn, chunk, (size_t)got);
}
