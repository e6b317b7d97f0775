/* SPDX-License-Identifier: MIT */
#include "checker/engine/probe.h"

#include <string.h>

#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/target/target.h"

bool probe_wanted(const struct probe_choice *choice)
{
	return choice->key_types || choice->sni || choice->versions || choice->identify ||
	       choice->repeat > 1;
}

static enum key_kind key_of(const struct observation *main)
{
	const struct der *leaf = &main->chain.items[0];
	struct error err = { .code = ERROR_NONE };
	const struct cert *cert = cert_new(leaf->bytes, leaf->len, &err);
	enum key_kind kind = cert && cert->readable ? cert->key_kind : KEY_OTHER;

	cert_unref(cert);
	return kind;
}

/* Could the answer be another than the main one's? */
static bool tells(
	const struct probe_choice *choice, const struct observation *main, enum look_kind kind)
{
	enum key_kind key = KEY_OTHER;

	switch (kind) {
	case LOOK_RSA:
	case LOOK_ECDSA:
		/* Who answers the legacy offer alone speaks to neither of these two. */
		if (!choice->key_types || main->legacy_offer)
			return false;
		key = key_of(main);
		return kind == LOOK_ECDSA ? key == KEY_RSA : key == KEY_EC || key == KEY_EDWARDS;
	case LOOK_TLS12:
		return choice->versions && strcmp(main->version, "TLSv1.3") == 0;
	case LOOK_NO_SNI:
		return choice->sni && main->target->sni && !main->sni_refused;
	default:
		return false;
	}
}

/* Was there a connection?  What else went wrong is an answer. */
static bool came_through(const struct observation *seen)
{
	return seen->outcome != OUTCOME_REFUSED && seen->outcome != OUTCOME_UNREACHABLE &&
	       seen->outcome != OUTCOME_TIMEOUT && seen->outcome != OUTCOME_INTERNAL;
}

bool probe_asks(const struct probe_choice *choice, const struct observation *main)
{
	static const bool answers[PROTOCOL_COUNT] = {
		[PROTOCOL_HTTPS] = true,
		[PROTOCOL_SMTPS] = true,
		[PROTOCOL_IMAPS] = true,
		[PROTOCOL_POP3S] = true,
		[PROTOCOL_FTPS] = true,
	};
	size_t made = main->looks.count;

	return choice->identify && !main->banner && main->chain.count > 0 &&
	       answers[main->target->protocol] && !target_label(main->target, "platform") &&
	       (made == 0 || came_through(main->looks.items[made - 1].seen));
}

void probe_identified(struct observation *main, struct observation *seen)
{
	main->banner = TAKE(seen->banner);
	main->platform = seen->platform;
}

static void set_way(const struct observation *main, enum look_kind kind, struct conn_way *ret_way)
{
	static const enum handshake_offer offers[LOOK_COUNT] = {
		[LOOK_RSA] = HANDSHAKE_OFFER_RSA,
		[LOOK_ECDSA] = HANDSHAKE_OFFER_ECDSA,
		[LOOK_TLS12] = HANDSHAKE_OFFER_TLS12,
	};

	ret_way->offer = offers[kind];
	ret_way->without_sni = kind == LOOK_NO_SNI || main->sni_refused;
	if (main->legacy_offer)
		ret_way->offer = HANDSHAKE_OFFER_LEGACY;
}

bool probe_next(const struct probe_choice *choice, const struct observation *main,
	enum look_kind *ret_kind, struct conn_way *ret_way)
{
	size_t made = main->looks.count, again = 0;
	const struct look *last = made > 0 ? &main->looks.items[made - 1] : NULL;
	enum look_kind kind = last ? last->kind : LOOK_MAIN;

	if (main->chain.count == 0 || (last && !came_through(last->seen)))
		return false;
	if (kind < LOOK_AGAIN)
		kind++;
	while (kind < LOOK_AGAIN && !tells(choice, main, kind))
		kind++;
	for (size_t i = 0; i < made; i++)
		again += main->looks.items[i].kind == LOOK_AGAIN;
	if (kind == LOOK_AGAIN && again + 1 >= choice->repeat)
		return false;
	*ret_kind = kind;
	set_way(main, kind, ret_way);
	return true;
}
