/* SPDX-License-Identifier: MIT */
#include "checker/cert/sct.h"

#include <criterion/criterion.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "checker/tls/tls.h"
#include "rules/verdict.h"
#include "tests/forge.h"
#include "tests/inmem.h"
#include "tests/stage.h"

/* Signed certificate timestamps wherever they come from (RFC 6962, 3.3). */

#define LIST_BYTES 4096
#define EACH 60 /* octets of a timestamp; only the log's id is read */

struct list {
	uint8_t bytes[LIST_BYTES];
	size_t len;
};

static void put_two(struct list *list, size_t at, size_t value)
{
	list->bytes[at] = (uint8_t)(value >> 8);
	list->bytes[at + 1] = (uint8_t)value;
}

/* One timestamp by each of LOGS; "aab": two by one log, one by another. */
static struct list list_of(const char *logs)
{
	struct list list = { .len = 2 };

	for (const char *log = logs; *log; log++) {
		put_two(&list, list.len, EACH);
		memset(list.bytes + list.len + 3, *log, SCT_LOG_BYTES);
		list.len += 2 + EACH;
	}
	put_two(&list, 0, list.len - 2);
	return list;
}

static const struct {
	const char *descr, *logs;
	size_t cut;       /* octets that are missing at the end */
	int outer, inner; /* added to the lengths that are said */
	size_t count, by;
	bool good;
} readings[] = {
	{ "none", "", 0, 0, 0, 0, 0, true },
	{ "one", "a", 0, 0, 0, 1, 1, true },
	{ "two by one log", "aa", 0, 0, 0, 2, 1, true },
	{ "three by two", "aba", 0, 0, 0, 3, 2, true },
	{ "more logs than are kept", "abcdefghijklmnopqrst", 0, 0, 0, 20, SCT_LOGS, true },
	{ "cut", "ab", 1, 0, 0, 0, 0, false },
	{ "cut, and the whole length says so", "ab", 1, -1, 0, 1, 1, false },
	{ "nothing but half a length", "", 1, 0, 0, 0, 0, false },
	{ "half a length at the end", "a", EACH + 1, -EACH - 1, 0, 0, 0, false },
	{ "one that is longer than the list", "a", 0, 0, 1, 0, 0, false },
	{ "one that is too short for a log's id", "a", 0, 0, -(EACH - 32), 0, 0, false },
};

Test(scts, lists_are_read_to_their_end)
{
	for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
		struct list list = list_of(readings[i].logs);
		struct sct_tally tally = { .count = 0 };

		put_two(&list, 0, list.len - 2 + (size_t)readings[i].outer);
		if (readings[i].logs[0])
			put_two(&list, 2, EACH + (size_t)readings[i].inner);
		cr_expect_eq(sct_read(&tally, list.bytes, list.len - readings[i].cut),
			readings[i].good, "%s", readings[i].descr);
		cr_expect_eq(
			tally.count, readings[i].count, "%s: %zu", readings[i].descr, tally.count);
		cr_expect_eq(tally.logs, readings[i].by, "%s: %zu", readings[i].descr, tally.logs);
	}
}

/* --- Both readers of a handshake --- */

static int send_list(SSL *ssl, unsigned code, unsigned context, const unsigned char **out,
	size_t *len, X509 *x509, size_t chain, int *alert, void *arg)
{
	const struct bytes *bytes = arg;

	(void)ssl;
	(void)code;
	(void)x509;
	(void)chain;
	if (context == SSL_EXT_CLIENT_HELLO)
		return 0;
	if (!bytes->at) {
		*alert = SSL_AD_INTERNAL_ERROR;
		return -1;
	}
	*out = bytes->at;
	*len = bytes->len;
	return 1;
}

static const struct {
	const char *descr;
	int version;
	size_t sent, kept;
} exchanges[] = {
	{ "TLS 1.3", TLS1_3_VERSION, 300, 300 },
	{ "TLS 1.2", TLS1_2_VERSION, 300, 300 },
	{ "as many as may be", TLS1_3_VERSION, LIMIT_SCT_BYTES, LIMIT_SCT_BYTES },
	{ "more", TLS1_3_VERSION, LIMIT_SCT_BYTES + 1, 0 },
	{ "none, TLS 1.3", TLS1_3_VERSION, 0, 0 },
	{ "none, TLS 1.2", TLS1_2_VERSION, 0, 0 },
};

static struct target target = { .refs = 1 };

