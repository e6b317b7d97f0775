/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/ssl.h>

#include "checker/engine/probe.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "tests/peer.h"
#include "tests/trial.h"

static struct forge forge;
static struct forge_cert *ec, *rsa, *issuing;
static struct trial trial;

static struct forge_cert *leaf(const char *key, const char *name)
{
	static char san_text[80];
	const char *const san[] = { san_text, NULL };

	(void)snprintf(san_text, sizeof san_text, "DNS:%s", name);
	return forge_cert(&forge, &(struct forge_spec){ .subject = "CN=leaf",
					  .key = key,
					  .issuer = issuing,
					  .not_before = forge_day("2020-01-01"),
					  .not_after = forge_day("2040-01-01"),
					  .san = san });
}

static void set_up(void)
{
	struct forge_cert *chain[TRIAL_CHAIN];

	forge_init(&forge, FORGE_KEYS_FAST);
	trial_chain(&forge, chain);
	issuing = chain[1];
	ec = chain[0];
	rsa = leaf("rsa:leaf", "www.example.hk");
	trial_init(&trial);
}

static void tear_down(void)
{
	trial_release(&trial);
	forge_release(&forge);
}

TestSuite(probe, .init = set_up, .fini = tear_down);

static const struct {
	const char *descr;
	struct probe_choice choice;
	bool is_rsa, legacy, sni_refused, nameless;
	const char *version;
	const char *looks; /* all that are made, when each comes through */
} table[] = {
	{ "none", { .repeat = 1 }, false, false, false, false, "TLSv1.3", "" },
	{ "all, elliptic curve", { true, true, true, false, 2 }, false, false, false, false,
		"TLSv1.3", "rsa tls1.2 no-sni again " },
	{ "all, RSA", { true, true, true, false, 3 }, true, false, false, false, "TLSv1.3",
		"ecdsa tls1.2 no-sni again again " },
	{ "TLS 1.2 at most", { true, true, true, false, 1 }, true, false, false, false, "TLSv1.2",
		"ecdsa no-sni " },
	{ "an address without a name", { true, true, true, false, 0 }, true, false, false, true,
		"TLSv1.3", "ecdsa tls1.2 " },
	{ "the name was refused", { true, true, true, false, 2 }, true, false, true, false,
		"TLSv1.3", "ecdsa tls1.2 again " },
	{ "the legacy offer alone was answered", { true, true, true, false, 2 }, true, true, false,
		false, "TLSv1.2", "no-sni again " },
	{ "key types", { .key_types = true }, true, false, false, false, "TLSv1.3", "ecdsa " },
	{ "versions", { .versions = true }, true, false, false, false, "TLSv1.3", "tls1.2 " },
	{ "server name", { .sni = true }, true, false, false, false, "TLSv1.3", "no-sni " },
};

static struct observation *seen_of(size_t i, struct target *target)
{
	struct observation *seen = observation_new(target);
	const struct forge_cert *one = table[i].is_rsa ? rsa : ec;

	cr_assert(seen && observation_add_der(seen, one->der, one->der_len));
	seen->outcome = OUTCOME_SERVED;
	seen->legacy_offer = table[i].legacy;
	seen->sni_refused = table[i].sni_refused;
	(void)snprintf(seen->version, sizeof seen->version, "%s", table[i].version);
	return seen;
}

Test(probe, chooses_what_tells_something)
{
	char name[] = "www.example.hk";

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct target target = { .refs = 1, .host = name };
		char got[100] = "";
		size_t used = 0;
		enum look_kind kind;
		struct conn_way way;

		target.sni = table[i].nameless ? NULL : name;
		struct observation *seen = seen_of(i, &target);
		while (used < 80 && probe_next(&table[i].choice, seen, &kind, &way)) {
			struct observation *look = observation_new(&target);

			look->outcome = OUTCOME_HANDSHAKE;
			cr_expect_eq(way.without_sni, kind == LOOK_NO_SNI || table[i].sni_refused);
			cr_expect_eq(way.offer == HANDSHAKE_OFFER_LEGACY, table[i].legacy);
			used += (size_t)snprintf(
				got + used, sizeof got - used, "%s ", look_name(kind));
			cr_assert(observation_add_look(seen, kind, look));
		}
		cr_expect_str_eq(got, table[i].looks, "%s: '%s'", table[i].descr, got);
		observation_free(seen);
	}
}

Test(probe, leaves_alone_who_does_not_answer)
{
	struct target target = { .refs = 1 };
	const struct probe_choice all = { true, true, true, false, 9 };
	struct observation *seen = seen_of(1, &target), *look = observation_new(&target);
	enum look_kind kind;
	struct conn_way way;

	look->outcome = OUTCOME_TIMEOUT;
	cr_assert(observation_add_look(seen, LOOK_RSA, look));
	cr_expect_not(probe_next(&all, seen, &kind, &way));
	observation_free(seen);
	seen = observation_new(&target);
	cr_expect_not(probe_next(&all, seen, &kind, &way), "nothing was served");
	observation_free(seen);
}

static const struct look *find(const struct observation *seen, enum look_kind kind)
{
	for (size_t i = 0; i < seen->looks.count; i++)
		if (seen->looks.items[i].kind == kind)
			return &seen->looks.items[i];
	return NULL;
}

static bool is_as_main(const struct look *look)
{
	return look && look->same_as == 1;
}

static void start(struct peer *peer, bool (*serve)(struct peer *, int, unsigned), int max)
{
	struct forge_cert *chain[] = { ec, issuing };

	memset(peer, 0, sizeof *peer);
	peer->serve = serve;
	peer->tls = peer_tls(&forge, chain, 2, TLS1_2_VERSION, max);
	cr_assert(peer_listen(peer, "127.0.0.1", 0));
}

