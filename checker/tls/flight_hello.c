/* SPDX-License-Identifier: MIT */
#include "checker/tls/flight_state.h"

#include <stdlib.h>
#include <string.h>

#include "checker/limits.h"
#include "checker/tls/server_hello.h"
#include "checker/tls/share.h"

static bool send_hello(struct flight *flight, unsigned record_version, struct bytes hello)
{
	return hello.len > 0 &&
	       record_write(&flight->base.out, RECORD_HANDSHAKE, record_version, hello);
}

enum handshake_progress flight_say_hello(struct flight *flight)
{
	uint8_t bytes[HELLO_BYTES];

	if (!crypto_random(flight->crypto, flight->hello.random, sizeof flight->hello.random) ||
		!crypto_random(
			flight->crypto, flight->hello.session_id, sizeof flight->hello.session_id))
		return flight_no_memory(flight);
	size_t len = hello_write(&flight->hello, NULL, bytes, sizeof bytes);
	/* RFC 8446, 5.1: the version that every server gets over. */
	if (!send_hello(flight, OFFER_TLS10, (struct bytes){ bytes, len }))
		return flight_no_memory(flight);
	flight->state = FLIGHT_SERVER_HELLO;
	return HANDSHAKE_MORE;
}

/* Our first ClientHello, now that the hash is known.  It was not kept, for it can be made again. */
static bool begin_transcript(struct flight *flight)
{
	uint8_t bytes[HELLO_BYTES];
	size_t len = hello_write(&flight->hello, NULL, bytes, sizeof bytes);

	return schedule_begin(&flight->schedule, flight->crypto, flight->suite->hash,
		       flight->suite->aead) &&
	       schedule_add(&flight->schedule, (struct bytes){ bytes, len });
}

/* The second ClientHello: the same, but for what was asked for (RFC 8446, 4.1.2). */
static enum handshake_progress say_hello_again(
	struct flight *flight, const struct hello_retry *retry)
{
	size_t room = HELLO_BYTES + retry->cookie.len;
	uint8_t *bytes = malloc(room);

	if (!bytes)
		return flight_no_memory(flight);
	struct bytes hello = { bytes, hello_write(&flight->hello, retry, bytes, room) };
	bool fits = hello.len > 0;
	bool sent = fits && schedule_add(&flight->schedule, hello) &&
		    flight_change_cipher(flight) && send_hello(flight, OFFER_TLS12, hello);
	free(bytes);
	if (!fits)
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"sent a cookie that is too large to be given back");
	return sent ? HANDSHAKE_MORE : flight_no_memory(flight);
}

/* RFC 8446, 4.1.4 */
static enum handshake_progress on_retry(
	struct flight *flight, const struct message *message, const struct server_hello *server)
{
	const struct hello_retry retry = { server->group, server->cookie };

	if (flight->retried)
		return flight_fault_as(
			flight, ALERT_UNEXPECTED_MESSAGE, "sent a second HelloRetryRequest");
	if (server->group && server->group->first)
		return flight_fault_as(
			flight, ALERT_ILLEGAL_PARAMETER, "asked for a key share that it had got");
	if (!server->group && server->cookie.len == 0)
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"sent a HelloRetryRequest that asks for nothing");
	flight->retried = true;
	flight->retry_group = server->group;
	if (!begin_transcript(flight) || !schedule_retry(&flight->schedule, flight->crypto) ||
		!schedule_add(&flight->schedule, message->whole))
		return flight_no_memory(flight);
	return say_hello_again(flight, &retry);
}

static enum handshake_progress begin_tls13(
	struct flight *flight, const struct message *message, const struct server_hello *server)
{
	struct bytes secret;
	bool sent = flight->retry_group ? server->group == flight->retry_group
					: server->group->first;

	if (!sent)
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"answered a key share of the group 0x%04x, which was not sent",
			server->group->code);
	if (!share_secret(server->group, server->share, &secret))
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"sent a key share that is none of its group");
	if ((!flight->retried && !begin_transcript(flight)) ||
		!schedule_add(&flight->schedule, message->whole) ||
		!schedule_keys(&flight->schedule, flight->crypto, secret))
		return flight_no_memory(flight);
	flight->state = FLIGHT_EXTENSIONS;
	return HANDSHAKE_MORE;
}

enum handshake_progress flight_on_server_hello(
	struct flight *flight, const struct message *message, bool last)
{
	const struct offer_suite *suite = flight->suite; /* of a HelloRetryRequest */
	struct server_hello server;
	struct fault fault;

	bool good = server_hello_read(&flight->hello, message->body, &server, &fault);
	if (offer_version_name(server.version)) {
		flight->version = server.version;
		flight->suite = server.suite;
		handshake_note(&flight->base);
	}
	if (!good)
		return flight_fault(flight, &fault);
	/* RFC 8446, 4.1.4: having asked for more, it cannot think better of it. */
	if (flight->retried && (server.version < OFFER_TLS13 || server.suite != suite))
		return flight_fault_as(flight, ALERT_ILLEGAL_PARAMETER,
			"chose otherwise than in its HelloRetryRequest");
	/* RFC 8446, 5.1: the keys change, so the record has to end. */
	if (server.version >= OFFER_TLS13 && !last)
		return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
			"sent a message behind its ServerHello in clear");
	if (server.retry)
		return on_retry(flight, message, &server);
	if (server.version >= OFFER_TLS13)
		return begin_tls13(flight, message, &server);
	memcpy(flight->server_random, server.random, sizeof flight->server_random);
	flight->status = server.status;
	if (!observation_keep(&flight->base.observation->scts, server.scts.at, server.scts.len,
		    LIMIT_SCT_BYTES))
		return flight_no_memory(flight);
	flight->state = FLIGHT_CERTIFICATE_12;
	return HANDSHAKE_MORE;
}
