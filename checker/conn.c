/* SPDX-License-Identifier: MIT */
#include "checker/conn.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/loop.h"
#include "checker/observation.h"
#include "checker/pace.h"
#include "checker/resolve.h"
#include "checker/starttls.h"
#include "checker/stream.h"
#include "checker/target.h"
#include "checker/tls.h"
#include "checker/wire.h"

#define RETRY_US 100000   /* before the first further try; twice as long for each one after it */
#define SHORTAGE_US 50000 /* before this machine is asked again for what it had no more of */

enum state { STATE_CONNECT, STATE_STARTTLS, STATE_HANDSHAKE, STATE_PAUSE, STATE_CLOSE };

/* What a step waits for. */
enum want {
	WANT_READ,
	WANT_WRITE,
	WANT_TIME,
	WANT_AGAIN, /* nothing: the state is another one now */
	WANT_END,
};

/* What may help after a failure. */
#define HELP_RETRY 1u
#define HELP_LEGACY 2u
#define HELP_NO_SNI 4u

struct failure {
	enum outcome outcome; /* OUTCOME_SERVED: none */
	char message[180];
};

struct conn {
	const struct conn_context *context;
	struct observation *observation;
	struct address address;
	uint64_t deadline;
	void *arg;

	enum state state;
	uint64_t resume; /* when the pause ends */
	int shortage;    /* errno of what this machine had no more of; 0: none */
	bool first;      /* no connection was begun yet */
	bool looked;     /* for the last time, after the deadline */

	/* The way it is tried */
	unsigned retries;
	enum tls_offer offer;
	bool without_sni;
	struct failure failure; /* the most telling one of earlier tries */

	/* One try */
	struct stream stream;
	struct loop_timer *timer;
	uint64_t began; /* this state */
	struct starttls starttls;
	bool in_dialogue;
	struct tls_session *session;
	uint8_t opening[WIRE_OPENING]; /* the server's first bytes */
	size_t opening_len;
	bool is_tls;
};

/* The one timer: for the end of a pause, or for the deadline. */
static void arm(struct conn *conn, uint64_t now)
{
	bool pauses = conn->state == STATE_PAUSE && conn->resume < conn->deadline;
	uint64_t until = pauses ? conn->resume : conn->deadline;

	loop_timer_set(conn->timer, until > now ? until - now : 0);
}

/* The only place where the state changes. */
static enum want enter(struct conn *conn, enum state state)
{
	conn->state = state;
	conn->began = clock_monotonic_us();
	arm(conn, conn->began);
	return WANT_AGAIN;
}

/* Ends one try. */
static void hang_up(struct conn *conn, bool politely)
{
	stream_close(&conn->stream, politely);
	tls_session_free(conn->session);
	conn->session = NULL;
	starttls_release(&conn->starttls);
	conn->in_dialogue = false;
	conn->is_tls = false;
	conn->opening_len = 0;
}

/* The first failure is told, but one about the server rather than the network before all. */
static bool tells_more(enum outcome a, enum outcome b)
{
	static const bool of_network[OUTCOME_COUNT] = {
		[OUTCOME_REFUSED] = true,
		[OUTCOME_UNREACHABLE] = true,
		[OUTCOME_TIMEOUT] = true,
		[OUTCOME_RESET] = true,
		[OUTCOME_INTERNAL] = true,
	};

	return b == OUTCOME_SERVED || (!of_network[a] && of_network[b]);
}

static bool try_again(struct conn *conn, unsigned help)
{
	unsigned doubled = conn->retries < 5 ? conn->retries : 5;
	uint64_t resume = clock_monotonic_us() + ((uint64_t)RETRY_US << doubled);
	bool modern = (help & HELP_LEGACY) && conn->offer == TLS_OFFER_MODERN;
	/* Nobody is called old for one mishap: the modern offer is always made twice. */
	bool allowed = conn->retries < conn->context->retries || (modern && conn->retries == 0);
	enum state next = STATE_CONNECT;

	if ((help & HELP_NO_SNI) && !conn->without_sni && conn->observation->target->sni) {
		conn->without_sni = true;
	} else if ((help & HELP_RETRY) && allowed && resume < conn->deadline) {
		conn->retries++;
		conn->resume = resume;
		next = STATE_PAUSE;
	} else if (modern) {
		conn->offer = TLS_OFFER_LEGACY;
	} else {
		return false;
	}
	hang_up(conn, false);
	(void)enter(conn, next);
	return true;
}

/* The last try is over; what it left in the observation stays. */
static enum want end(struct conn *conn)
{
	struct observation *observation = conn->observation;

