/* SPDX-License-Identifier: MIT */
#include "checker/base/phrase.h"
#include "checker/engine/conn_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/clock.h"
#include "checker/base/heap.h"
#include "checker/base/text.h"
#include "checker/engine/pace.h"
#include "checker/engine/proxy.h"
#include "checker/target/target.h"

#define CHUNK 4096

/* --- Connecting --- */

static uint16_t port_of(const struct conn *conn)
{
	const struct proxy *proxy = conn->context->proxy;

	return proxy ? proxy->port : conn->observation->target->port;
}

/* A proxy and a TLS server wait for us; of those that speak in clear first, most greet. */
static bool we_begin(const struct conn *conn)
{
	return conn->context->proxy || !starttls_speaks(conn->observation->target->protocol);
}

/* Nothing of the target is known then, whatever it was. */
static enum conn_want proxy_failed(struct conn *conn, bool passing, const char *words)
{
	const struct proxy *proxy = conn->context->proxy;

	return conn_give_up(conn, OUTCOME_UNREACHABLE, passing ? ATTEMPT_RETRY : 0,
		"the proxy %s:%u: %s", proxy->host, (unsigned)proxy->port, words);
}

static enum conn_want connect_failed(struct conn *conn, int errnum)
{
	enum shortage shortage = stream_shortage(errnum, &conn->address);
	struct trouble trouble = stream_trouble(errnum);
	char words[100];

	if (shortage != SHORTAGE_NONE) {
		conn->shortage = errnum;
		if (gate_short(&conn->pass, shortage)) {
			loop_timer_stop(&conn->timer);
			(void)conn_enter(conn, CONN_GATE);
			return WANT_EVENT;
		}
		return conn_give_up(conn, OUTCOME_INTERNAL, 0, "this machine could not connect: %s",
			stream_words(errnum, words, sizeof words));
	}
	if (conn->context->proxy)
		return proxy_failed(conn, trouble.passing,
			trouble.outcome != OUTCOME_INTERNAL
				? trouble.words
				: stream_words(errnum, words, sizeof words));
	if (trouble.outcome != OUTCOME_INTERNAL)
		return conn_give_up(conn, trouble.outcome, trouble.passing ? ATTEMPT_RETRY : 0,
			"%s", trouble.words);
	return conn_give_up(conn, OUTCOME_INTERNAL, 0, "cannot connect: %s",
		stream_words(errnum, words, sizeof words));
}

/* What comes after the connection, or after the tunnel. */
static enum conn_want go_on(struct conn *conn)
{
	struct observation *observation = conn->observation;
	double ms = (double)(clock_monotonic_us() - conn->began) / 1000;

	if (!conn->proof)
		observation->connect_ms = conn->state == CONN_TUNNEL ? observation->connect_ms + ms
								     : ms;
	if (conn->context->proxy && conn->state == CONN_CONNECT)
		return conn_enter(conn, CONN_TUNNEL);
	return conn_enter(conn,
		starttls_speaks(observation->target->protocol) ? CONN_STARTTLS : CONN_HANDSHAKE);
}

enum conn_want conn_step_connect(struct conn *conn)
{
	int errnum = 0;

	if (conn->stream.fd < 0) {
		/* The place of the first one was taken by whoever began. */
		if (!conn->first && conn->shortage == 0)
			pace_spend(conn->context->pace);
		errnum = stream_connect(&conn->stream, &conn->address, port_of(conn),
			we_begin(conn), conn_ready, conn);
		if (errnum == 0 || errnum == EINPROGRESS) {
			conn->first = false;
			conn->shortage = 0;
			gate_well(conn->context->gate);
		}
	}
	if (errnum == 0)
		errnum = stream_connected(&conn->stream, &conn->address, port_of(conn));
	if (errnum == EINPROGRESS)
		return WANT_EVENT;
	return errnum != 0 ? connect_failed(conn, errnum) : go_on(conn);
}

/* --- Talking --- */

void conn_talk_release(struct conn *conn)
{
	if (conn->tunnel)
		tunnel_release(conn->tunnel);
	if (conn->starttls)
		starttls_release(conn->starttls);
	free(TAKE(conn->tunnel));
	free(TAKE(conn->starttls));
}

static enum conn_want tunnel_heard(struct conn *conn)
{
	struct tunnel *tunnel = conn->tunnel;

