/* SPDX-License-Identifier: MIT */
#include "checker/tls/flight_state.h"

#include <stdarg.h>
#include <stdio.h>

#include "checker/base/phrase.h"
#include "checker/limits.h"

static void set_message(struct flight *flight, enum outcome outcome, const char *fmt, va_list args)
	PRINTF_LIKE(3, 0);

static void set_message(struct flight *flight, enum outcome outcome, const char *fmt, va_list args)
{
	struct handshake_failure *failure = &flight->base.failure;

	failure->outcome = outcome;
	phrase_vsay(failure->said, sizeof failure->said, fmt, args);
	phrase_render(failure->said, LANGUAGE_EN, failure->message, sizeof failure->message);
	flight->progress = HANDSHAKE_FAILED;
	flight->state = FLIGHT_OVER;
}

enum handshake_progress flight_fail(
	struct flight *flight, enum outcome outcome, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set_message(flight, outcome, fmt, args);
	va_end(args);
	return HANDSHAKE_FAILED;
}

enum handshake_progress flight_no_memory(struct flight *flight)
{
	return flight_fail(flight, OUTCOME_INTERNAL, "out of memory");
}

bool flight_change_cipher(struct flight *flight)
{
	static const uint8_t one[] = { 1 };
	bool said = flight->said_change_cipher;

	flight->said_change_cipher = true;
	return said || record_write(&flight->base.out, RECORD_CHANGE_CIPHER_SPEC, OFFER_TLS12,
			       (struct bytes){ one, sizeof one });
}

/* What version our records say: RFC 8446, 5.1; before an answer, that of the first one. */
static unsigned record_version(const struct flight *flight)
{
	if (flight->version == 0)
		return OFFER_TLS10;
	return flight_is_13(flight) ? OFFER_TLS12 : flight->version;
}

/* An alert; with keys, under the client's (RFC 8446, 6). */
static bool say_alert(struct flight *flight, uint8_t level, enum alert alert)
{
	const uint8_t body[] = { level, (uint8_t)alert };
	struct bytes content = { body, sizeof body };
	uint8_t record[sizeof body + SCHEDULE_MORE];

	if (!flight->schedule.keyed)
		return record_write(
			&flight->base.out, RECORD_ALERT, record_version(flight), content);
	size_t len = schedule_seal(
		&flight->schedule.client, flight->crypto, RECORD_ALERT, content, record);
	return len > 0 && flight_change_cipher(flight) && buf_add(&flight->base.out, record, len);
}

/* RFC 8446, 6.1: the handshake is not wanted any further, then nothing more will be said.  An
 * alert each a record (5.1).  SSL 3.0 has only the second one. */
enum handshake_progress flight_done(struct flight *flight)
{
	flight->state = FLIGHT_OVER;
	flight->progress = HANDSHAKE_DONE;
	if ((flight->version > OFFER_SSL3 &&
		    !say_alert(flight, ALERT_WARNING, ALERT_USER_CANCELED)) ||
		!say_alert(flight, ALERT_WARNING, ALERT_CLOSE_NOTIFY))
		return flight_no_memory(flight);
	return HANDSHAKE_DONE;
}

enum handshake_progress flight_fault(struct flight *flight, const struct fault *fault)
{
	/* RFC 6101, 5.4.2 has few alerts. */
	enum alert alert = flight->version == OFFER_SSL3 ? ALERT_HANDSHAKE_FAILURE : fault->alert;

	if (fault->alert == ALERT_INTERNAL_ERROR) /* ours, and only memory makes it */
		return flight_no_memory(flight);
	flight->base.failure.try_legacy = fault->of_old;
	if (!say_alert(flight, ALERT_FATAL, alert))
		return flight_no_memory(flight);
	return flight_fail(flight, OUTCOME_HANDSHAKE, "%s", fault->words);
}

enum handshake_progress flight_fault_as(
	struct flight *flight, enum alert alert, const char *fmt, ...)
{
	struct fault fault = { .alert = alert };
	va_list args;

	va_start(args, fmt);
	phrase_vsay(fault.words, sizeof fault.words, fmt, args);
	va_end(args);
	return flight_fault(flight, &fault);
}

enum handshake_progress flight_limit(struct flight *flight, const char *fmt, ...)
{
	va_list args;

	if (!say_alert(flight, ALERT_FATAL, ALERT_INTERNAL_ERROR))
		return flight_no_memory(flight);
	va_start(args, fmt);
	set_message(flight, OUTCOME_LIMIT, fmt, args);
	va_end(args);
	return HANDSHAKE_FAILED;
}

enum handshake_progress flight_idle(struct flight *flight, const char *what)
{
	if (++flight->idle <= LIMIT_IDLE_RECORDS)
		return HANDSHAKE_MORE;
	return flight_fault_as(flight, ALERT_UNEXPECTED_MESSAGE,
		"sends %s without an end, and no handshake", what);
}