	if (conn->session) {
		tls_session_note(conn->session);
		if (observation->chain.count > 0)
			observation->tls_ms = (double)(clock_monotonic_us() - conn->began) / 1000;
	}
	observation->legacy_offer = conn->offer == TLS_OFFER_LEGACY && observation->chain.count > 0;
	observation->sni_refused = conn->without_sni && observation->chain.count > 0;
	return enter(conn, STATE_CLOSE);
}

static enum want give_up(struct conn *conn, enum outcome outcome, unsigned help, const char *fmt,
	...) PRINTF_LIKE(4, 5);

/* A try failed.  With a chain in hand nothing could become better. */
static enum want give_up(
	struct conn *conn, enum outcome outcome, unsigned help, const char *fmt, ...)
{
	struct failure failure = { .outcome = outcome };
	bool has_chain = conn->observation->chain.count > 0;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(failure.message, sizeof failure.message, fmt, args);
	va_end(args);
	if (has_chain || tells_more(outcome, conn->failure.outcome))
		conn->failure = failure;
	if (!has_chain && try_again(conn, help)) {
		/* What this try saw is not true of the next one. */
		conn->observation->client_cert_requested = false;
		return WANT_AGAIN;
	}
	observation_end(conn->observation, conn->failure.outcome, "%s%s", conn->failure.message,
		conn->without_sni && !has_chain ? "; also without a server name" : "");
	return end(conn);
}

static enum want served(struct conn *conn, bool complete)
{
	conn->observation->complete = complete;
	observation_end(conn->observation, OUTCOME_SERVED, "%s", "");
	return end(conn);
}

static enum want connect_failed(struct conn *conn, int errnum)
{
	char words[100];

	if (stream_is_shortage(errnum, &conn->address)) {
		conn->shortage = errnum;
		conn->resume = clock_monotonic_us() + SHORTAGE_US;
		hang_up(conn, false);
		return enter(conn, STATE_PAUSE);
	}
	struct trouble trouble = stream_trouble(errnum);
	if (trouble.outcome != OUTCOME_INTERNAL)
		return give_up(conn, trouble.outcome, trouble.passing ? HELP_RETRY : 0, "%s",
			trouble.words);
	return give_up(conn, OUTCOME_INTERNAL, 0, "cannot connect: %s",
		stream_words(errnum, words, sizeof words));
}

static void on_ready(void *arg, unsigned events);

static enum want begin_connect(struct conn *conn)
{
	/* The place of the first one was taken by whoever began. */
	if (!conn->first && conn->shortage == 0)
		pace_spend(conn->context->pace);
	int errnum = stream_connect(&conn->stream, conn->context->loop, &conn->address,
		conn->observation->target->port, on_ready, conn);
	if (errnum != 0)
		return connect_failed(conn, errnum);
	conn->first = false;
	conn->shortage = 0;
	return WANT_WRITE;
}

static enum want step_connect(struct conn *conn)
{
	enum protocol protocol = conn->observation->target->protocol;

	if (conn->stream.fd < 0)
		return begin_connect(conn);
	int errnum = stream_connected(&conn->stream);
	if (errnum != 0)
		return connect_failed(conn, errnum);
	conn->observation->connect_ms = (double)(clock_monotonic_us() - conn->began) / 1000;
	return enter(conn, starttls_speaks(protocol) ? STATE_STARTTLS : STATE_HANDSHAKE);
}

/* The connection is gone, and WHEN says at what point. */
static enum want lost(struct conn *conn, int errnum, unsigned help, const char *when)
{
	struct trouble trouble = stream_trouble(errnum);

	if (errnum == 0 || trouble.outcome == OUTCOME_RESET || trouble.outcome == OUTCOME_INTERNAL)
		return give_up(conn, OUTCOME_RESET, help, "%s the connection %s",
			errnum == 0 ? "closed" : "reset", when);
	return give_up(conn, trouble.outcome, help, "%s, %s", trouble.words, when);
}

static enum want step_starttls(struct conn *conn)
{
	struct starttls *starttls = &conn->starttls;
	char chunk[4096], when[80];
	int errnum;

