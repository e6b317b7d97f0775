/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/text.h"
#include "checker/tls/crypto.h"
#include "checker/tls/schedule.h"

static struct crypto *crypto;

static void set_up(void)
{
	crypto = crypto_new(NULL);
	cr_assert_not_null(crypto);
}

static void tear_down(void)
{
	crypto_free(crypto);
}

TestSuite(schedule, .init = set_up, .fini = tear_down);

/* RFC 8448, 3: a simple 1-RTT handshake. */
static const char client_hello[] =
	"010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece700000613011303"
	"1302010000910000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101"
	"020103010400230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413"
	"691e529aaf2c002b0003020304000d0020001e0403050306030203080408050806040105010601020104020502"
	"06020202002d00020101001c00024001";
static const char server_hello[] =
	"020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00"
	"330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b0002030"
	"4";
static const char shared_secret[] =
	"8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d";

static struct bytes from_hex(const char *hex, uint8_t *room)
{
	size_t len = strlen(hex) / 2;

	cr_assert(text_to_bytes(hex, room, len));
	return (struct bytes){ room, len };
}

static void expect_hex(const uint8_t *bytes, size_t len, const char *hex, const char *what)
{
	char text[200];

	text_from_bytes(bytes, len, text);
	cr_expect_str_eq(text, hex, "%s: %s", what, text);
}

Test(schedule, is_that_of_rfc_8448)
{
	struct schedule schedule = { .keyed = false };
	uint8_t room[400];

	cr_assert(schedule_begin(&schedule, crypto, CRYPTO_SHA256, CRYPTO_AES_128_GCM));
	cr_assert(schedule_add(&schedule, from_hex(client_hello, room)));
	cr_assert(schedule_add(&schedule, from_hex(server_hello, room)));
	cr_assert(schedule_keys(&schedule, crypto, from_hex(shared_secret, room)));
	expect_hex(schedule.server.key.key, 16, "3fce516009c21727d0f2e4e86ee403bc", "server key");
	expect_hex(schedule.server.iv, 12, "5d313eb2671276ee13000b30", "server iv");
	expect_hex(schedule.client.key.key, 16, "dbfaa693d1762c5b666af5d950258d01", "client key");
	expect_hex(schedule.client.iv, 12, "5bd3c71b836e0b76bb73265f", "client iv");
	schedule_release(&schedule);
}

/* RFC 8446, 7.1, from its beginning: what stands in the source as a constant. */
Test(schedule, begins_where_everybody_does)
{
	static const enum crypto_hash hashes[] = { CRYPTO_SHA256, CRYPTO_SHA384 };
	static const char *const derived[] = {
		"6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba",
		"1591dac5cbbf0330a4a84de9c753330e92d01f0a88214b4464972fd668049e93e52f2b16fad922fd"
		"c0584478428f282b",
	};
	static const uint8_t zeros[64];

	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		size_t len = crypto_hash_len(hashes[i]);
		struct bytes none = { zeros, len };
		uint8_t early[64], empty[64], out[64];
		uint8_t info[100] = { 0, (uint8_t)len, 13 };

		cr_assert(crypto_hmac(crypto, hashes[i], none, none, early));
		cr_assert(crypto_digest(crypto, hashes[i], NULL, 0, empty));
		memcpy(info + 3, "tls13 derived", 13);
		info[16] = (uint8_t)len;
		memcpy(info + 17, empty, len);
		info[17 + len] = 1;
		cr_assert(crypto_hmac(crypto, hashes[i], (struct bytes){ early, len },
			(struct bytes){ info, 18 + len }, out));
		expect_hex(out, len, derived[i], "derived");
	}
}

static void begin(struct schedule *schedule, enum crypto_hash hash, enum crypto_aead aead)
{
	static const uint8_t bytes[32] = { 1, 2, 3 };

	*schedule = (struct schedule){ .keyed = false };
	cr_assert(schedule_begin(schedule, crypto, hash, aead));
	cr_assert(schedule_keys(schedule, crypto, (struct bytes){ bytes, sizeof bytes }));
}

