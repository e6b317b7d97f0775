/* SPDX-License-Identifier: MIT */
#include "checker/tls/flight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/limits.h"
#include "checker/tls/flight_state.h"

/* RFC 8446, 4.2.2: a cookie of 2^16 bytes may have to be given back. */
#define OUT_BYTES (128u << 10)

/* --- What comes --- */

static enum handshake_progress on_alert(struct flight *flight, struct bytes content)
{
	if (content.len != 2)
		return flight_fault_as(flight, ALERT_DECODE_ERROR, "sent a malformed alert");
	uint8_t level = content.at[0], code = content.at[1];
	/* RFC 8446, 6: with TLS 1.3 the level says nothing, and only these two end nothing. */
	bool warning = flight->schedule.keyed
			       ? code == ALERT_CLOSE_NOTIFY || code == ALERT_USER_CANCELED
			       : level == ALERT_WARNING;
	if (!flight->schedule.keyed && level != ALERT_WARNING && level != ALERT_FATAL)
		return flight_fault_as(
			flight, ALERT_ILLEGAL_PARAMETER, "sent an alert of no known level");
	if (warning && code == ALERT_CLOSE_NOTIFY)
		return flight_fail(flight, OUTCOME_RESET, "said close_notify during the handshake");
	if (warning)
		return flight_idle(flight, PHRASE("warning alerts"));
	alert_explain(code, &flight->base.failure);
	flight->state = FLIGHT_OVER;
	flight->progress = HANDSHAKE_FAILED;
	return HANDSHAKE_FAILED;
}

static enum handshake_progress on_handshake(struct flight *flight, struct bytes content)
{
	const struct message_max max = { flight_message_max, flight };
	enum handshake_progress progress = HANDSHAKE_MORE;
	enum record_status status = RECORD_WHOLE;
	struct message message;

	/* RFC 8446, 5.1 forbids it, but it costs nothing to be forgiving. */
	if (content.len == 0)
		return flight_idle(flight, PHRASE("empty records"));
	while (content.len > 0 && progress == HANDSHAKE_MORE) {
		status = message_next(&flight->messages, &content, &max, &message);
		if (status == RECORD_WHOLE)
			progress = flight_on_message(flight, &message, content.len == 0);
		else if (status == RECORD_TOO_LONG)
			progress = flight_on_long_message(flight, &message);
		else if (status == RECORD_NO_MEMORY)
			progress = flight_no_memory(flight);
	}
	return progress;
}

/* RFC 8446, 5: dropped without a thought, wherever TLS 1.3 may be spoken; D.4 says why. */
static enum handshake_progress on_change_cipher(struct flight *flight, struct bytes content)
{
	bool possible = flight->version == 0 ? offer_newest(flight->hello.offer) >= OFFER_TLS13
					     : flight_is_13(flight);

	if (!possible || content.len != 1 || content.at[0] != 1)
		return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
			"sent a change_cipher_spec where it has no place");
	return flight_idle(flight, PHRASE("change_cipher_spec records"));
}

static enum handshake_progress on_content(struct flight *flight, uint8_t type, struct bytes content)
{
	if (type == RECORD_ALERT)
		return on_alert(flight, content);
	if (type == RECORD_HANDSHAKE)
		return on_handshake(flight, content);
	return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
		"sent a record of type %u in the middle of the handshake", type);
}

static enum handshake_progress on_sealed(struct flight *flight, const struct record *record)
{
	uint8_t plain[RECORD_SEALED_BYTES], type;
	struct bytes content;

	if (!schedule_open(&flight->schedule.server, flight->crypto, record->whole, plain, &type,
		    &content))
		return flight_fault_as(
			flight, ALERT_BAD_RECORD_MAC, "sent a record that cannot be decrypted");
	if (content.len > RECORD_PLAIN_BYTES)
		return flight_fault_as(
			flight, ALERT_RECORD_OVERFLOW, "sent a record of %zu bytes", content.len);
	return on_content(flight, type, content);
}

static enum handshake_progress on_record(struct flight *flight, const struct record *record)
{
	bool sealed = flight->schedule.keyed && record->type == RECORD_APPLICATION_DATA;