	if (!conn->in_dialogue) {
		starttls_init(starttls, conn->observation->target->protocol, conn->context->helo);
		conn->in_dialogue = true;
		return WANT_READ;
	}
	stream_flush(&conn->stream);
	ssize_t got = stream_receive(&conn->stream, chunk, sizeof chunk, &errnum);
	if (got == 0)
		return WANT_READ;
	if (got < 0) {
		(void)snprintf(when, sizeof when, "before %s", starttls_waits_for(starttls));
		return lost(conn, errnum, HELP_RETRY, when);
	}
	enum starttls_progress progress = starttls_feed(starttls, chunk, (size_t)got);
	(void)buf_add(&conn->stream.out, buf_text(&starttls->out), starttls->out.len);
	buf_clear(&starttls->out);
	stream_flush(&conn->stream);
	if (progress == STARTTLS_FAILED)
		return give_up(conn, starttls->outcome, 0, "%s", starttls->message);
	return progress == STARTTLS_READY ? enter(conn, STATE_HANDSHAKE) : WANT_READ;
}

static enum want begin_handshake(struct conn *conn)
{
	const char *sni = conn->without_sni ? NULL : conn->observation->target->sni;

	conn->session = tls_session_new(conn->context->tls, conn->offer, sni, conn->observation);
	if (!conn->session || tls_session_feed(conn->session, NULL, 0) != TLS_MORE ||
		!tls_session_send(conn->session, &conn->stream.out))
		return give_up(conn, OUTCOME_INTERNAL, 0, "OpenSSL made no ClientHello");
	stream_flush(&conn->stream);
	return WANT_READ;
}

static enum want handshake_lost(struct conn *conn, int errnum)
{
	bool has_chain = conn->observation->chain.count > 0;
	const char *words = NULL;

	/* Who wants a certificate and gets none may simply go. */
	if (tls_session_declined(conn->session) && (errnum == 0 || errnum == ECONNRESET))
		return served(conn, false);
	if (!conn->is_tls && conn->opening_len > 0) {
		(void)wire_kind(conn->opening, conn->opening_len, true, &words);
		return give_up(conn, OUTCOME_NOT_TLS, 0, "%s",
			words ? words : "closed in the middle of a word");
	}
	if (!conn->is_tls)
		return lost(conn, errnum, HELP_RETRY | HELP_LEGACY,
			"without an answer to the ClientHello");
	return lost(conn, errnum, HELP_RETRY,
		has_chain ? "after its certificates, before the end of the handshake"
			  : "in the middle of the handshake");
}

/* Hands a chunk to the handshake. */
static enum want feed(struct conn *conn, const uint8_t *bytes, size_t len)
{
	enum tls_progress progress = tls_session_feed(conn->session, bytes, len);

	if (progress == TLS_COMPLETE)
		tls_session_say_goodbye(conn->session);
	if (!tls_session_send(conn->session, &conn->stream.out))
		return give_up(conn, OUTCOME_LIMIT, 0, "wants more from us than it reads");
	stream_flush(&conn->stream);
	if (progress == TLS_MORE)
		return WANT_READ;
	if (progress == TLS_COMPLETE && conn->observation->chain.count == 0)
		return give_up(conn, OUTCOME_HANDSHAKE, 0, "shook hands without a certificate");
	if (progress == TLS_COMPLETE)
		return served(conn, true);
	const struct tls_failure *failure = tls_session_failure(conn->session);
	if (failure->outcome == OUTCOME_SERVED ||
		(failure->outcome == OUTCOME_RESET && tls_session_declined(conn->session)))
		return served(conn, false);
	unsigned help = (failure->try_legacy ? HELP_LEGACY : 0) |
			(failure->try_without_sni ? HELP_NO_SNI : 0) |
			(failure->outcome == OUTCOME_RESET || failure->passing ? HELP_RETRY : 0);
	return give_up(conn, failure->outcome, help, "%s", failure->message);
}

static enum want step_handshake(struct conn *conn)
{
	uint8_t chunk[LIMIT_CHUNK_BYTES];
	const char *words = NULL;
	int errnum = 0;

	if (!conn->session)
		return begin_handshake(conn);
	stream_flush(&conn->stream);
	ssize_t got = stream_receive(&conn->stream, chunk, sizeof chunk, &errnum);
	if (got == 0)
		return WANT_READ;
	if (got < 0)
		return handshake_lost(conn, errnum);
	if (conn->is_tls)
		return feed(conn, chunk, (size_t)got);

