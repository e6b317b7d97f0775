/* SPDX-License-Identifier: MIT */
#include "checker/observation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/answers.h"
#include "checker/base/phrase.h"
#include "checker/target/target.h"

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_SERVED] = NULL,
		[OUTCOME_BAD_TARGET] = N_("bad-target"),
		[OUTCOME_DNS] = N_("dns"),
		[OUTCOME_REFUSED] = N_("refused"),
		[OUTCOME_UNREACHABLE] = N_("unreachable"),
		[OUTCOME_TIMEOUT] = N_("timeout"),
		[OUTCOME_RESET] = N_("reset"),
		[OUTCOME_STARTTLS] = N_("starttls"),
		[OUTCOME_NOT_TLS] = N_("not-tls"),
		[OUTCOME_HANDSHAKE] = N_("handshake"),
		[OUTCOME_LIMIT] = N_("limit"),
		[OUTCOME_INTERNAL] = N_("internal"),
	};
	_Static_assert(ARRAY_LEN(names) == OUTCOME_COUNT, "a name for every outcome");

	return names[outcome];
}

const char *look_name(enum look_kind kind)
{
	static const char *const names[LOOK_COUNT] = {
		[LOOK_MAIN] = "main",
		[LOOK_RSA] = "rsa",
		[LOOK_ECDSA] = "ecdsa",
		[LOOK_TLS12] = "tls1.2",
		[LOOK_NO_SNI] = "no-sni",
		[LOOK_AGAIN] = "again",
	};

	return names[kind];
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

static void free_chain(struct observation *observation)
{
	for (size_t i = 0; i < observation->chain.count; i++)
		free(observation->chain.items[i].bytes);
	free(TAKE(observation->chain.items));
	observation->chain.count = observation->chain.room = 0;
}

void observation_free(struct observation *observation)
{
	if (!observation)
		return;
	free_chain(observation);
	for (size_t i = 0; i < observation->looks.count; i++)
		observation_free(observation->looks.items[i].seen);
	free(observation->looks.items);
	free(observation->staple.bytes);
	free(observation->scts.bytes);
	answers_free(observation->answers);
	free(observation->caa);
	free(observation->banner);
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

bool observation_keep(struct der *into, const uint8_t *bytes, size_t len, size_t most)
{
	if (len == 0 || len > most || into->bytes)
		return true;
	into->bytes = malloc(len);
	if (!into->bytes)
		return false;
	memcpy(into->bytes, bytes, len);
	into->len = len;
	return true;
}

static bool same_chain(const struct observation *a, const struct observation *b)
{
	if (a->chain.count != b->chain.count || a->chain_dropped != b->chain_dropped)
		return false;
	for (size_t i = 0; i < a->chain.count; i++) {
		const struct der *x = &a->chain.items[i], *y = &b->chain.items[i];

		if (x->len != y->len || memcmp(x->bytes, y->bytes, x->len) != 0)
			return false;
	}
	return true;
}

bool observation_add_look(
	struct observation *observation, enum look_kind kind, struct observation *seen)
{
	struct look look = { .kind = kind, .seen = seen };

	if (!vec_reserve(&observation->looks)) {
		observation_free(seen);
		return false;
	}
	if (seen->chain.count > 0 && same_chain(observation, seen))
		look.same_as = 1;
	for (size_t i = 0; i < observation->looks.count && !look.same_as; i++)
		if (seen->chain.count > 0 && same_chain(observation->looks.items[i].seen, seen))
			look.same_as = i + 2;
	if (look.same_as)
		free_chain(seen);
	observation->looks.items[observation->looks.count++] = look;
	return true;
}