	if (!stream_send(&conn->stream, &tunnel->out))
		return proxy_failed(conn, false, PHRASE("wants more from us than it reads"));
	if (tunnel->progress == TUNNEL_MORE)
		return WANT_AGAIN;
	if (tunnel->progress == TUNNEL_FAILED)
		return conn_give_up(conn, tunnel->outcome, tunnel->passing ? ATTEMPT_RETRY : 0,
			"%s", tunnel->said);
	conn_talk_release(conn);
	return go_on(conn);
}

enum conn_want conn_step_tunnel(struct conn *conn)
{
	const struct target *target = conn->observation->target;
	char chunk[CHUNK];
	int errnum = 0;
	size_t taken;

	if (!conn->tunnel) {
		conn->tunnel = malloc(sizeof *conn->tunnel);
		if (!conn->tunnel)
			return conn_give_up(conn, OUTCOME_INTERNAL, 0, "out of memory");
		tunnel_init(conn->tunnel, conn->context->proxy,
			target->address ? target->address : target->host, target->port);
		return tunnel_heard(conn);
	}
	ssize_t got = stream_receive(&conn->stream, chunk, sizeof chunk, &errnum);
	if (got == 0)
		return WANT_EVENT;
	if (got < 0)
		return proxy_failed(conn, true,
			errnum == 0 ? PHRASE("closed the connection without an answer")
				    : PHRASE("the connection was reset before an answer"));
	(void)tunnel_feed(conn->tunnel, chunk, (size_t)got, &taken);
	if (taken < (size_t)got &&
		!stream_give_back(&conn->stream, chunk + taken, (size_t)got - taken))
		return conn_give_up(conn, OUTCOME_INTERNAL, 0, "out of memory");
	return tunnel_heard(conn);
}

static enum conn_want starttls_heard(struct conn *conn)
{
	struct starttls *starttls = conn->starttls;
	struct observation *seen = conn->observation;

	if (!stream_send(&conn->stream, &starttls->out))
		return conn_give_up(conn, OUTCOME_LIMIT, 0, "wants more from us than it reads");
	if (starttls->progress == STARTTLS_MORE)
		return WANT_AGAIN;
	if (starttls->progress == STARTTLS_FAILED)
		return conn_give_up(conn, starttls->outcome, starttls->passing ? ATTEMPT_LATER : 0,
			"%s", starttls->said);
	if (conn->context->identify && starttls->greeting[0] && !seen->banner) {
		seen->platform = platform_of_greeting(starttls->greeting);
		seen->banner = text_copy(starttls->greeting, strlen(starttls->greeting));
		if (!seen->banner)
			heap_note(); /* which ends the run */
	}
	conn_talk_release(conn);
	return conn_enter(conn, CONN_HANDSHAKE);
}

enum conn_want conn_step_starttls(struct conn *conn)
{
	struct starttls *starttls = conn->starttls;
	const struct target *target = conn->observation->target;
	char chunk[CHUNK], when[200];
	int errnum = 0;

	if (!starttls) {
		conn->starttls = malloc(sizeof *conn->starttls);
		if (!conn->starttls)
			return conn_give_up(conn, OUTCOME_INTERNAL, 0, "out of memory");
		starttls_init(conn->starttls, target->protocol, conn->context->helo,
			target->sni ? target->sni : target->host);
		return starttls_heard(conn);
	}
	ssize_t got = stream_receive(&conn->stream, chunk, sizeof chunk, &errnum);
	if (got == 0)
		return WANT_EVENT;
	if (got < 0) {
		starttls_place(starttls, when, sizeof when);
		return conn_lost(conn, errnum, ATTEMPT_RETRY, when);
	}
	(void)starttls_feed(starttls, chunk, (size_t)got);
	return starttls_heard(conn);
}

enum conn_want conn_talk_expire(struct conn *conn)
{
	const struct starttls *starttls = conn->starttls;
	const struct proxy *proxy = conn->context->proxy;
	double limit = conn->context->timeout_s;

	if (starttls)
		return conn_give_up(conn, OUTCOME_TIMEOUT, 0,
			"connected, but %s did not come within %g s (TLS from the first byte would "
			"be %s://)",
			starttls_waits_for(starttls), limit, starttls_direct_scheme(starttls));
	if (conn->tunnel)
		return conn_give_up(conn, OUTCOME_TIMEOUT, 0,
			"no connection through the proxy %s:%u within %g s", proxy->host,
			(unsigned)proxy->port, limit);
	return conn_give_up(conn, OUTCOME_UNREACHABLE, 0,
		"the proxy %s:%u: no connection within %g s", proxy->host, (unsigned)proxy->port,
		limit);
}