Test(scts, come_with_the_handshake)
{
	static uint8_t bytes[LIMIT_SCT_BYTES + 1];
	unsigned places = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
			  SSL_EXT_TLS1_3_CERTIFICATE;
	struct error err = { .code = ERROR_NONE };
	struct crypto *crypto = crypto_new(&err);
	struct tls *tls = tls_new();

	cr_assert(crypto && tls);
	memset(bytes, 0x5a, sizeof bytes);
	for (size_t i = 0; i < 2 * ARRAY_LEN(exchanges); i++) {
		size_t row = i / 2;
		struct bytes list = { bytes, exchanges[row].sent };
		SSL_CTX *server = inmem_server("P-256", 0, exchanges[row].version);
		struct inmem inmem = { .step = 0 };
		CLEANUP(observation_freep)
		struct observation *seen = observation_new(&target);
		struct handshake *reader = i % 2 ? tls_handshake_new(tls, HANDSHAKE_OFFER_MODERN,
							   "a.hk", seen)
						 : flight_new(crypto, HANDSHAKE_OFFER_MODERN,
							   "a.hk", seen);

		cr_assert_not_null(reader);
		if (list.len > 0)
			cr_assert(SSL_CTX_add_custom_ext(
				server, 18, places, send_list, NULL, &list, NULL, NULL));
		cr_expect_eq(inmem_play(server, reader, &inmem), HANDSHAKE_DONE, "%s, %s: %s",
			exchanges[row].descr, i % 2 ? "OpenSSL" : "flight",
			reader->failure.message);
		cr_expect_eq(seen->scts.len, exchanges[row].kept, "%s, %s: %zu",
			exchanges[row].descr, i % 2 ? "OpenSSL" : "flight", seen->scts.len);
		if (seen->scts.len > 0)
			cr_expect_arr_eq(seen->scts.bytes, bytes, exchanges[row].kept);
		handshake_free(reader);
		SSL_CTX_free(server);
	}
	tls_free(tls);
	crypto_free(crypto);
}

/* --- What of it counts --- */

static const struct {
	const char *descr;
	const char *sent, *stapled; /* logs; NULL: nothing came that way */
	bool other_leaf, old_staple, no_handshake;
	size_t by_tls, by_staple;
	const char *findings;
} counted[] = {
	{ "nowhere", NULL, NULL, false, false, false, 0, 0,
		"critical policy.certificate-transparency ?" },
	{ "nowhere, and nobody has looked", NULL, NULL, false, false, true, 0, 0,
		"warning policy.certificate-transparency ?" },
	{ "two in the handshake", "ab", NULL, false, false, false, 2, 0, "" },
	{ "two by one log", "aa", NULL, false, false, false, 2, 0,
		"critical policy.certificate-transparency ?" },
	{ "two in the stapled answer", NULL, "ab", false, false, false, 0, 2, "" },
	{ "one each", "a", "b", false, false, false, 1, 1, "" },
	{ "the same one twice", "a", "a", false, false, false, 1, 1,
		"critical policy.certificate-transparency ?" },
	{ "of an answer about another certificate", NULL, "ab", true, false, false, 0, 0,
		"critical policy.certificate-transparency ?" },
	{ "of an answer that is old", NULL, "ab", false, true, false, 0, 0,
		"critical policy.certificate-transparency ?" },
};

static void staple(struct stage *stage, struct observation *seen, const struct forge_cert *leaf,
	size_t row, const struct list *list)
{
	struct forge_cert *other = forge_leaf(&stage->pki, "ssl-ca-3-17-2025", "other.example.hk",
		(struct instant){ 0 }, (struct instant){ 0 });
	struct forge_bytes bytes = forge_ocsp(&stage->pki.forge,
		&(struct forge_ocsp){ .leaf = counted[row].other_leaf ? other : leaf,
			.issuer = forge_pki_find(&stage->pki, "ssl-ca-3-17-2025"),
			.this_update = forge_day("2026-06-18"),
			.next_update = forge_day(
				counted[row].old_staple ? "2026-06-19" : "2026-07-18"),
			.scts = list->bytes,
			.scts_len = list->len });

	cr_assert(observation_keep(&seen->staple, bytes.data, bytes.len, LIMIT_STAPLE_BYTES));
}

Test(scts, count_for_the_leaf_whichever_way_they_come)
{
	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		struct stage stage;
		char got[1024];
		const char *sent = counted[i].sent, *stapled = counted[i].stapled;
		struct list by_tls = list_of(sent ? sent : ""),
			    by_staple = list_of(stapled ? stapled : "");

		stage_init(&stage, "2026-06-20", true);
		stage_edit_profile(&stage, "leaf:\n", "leaf:\n  embeds_scts: true\n");
		struct forge_cert *leaf = forge_leaf(&stage.pki, "ssl-ca-3-17-2025",
			"www.example.hk", (struct instant){ 0 }, (struct instant){ 0 });
		struct observation *seen = stage_observe(
			&stage, leaf, "leaf ssl-ca-3-17-2025 root-ca-3-cross-2022");
		if (sent)
			cr_assert(observation_keep(
				&seen->scts, by_tls.bytes, by_tls.len, LIMIT_SCT_BYTES));
		if (stapled)
			staple(&stage, seen, leaf, i, &by_staple);
		if (counted[i].no_handshake)
			seen->version[0] = '\0';
		struct verdict *verdict = verdict_new(seen, &stage.context, stage.profile, NULL);
		cr_assert_not_null(verdict);
		stage_describe(verdict, got, sizeof got);
		cr_expect_str_eq(got, counted[i].findings, "%s: got '%s'", counted[i].descr, got);
		cr_expect_eq(verdict->scts_by_tls, counted[i].by_tls, "%s: %zu", counted[i].descr,
			verdict->scts_by_tls);
		cr_expect_eq(verdict->scts_by_staple, counted[i].by_staple, "%s: %zu",
			counted[i].descr, verdict->scts_by_staple);
		verdict_free(verdict);
		observation_free(seen);
		stage_release(&stage);
	}
}
