/* SPDX-License-Identifier: MIT */
#include "checker/observation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/target/target.h"

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_SERVED] = NULL,
		[OUTCOME_BAD_TARGET] = "bad-target",
		[OUTCOME_DNS] = "dns",
		[OUTCOME_REFUSED] = "refused",
		[OUTCOME_UNREACHABLE] = "unreachable",
		[OUTCOME_TIMEOUT] = "timeout",
		[OUTCOME_RESET] = "reset",
		[OUTCOME_STARTTLS] = "starttls",
		[OUTCOME_NOT_TLS] = "not-tls",
		[OUTCOME_HANDSHAKE] = "handshake",
		[OUTCOME_LIMIT] = "limit",
		[OUTCOME_INTERNAL] = "internal",
	};
	_Static_assert(ARRAY_LEN(names) == OUTCOME_COUNT, "a name for every outcome");

	return names[outcome];
}

struct observation *observation_new(const struct target *target)
{
	struct observation *observation = calloc(1, sizeof *observation);

	if (!observation)
		return NULL;
	observation->target = target_ref(target);
	observation->outcome = OUTCOME_INTERNAL;
	observation->dns_ms = observation->connect_ms = observation->tls_ms = -1;
	return observation;
}

void observation_free(struct observation *observation)
{
	if (!observation)
		return;
	for (size_t i = 0; i < observation->chain.count; i++)
		free(observation->chain.items[i].bytes);
	free(observation->chain.items);
	free(observation->staple.bytes);
	target_unref(observation->target);
	free(observation);
}

void observation_end(struct observation *observation, enum outcome outcome, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	phrase_vsay(observation->said, sizeof observation->said, fmt, args);
	va_end(args);
	phrase_render(
		observation->said, LANGUAGE_EN, observation->message, sizeof observation->message);
	observation->outcome = outcome;
}

bool observation_add_der(struct observation *observation, const uint8_t *der, size_t len)
{
	if (observation->chain.count == LIMIT_CHAIN) {
		observation->chain_dropped++;
		return true;
	}
	if (!vec_reserve(&observation->chain))
		return false;
	/* One byte more, so that a certificate of no bytes at all is one too. */
	uint8_t *copy = malloc(len + 1);
	if (!copy)
		return false;
	if (len > 0)
		memcpy(copy, der, len);
	observation->chain.items[observation->chain.count++] = (struct der){ copy, len };
	return true;
}
