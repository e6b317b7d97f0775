/* SPDX-License-Identifier: MIT */
/*
 * conn_state - one connection as its rooms share it, and what comes after a try
 *
 * Nobody else's business.
 */
#ifndef CHECKER_ENGINE_CONN_STATE_H
#define CHECKER_ENGINE_CONN_STATE_H

#include "checker/base/attr.h"
#include "checker/engine/attempt.h"
#include "checker/engine/conn.h"
#include "checker/engine/gate.h"
#include "checker/engine/loop.h"
#include "checker/engine/resolve.h"
#include "checker/engine/stream.h"
#include "checker/engine/tunnel.h"
#include "checker/observation.h"
#include "checker/starttls/starttls.h"
#include "checker/tls/handshake.h"
#include "checker/tls/wire.h"

enum conn_state {
	CONN_GATE, /* for its turn */
	CONN_CONNECT,
	CONN_TUNNEL,
	CONN_STARTTLS,
	CONN_HANDSHAKE,
	CONN_PAUSE, /* before another try */
	CONN_CLOSE,
	CONN_STATES,
};

/* What comes after a step. */
enum conn_want {
	WANT_EVENT, /* of the socket, the gate or the timer */
	WANT_AGAIN, /* nothing: there may be more to do */
	WANT_END,
};

struct conn {
	const struct conn_context *context;
	struct observation *observation;
	struct address address;
	uint64_t deadline;
	void *arg;

	enum conn_state state;
	uint64_t began; /* this state */
	struct loop_timer timer;
	struct gate_pass pass;
	int shortage;  /* errno of what this machine had no more of; 0: none */
	bool first;    /* no connection was begun yet */
	bool starting; /* conn_new() has not returned yet */
	bool looked;   /* for the last time, after the deadline */

	/* The way it is tried */
	struct attempt attempt;
	bool asks;
	struct observation *proof; /* of a second handshake, for the sake of `proven`; else NULL */

	/* One try */
	struct stream stream;
	bool polite;               /* its last words are to arrive */
	struct tunnel *tunnel;     /* while there is one to be made */
	struct starttls *starttls; /* while it is spoken */
	struct handshake *handshake;
	uint8_t opening[WIRE_OPENING]; /* the server's first bytes */
	uint8_t opening_len;
	bool is_tls;
};

/* The only way to another state. */
enum conn_want conn_enter(struct conn *conn, enum conn_state state);

/* A try failed, and any of HELP may help (attempt.h). */
enum conn_want conn_give_up(struct conn *conn, enum outcome outcome, unsigned help, const char *fmt,
	...) PRINTF_LIKE(4, 5);

/* The connection is gone, ERRNUM 0 for an orderly close, and WHEN says at what point. */
enum conn_want conn_lost(struct conn *conn, int errnum, unsigned help, const char *when);

/* For the stream: something changed. */
void conn_ready(void *arg, unsigned events);

/* Ends one try. */
void conn_hang_up(struct conn *conn);

/* The steps before TLS, and what is said when the deadline finds one of them. */
enum conn_want conn_step_connect(struct conn *conn);
enum conn_want conn_step_tunnel(struct conn *conn);
enum conn_want conn_step_starttls(struct conn *conn);
enum conn_want conn_talk_expire(struct conn *conn);
void conn_talk_release(struct conn *conn);

/* The handshake. */
enum conn_want conn_step_handshake(struct conn *conn);

/* What is known of the last handshake goes into the observation. */
void conn_shake_note(struct conn *conn);

/* A second, complete one that proves the key, if there is time for it; else the end. */
enum conn_want conn_prove(struct conn *conn);
/* It is over. */
enum conn_want conn_proved(struct conn *conn);

#endif