static const struct {
	const char *descr;
	enum crypto_hash hash;
	enum crypto_aead aead;
} ciphers[] = {
	{ "AES-128-GCM", CRYPTO_SHA256, CRYPTO_AES_128_GCM },
	{ "AES-256-GCM", CRYPTO_SHA384, CRYPTO_AES_256_GCM },
	{ "ChaCha20-Poly1305", CRYPTO_SHA256, CRYPTO_CHACHA20_POLY1305 },
	{ "AES-128-CCM", CRYPTO_SHA256, CRYPTO_AES_128_CCM },
	{ "AES-128-CCM-8", CRYPTO_SHA256, CRYPTO_AES_128_CCM_8 },
};

static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 255, 1000, 16384 };

/* Two connections of each at once, so that their keys take turns in one thread. */
Test(schedule, opens_what_was_sealed)
{
	static uint8_t text[16384], record[16384 + SCHEDULE_MORE], plain[16384 + SCHEDULE_MORE];
	struct schedule pair[2];
	struct bytes content;
	uint8_t type;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 31);
	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++) {
		begin(&pair[0], ciphers[i].hash, ciphers[i].aead);
		begin(&pair[1], ciphers[i].hash, ciphers[i].aead);
		for (size_t j = 0; j < 2 * ARRAY_LEN(sizes); j++) {
			struct schedule_side *side = &pair[j % 2].server, theirs = *side;
			size_t size = sizes[j / 2];
			size_t len = schedule_seal(
				side, crypto, 22, (struct bytes){ text, size }, record);

			cr_assert_eq(len, 5 + size + 1 + crypto_tag_len(ciphers[i].aead));
			cr_expect(schedule_open(&theirs, crypto, (struct bytes){ record, len },
					  plain, &type, &content),
				"%s: %zu", ciphers[i].descr, size);
			cr_expect_eq(type, 22);
			cr_expect_eq(content.len, size);
			cr_expect_arr_eq(content.at, text, size);
			/* The number of the record is part of what is authentic. */
			cr_expect_not(schedule_open(&theirs, crypto, (struct bytes){ record, len },
				plain, &type, &content));
		}
		schedule_release(&pair[0]);
		schedule_release(&pair[1]);
	}
}

Test(schedule, opens_nothing_else)
{
	uint8_t record[5 + 3 + 1 + 16], plain[sizeof record], type;
	struct schedule schedule;
	struct bytes content;

	for (size_t i = 0; i < ARRAY_LEN(ciphers); i++) {
		begin(&schedule, ciphers[i].hash, ciphers[i].aead);
		struct schedule_side sealing = schedule.server;
		size_t len = schedule_seal(
			&sealing, crypto, 22, (struct bytes){ (const uint8_t *)"abc", 3 }, record);

		for (size_t at = 0; at < len; at++) {
			struct schedule_side opening = schedule.server;

			record[at] ^= 1;
			cr_expect_not(schedule_open(&opening, crypto, (struct bytes){ record, len },
					      plain, &type, &content),
				"%s: byte %zu", ciphers[i].descr, at);
			record[at] ^= 1;
		}
		for (size_t cut = 5; cut < len; cut++) {
			struct schedule_side opening = schedule.server;

			cr_expect_not(schedule_open(&opening, crypto, (struct bytes){ record, cut },
					      plain, &type, &content),
				"%s: %zu bytes", ciphers[i].descr, cut);
		}
		schedule_release(&schedule);
	}
}

/* RFC 8446, 4.4.1: Hash(message_hash || 00 00 Hash.length || Hash(ClientHello1) || ...). */
Test(schedule, puts_a_hash_in_the_place_of_a_hello)
{
	static const struct bytes hello = { (const uint8_t *)"hello", 5 };
	static const struct bytes rest = { (const uint8_t *)"rest", 4 };
	struct schedule schedule = { .keyed = false };
	uint8_t message[4 + 48] = { 254, 0, 0, 48 }, want[64], got[64];
	struct bytes parts[] = { { message, sizeof message }, rest };

	cr_assert(crypto_digest(crypto, CRYPTO_SHA384, &hello, 1, message + 4));
	cr_assert(crypto_digest(crypto, CRYPTO_SHA384, parts, 2, want));
	cr_assert(schedule_begin(&schedule, crypto, CRYPTO_SHA384, CRYPTO_AES_256_GCM));
	cr_assert(schedule_add(&schedule, hello));
	cr_assert(schedule_retry(&schedule, crypto));
	cr_assert(schedule_add(&schedule, rest));
	cr_assert(crypto_running_digest(crypto, &schedule.transcript, got));
	cr_expect_arr_eq(got, want, 48);
	schedule_release(&schedule);
}