	if (record->major != 3)
		return flight_fault_as(flight, ALERT_PROTOCOL_VERSION,
			"sent what is not a TLS record in the middle of the handshake");
	/* RFC 8446, 5.1: nothing comes between the parts of a message. */
	if (message_begun(&flight->messages) && !sealed && record->type != RECORD_HANDSHAKE &&
		record->type != RECORD_ALERT)
		return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
			"sent a record of type %u in the middle of a message", record->type);
	if (sealed)
		return on_sealed(flight, record);
	if (record->type == RECORD_CHANGE_CIPHER_SPEC)
		return on_change_cipher(flight, record->fragment);
	/* 5: once there are keys, what is not protected was not sent by whom we talk to. */
	if (flight->schedule.keyed)
		return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
			"sent a record of type %u in clear after the ServerHello", record->type);
	return on_content(flight, record->type, record->fragment);
}

static enum handshake_progress on_bytes(struct flight *flight, struct bytes in)
{
	enum handshake_progress progress = HANDSHAKE_MORE;
	struct record record;

	while (progress == HANDSHAKE_MORE) {
		size_t max = flight->schedule.keyed ? RECORD_SEALED_BYTES : RECORD_PLAIN_BYTES;
		enum record_status status = record_next(&flight->records, &in, max, &record);

		if (status == RECORD_SHORT)
			return HANDSHAKE_MORE;
		if (status == RECORD_NO_MEMORY)
			return flight_no_memory(flight);
		if (status == RECORD_TOO_LONG)
			return flight_fault_as(flight, ALERT_RECORD_OVERFLOW,
				"sent a record longer than TLS has them");
		progress = on_record(flight, &record);
	}
	return progress;
}

/* --- The interface --- */

static enum handshake_progress flight_feed(
	struct handshake *handshake, const uint8_t *bytes, size_t len)
{
	struct flight *flight = (struct flight *)handshake;

	if (flight->state == FLIGHT_START)
		return flight_say_hello(flight);
	if (flight->state == FLIGHT_OVER)
		return flight->progress;
	flight->received += len;
	if (flight->received > LIMIT_HANDSHAKE_BYTES)
		return flight_limit(flight,
			"sent more than %u bytes without an end to the handshake",
			LIMIT_HANDSHAKE_BYTES);
	enum handshake_progress progress = on_bytes(flight, (struct bytes){ bytes, len });
	record_rest_settle(&flight->records);
	record_rest_settle(&flight->messages);
	return progress;
}

static void flight_note(struct handshake *handshake)
{
	struct flight *flight = (struct flight *)handshake;
	struct observation *observation = handshake->observation;
	const char *version = offer_version_name(flight->version);

	if (version)
		(void)snprintf(observation->version, sizeof observation->version, "%s", version);
	if (flight->suite)
		(void)snprintf(
			observation->cipher, sizeof observation->cipher, "%s", flight->suite->name);
}

static void flight_free(struct handshake *handshake)
{
	struct flight *flight = (struct flight *)handshake;

	schedule_release(&flight->schedule);
	record_rest_release(&flight->records);
	record_rest_release(&flight->messages);
	buf_release(&handshake->out);
	free(flight);
}

static const struct handshake_method method = {
	.name = "flight",
	.feed = flight_feed,
	.note = flight_note,
	.free = flight_free,
};

struct handshake *flight_new(struct crypto *crypto, enum handshake_offer offer, const char *sni,
	struct observation *observation)
{
	size_t name_len = sni ? strlen(sni) : 0;
	struct flight *flight = calloc(1, sizeof *flight + name_len + 1);

	if (!flight)
		return NULL;
	flight->base = (struct handshake){
		.method = &method,
		.observation = observation,
		.out = BUF_INIT(OUT_BYTES),
	};
	flight->crypto = crypto;
	flight->hello.offer = offer;
	if (sni) {
		memcpy(flight->name, sni, name_len);
		flight->hello.sni = flight->name;
	}
	record_rest_init(&flight->records, RECORD_HEADER + RECORD_SEALED_BYTES);
	record_rest_init(&flight->messages, LIMIT_CERT_LIST_BYTES + 4);
	return &flight->base;
}