static void use(SSL_CTX *tls, struct forge_cert *cert)
{
	cr_assert_eq(
		SSL_CTX_use_cert_and_key(tls, cert->x509, forge_key(&forge, cert->key), NULL, 1),
		1);
}

static bool is(const struct look *look, const struct forge_cert *cert)
{
	return look && look->seen->chain.count > 0 &&
	       look->seen->chain.items[0].len == cert->der_len &&
	       memcmp(look->seen->chain.items[0].bytes, cert->der, cert->der_len) == 0;
}

/* Both readers get both certificates of a server that has two. */
Test(probe, sees_both_kinds_of_keys)
{
	static const int newest[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	for (size_t i = 0; i < 4; i++) {
		struct peer peer;

		start(&peer, peer_shake, newest[i % 2]);
		use(peer.tls, rsa);
		peer_start(&peer);
		trial.options.complete = i > 1;
		trial.options.probe = (struct probe_choice){ true, true, true, false, 2 };
		trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
		trial_run(&trial);
		const struct observation *seen = trial_result(&trial, i);
		bool got_rsa = seen->chain.items[0].len == rsa->der_len;
		const struct look *other = find(seen, got_rsa ? LOOK_ECDSA : LOOK_RSA);

		cr_assert_eq(seen->outcome, OUTCOME_SERVED, "%zu: %s", i, seen->message);
		cr_assert(other, "%zu", i);
		cr_expect_eq(other->seen->outcome, OUTCOME_SERVED, "%s", other->seen->message);
		cr_expect_eq(other->seen->proven, PROOF_SHOWN, "%zu", i);
		cr_expect_eq(other->seen->complete, i > 1, "%zu", i);
		cr_expect(is(other, got_rsa ? ec : rsa), "%zu", i);
		cr_expect_eq(find(seen, LOOK_TLS12) != NULL, newest[i % 2] == TLS1_3_VERSION);
		cr_expect(is_as_main(find(seen, LOOK_AGAIN)));
		cr_expect(is_as_main(find(seen, LOOK_NO_SNI)));
		peer_stop(&peer);
	}
}

/* That there is no other key is data, and neither an error nor a second result. */
Test(probe, takes_a_refusal_for_an_answer)
{
	struct peer peer;

	start(&peer, peer_shake, TLS1_3_VERSION);
	peer_start(&peer);
	trial.options.probe = (struct probe_choice){ true, true, true, false, 1 };
	trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	const struct observation *seen = trial_result(&trial, 0);
	const struct look *look = find(seen, LOOK_RSA);

	cr_expect_eq(seen->outcome, OUTCOME_SERVED);
	cr_assert(look);
	cr_expect_eq(look->seen->outcome, OUTCOME_HANDSHAKE, "%s", look->seen->message);
	cr_expect_eq(look->seen->chain.count, (size_t)0);
	cr_expect_not(look->seen->legacy_offer);
	look = find(seen, LOOK_TLS12);
	cr_assert(look);
	cr_expect_str_eq(look->seen->version, "TLSv1.2");
	cr_expect_eq(atomic_load(&peer.count), 4u, "%u", atomic_load(&peer.count));
	peer_stop(&peer);
}

static SSL_CTX *other_node;

/* Every third connection meets another node behind the address. */
static bool serve_in_turn(struct peer *peer, int fd, unsigned count)
{
	SSL_CTX *usual = peer->tls;

	if (count % 3 == 0)
		peer->tls = other_node;
	bool kept = peer_shake(peer, fd, count);
	peer->tls = usual;
	return kept;
}

Test(probe, meets_the_nodes_behind_an_address)
{
	struct forge_cert *chain[] = { leaf("node", "www.example.hk"), issuing };
	struct peer peer;
	size_t odd = 0;

	other_node = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	start(&peer, serve_in_turn, TLS1_3_VERSION);
	peer_start(&peer);
	trial.options.probe = (struct probe_choice){ .repeat = 6 };
	trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	const struct observation *seen = trial_result(&trial, 0);

	cr_assert_eq(seen->looks.count, (size_t)5);
	for (size_t i = 0; i < 5; i++)
		odd += seen->looks.items[i].same_as != 1;
	cr_expect_eq(odd, (size_t)2);
	cr_expect_eq(seen->looks.items[4].same_as, (size_t)3, "as the first odd one");
	peer_stop(&peer);
	SSL_CTX_free(other_node);
}

static int choose_by_name(SSL *ssl, int *alert, void *arg)
{
	(void)arg;
	if (!SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) || SSL_set_SSL_CTX(ssl, other_node))
		return SSL_TLSEXT_ERR_OK;
	*alert = SSL_AD_INTERNAL_ERROR;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Test(probe, sees_the_default_certificate)
{
	struct forge_cert *chain[] = { leaf("named", "www.example.hk"), issuing };
	struct peer peer;

	other_node = peer_tls(&forge, chain, 2, TLS1_2_VERSION, TLS1_3_VERSION);
	start(&peer, peer_shake, TLS1_3_VERSION);
	SSL_CTX_set_tlsext_servername_callback(peer.tls, choose_by_name);
	peer_start(&peer);
	trial.options.probe = (struct probe_choice){ .sni = true };
	trial_add_at(&trial, PROTOCOL_HTTPS, "127.0.0.1", peer.port);
	trial_run(&trial);
	const struct observation *seen = trial_result(&trial, 0);

	cr_assert_eq(seen->looks.count, (size_t)1);
	cr_expect(is(&seen->looks.items[0], ec));
	cr_expect_not(seen->looks.items[0].seen->sni_refused);
	peer_stop(&peer);
	SSL_CTX_free(other_node);
}