	/* The first bytes say whether this is for OpenSSL at all. */
	size_t held = conn->opening_len, take = sizeof conn->opening - held;
	if (take > (size_t)got)
		take = (size_t)got;
	memcpy(conn->opening + held, chunk, take);
	conn->opening_len += take;
	switch (wire_kind(conn->opening, conn->opening_len, false, &words)) {
	case WIRE_SHORT:
		return WANT_READ;
	case WIRE_SSL2:
		return give_up(conn, OUTCOME_HANDSHAKE, 0, "speaks SSL 2.0 only");
	case WIRE_OTHER:
		return give_up(conn, OUTCOME_NOT_TLS, 0, "%s", words);
	case WIRE_TLS:
		break;
	}
	conn->is_tls = true;
	enum want want = held > 0 ? feed(conn, conn->opening, held) : WANT_READ;
	return want == WANT_READ ? feed(conn, chunk, (size_t)got) : want;
}

static enum want step_pause(struct conn *conn)
{
	return clock_monotonic_us() < conn->resume ? WANT_TIME : enter(conn, STATE_CONNECT);
}

static enum want step_close(struct conn *conn)
{
	hang_up(conn, conn->failure.outcome == OUTCOME_STARTTLS);
	return WANT_END;
}

static const struct {
	enum want (*step)(struct conn *conn);
	const char *too_late; /* before "within 10 s" */
} states[] = {
	[STATE_CONNECT] = { step_connect, "no connection" },
	[STATE_STARTTLS] = { step_starttls, "no end of the plain dialogue" },
	[STATE_HANDSHAKE] = { step_handshake, "connected, but no end of the TLS handshake" },
	[STATE_PAUSE] = { step_pause, "no connection" },
	[STATE_CLOSE] = { step_close, "no end" },
};

static void run(struct conn *conn)
{
	enum want want;

	while ((want = states[conn->state].step(conn)) != WANT_END) {
		unsigned events = (want == WANT_READ ? LOOP_READ : 0) |
				  (want == WANT_WRITE ? LOOP_WRITE : 0);

		if (want == WANT_AGAIN)
			continue;
		if (stream_watch(&conn->stream, events))
			return;
		(void)give_up(conn, OUTCOME_INTERNAL, 0, "this machine cannot watch the socket");
	}
	struct observation *observation = TAKE(conn->observation);
	void (*done)(void *, struct observation *) = conn->context->done;
	void *arg = conn->arg;
	conn_free(conn);
	done(arg, observation);
}

static void on_ready(void *arg, unsigned events)
{
	(void)events;
	run(arg);
}

/* The deadline, in whatever state it finds us. */
static void expire(struct conn *conn)
{
	double limit = conn->context->timeout_s;
	char words[100];

	if (conn->state == STATE_PAUSE && conn->shortage != 0) {
		(void)give_up(conn, OUTCOME_INTERNAL, 0, "this machine could not connect: %s",
			stream_words(conn->shortage, words, sizeof words));
	} else if (conn->state == STATE_STARTTLS && conn->in_dialogue) {
		(void)give_up(conn, OUTCOME_TIMEOUT, 0,
			"connected, but %s did not come within %g s (TLS from the first byte would "
			"be %s://)",
			starttls_waits_for(&conn->starttls), limit,
			starttls_direct_scheme(&conn->starttls));
	} else {
		(void)give_up(conn, OUTCOME_TIMEOUT, 0, "%s within %g s",
			states[conn->state].too_late, limit);
	}
	run(conn);
}

static void on_time(void *arg)
{
	struct conn *conn = arg;
	uint64_t now = clock_monotonic_us();
	bool over = now >= conn->deadline;
	bool talks = conn->state == STATE_STARTTLS || conn->state == STATE_HANDSHAKE;

	/* A busy thread comes late to what came in time. */
	if (over && (conn->looked || !talks)) {
		expire(conn);
		return;
	}
	conn->looked = over;
	arm(conn, now);
	if (over || (conn->state == STATE_PAUSE && now >= conn->resume))
		run(conn);
}

struct conn *conn_new(const struct conn_context *context, struct observation *observation,
	const struct address *address, uint64_t deadline_us, void *arg)
{
	struct conn *conn = calloc(1, sizeof *conn);

	if (!conn)
		return NULL;
	*conn = (struct conn){
		.context = context,
		.address = *address,
		.deadline = deadline_us,
		.arg = arg,
		.first = true,
	};
	stream_init(&conn->stream);
	conn->timer = loop_timer_new(context->loop, on_time, conn);
	if (!conn->timer) {
		free(conn);
		return NULL;
	}
	conn->observation = observation;
	(void)enter(conn, STATE_PAUSE);
	return conn;
}

void conn_free(struct conn *conn)
{
	if (!conn)
		return;
	hang_up(conn, false);
	loop_timer_free(conn->timer);
	stream_release(&conn->stream);
	observation_free(conn->observation);
	free(conn);
}
