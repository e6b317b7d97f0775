/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/alert.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "tests/forge.h"
#include "tests/impostor.h"

/* What the reader makes of servers that keep no rule: before and in their ServerHello. */

#define MODERN HANDSHAKE_OFFER_MODERN
#define LEGACY HANDSHAKE_OFFER_LEGACY
#define X25519 0x001d
#define P521 0x0019

static struct crypto *crypto;
static struct target target = { .refs = 1 };
static struct observation *seen;
static struct handshake *reader;
static struct impostor impostor;

static void begin(enum handshake_offer offer)
{
	crypto = crypto_new(NULL);
	seen = observation_new(&target);
	cr_assert(crypto && seen);
	reader = flight_new(crypto, offer, "www.example.hk", seen);
	cr_assert_not_null(reader);
	impostor_init(&impostor, crypto);
	impostor_hear(&impostor, reader);
}

static void end(void)
{
	impostor_release(&impostor);
	handshake_free(reader);
	observation_free(seen);
	crypto_free(crypto);
}

/* The alert that the reader said last, in clear; -1 for none. */
static int said_alert(void)
{
	const uint8_t *out = (const uint8_t *)buf_text(&reader->out);
	size_t len = reader->out.len;

	return len >= 7 && out[len - 7] == 21 ? out[len - 1] : -1;
}

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *descr;
	enum handshake_offer offer;
	const char *bytes;
	size_t len;
	unsigned times;
	enum handshake_progress progress;
	enum outcome outcome;
	const char *words;
	int alert;
} openings[] = {
	{ "handshake_failure", MODERN, BYTES("\x15\3\3\0\2\2\x28"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "refused the handshake with the alert handshake_failure (40)",
		-1 },
	{ "an alert without a name", MODERN, BYTES("\x15\3\1\0\2\2\x63"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "refused the handshake with the alert unknown (99)", -1 },
	{ "close_notify", MODERN, BYTES("\x15\3\3\0\2\1\0"), 1, HANDSHAKE_FAILED, OUTCOME_RESET,
		"said close_notify during the handshake", -1 },
	{ "a warning", MODERN, BYTES("\x15\3\3\0\2\1\x70"), 1, HANDSHAKE_MORE, OUTCOME_SERVED, "",
		-1 },
	{ "as many warnings as are borne", MODERN, BYTES("\x15\3\3\0\2\1\x5a"), LIMIT_IDLE_RECORDS,
		HANDSHAKE_MORE, OUTCOME_SERVED, "", -1 },
	{ "warnings without an end", MODERN, BYTES("\x15\3\3\0\2\1\x5a"), 10000, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sends warning alerts without an end, and no handshake", 10 },
	{ "an alert of one byte", MODERN, BYTES("\x15\3\3\0\1\2"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sent a malformed alert", 50 },
	{ "two alerts in a record", MODERN, BYTES("\x15\3\3\0\4\1\x5a\1\0"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sent a malformed alert", 50 },
	{ "an alert of level 3", MODERN, BYTES("\x15\3\3\0\2\3\x28"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sent an alert of no known level", 47 },
	{ "HelloRequest, a few", MODERN, BYTES("\x16\3\3\0\4\0\0\0\0"), LIMIT_IDLE_RECORDS,
		HANDSHAKE_MORE, OUTCOME_SERVED, "", -1 },
	{ "HelloRequest without an end", MODERN, BYTES("\x16\3\3\0\4\0\0\0\0"), 10000,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sends HelloRequest messages without an end, and no handshake", 10 },
	{ "many HelloRequest in a record", LEGACY,
		BYTES("\x16\3\3\0\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 10, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sends HelloRequest messages without an end, and no handshake",
		10 },
	{ "a HelloRequest with something in it", MODERN, BYTES("\x16\3\3\0\5\0\0\0\1\0"), 1,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a handshake message of type 0 where it has no place", 10 },
	{ "change_cipher_spec without an end", MODERN, BYTES("\x14\3\3\0\1\1"), 10000,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sends change_cipher_spec records without an end, and no handshake", 10 },
	{ "change_cipher_spec of another kind", MODERN, BYTES("\x14\3\3\0\1\2"), 1,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a change_cipher_spec where it has no place", 10 },
	{ "change_cipher_spec where TLS 1.3 cannot be", LEGACY, BYTES("\x14\3\3\0\1\1"), 1,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a change_cipher_spec where it has no place", 10 },
	{ "change_cipher_spec in the middle of a message", MODERN,
		BYTES("\x16\3\3\0\1\2\x14\3\3\0\1\1"), 1, HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a record of type 20 in the middle of a message", 10 },
	{ "empty records without an end", MODERN, BYTES("\x16\3\3\0\0"), 10000, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sends empty records without an end, and no handshake", 10 },
	{ "application data", MODERN, BYTES("\x17\3\3\0\1x"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sent a record of type 23 in the middle of the handshake", 10 },
	{ "a heartbeat", MODERN, BYTES("\x18\3\3\0\1x"), 1, HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a record of type 24 in the middle of the handshake", 10 },
	{ "a record of 2^14 + 1 bytes, as soon as it is announced", MODERN, BYTES("\x16\3\3\x40\1"),
		1, HANDSHAKE_FAILED, OUTCOME_HANDSHAKE, "sent a record longer than TLS has them",
		22 },
	{ "a record of 2^14 bytes, not all there", MODERN, BYTES("\x16\3\3\x40\0\2"), 1,
		HANDSHAKE_MORE, OUTCOME_SERVED, "", -1 },
	{ "no TLS record", MODERN, BYTES("\x16\2\0\0\1\2"), 1, HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent what is not a TLS record in the middle of the handshake", 70 },
	{ "a Certificate before the ServerHello", MODERN, BYTES("\x16\3\3\0\4\x0b\0\0\0"), 1,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a handshake message of type 11 where it has no place", 10 },
	{ "the same, seen in its header", MODERN, BYTES("\x16\3\3\0\4\x0b\xff\xff\xff"), 1,
		HANDSHAKE_FAILED, OUTCOME_HANDSHAKE,
		"sent a handshake message of type 11 where it has no place", 10 },
	{ "a ServerHello of 16 MB", MODERN, BYTES("\x16\3\3\0\4\2\xff\xff\xff"), 1,
		HANDSHAKE_FAILED, OUTCOME_LIMIT,
		"sent a handshake message of 16777215 bytes, more than allowed", 80 },
	{ "an empty ServerHello", MODERN, BYTES("\x16\3\3\0\4\2\0\0\0"), 1, HANDSHAKE_FAILED,
		OUTCOME_HANDSHAKE, "sent a malformed ServerHello", 50 },
};

static void open_with(size_t i, size_t step)
{
	begin(openings[i].offer);
	for (unsigned n = 0; n < openings[i].times; n++)
		impostor_raw(&impostor, openings[i].bytes, openings[i].len);
	enum handshake_progress progress = impostor_feed(&impostor, reader, step);

	cr_expect_eq(progress, openings[i].progress, "%s", openings[i].descr);
	cr_expect_str_eq(reader->failure.message, openings[i].words, "%s: %s", openings[i].descr,
		reader->failure.message);
	cr_expect_eq(reader->failure.outcome, openings[i].outcome, "%s", openings[i].descr);
	cr_expect_eq(said_alert(), openings[i].alert, "%s: %d", openings[i].descr, said_alert());
	cr_expect_eq(seen->chain.count, 0);
	end();
}

Test(flight_rules, before_the_server_hello)
{
	for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
		open_with(i, 0);
		open_with(i, 1);
	}
}

static const struct {
	const char *descr;
	enum alert alert;
	bool legacy, passing, without_sni;
} refusals[] = {
	{ "an old server that does not understand", ALERT_PROTOCOL_VERSION, true, false, false },
	{ "nothing in common", ALERT_HANDSHAKE_FAILURE, true, false, false },
	{ "a bad day", ALERT_INTERNAL_ERROR, true, true, false },
	{ "a name that it does not know", ALERT_UNRECOGNIZED_NAME, false, false, true },
	{ "what nothing helps against", ALERT_BAD_CERTIFICATE, false, false, false },
};

Test(flight_rules, says_what_may_help)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const uint8_t alert[] = { 2, (uint8_t)refusals[i].alert };

		begin(MODERN);
		impostor_record(&impostor, 21, alert, sizeof alert);
		cr_expect_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_FAILED);
		cr_expect_eq(
			reader->failure.try_legacy, refusals[i].legacy, "%s", refusals[i].descr);
		cr_expect_eq(reader->failure.passing, refusals[i].passing, "%s", refusals[i].descr);
		cr_expect_eq(reader->failure.try_without_sni, refusals[i].without_sni, "%s",
			refusals[i].descr);
		end();
	}
}

#define RANDOM_OF(end) (const uint8_t *)"twenty-four random bytes" end

#define MORE(text)                                        \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

static const struct {
	const char *descr;
	enum handshake_offer offer;
	struct impostor_hello hello;
	const char *words; /* NULL: it is read */
	int alert;
	bool legacy;
	const char *version;
} hellos[] = {
	{ "TLS 1.2", MODERN, { .version = 0x0303, .suite = 0xc02b }, NULL, -1, false, "TLSv1.2" },
	{ "TLS 1.3", MODERN, { .version = 0x0304, .suite = 0x1301, .group = X25519 }, NULL, -1,
		false, "TLSv1.3" },
	{ "SSL 3.0, which was not offered, and is read", LEGACY, { .version = 0x0300, .suite = 4 },
		NULL, -1, false, "SSLv3" },
	{ "a newer version", MODERN, { .version = 0x0305, .suite = 0xc02b },
		"chose the version 0x0305, which was not offered", 70, true, "" },
	{ "SSL 2.0", MODERN, { .version = 0x0002, .suite = 0xc02b },
		"chose the version 0x0002, which was not offered", 70, true, "" },
	{ "TLS 1.3 that was not offered", LEGACY,
		{ .version = 0x0304, .suite = 0x1301, .group = X25519 },
		"chose the version 0x0304, which was not offered", 70, true, "TLSv1.3" },
	{ "supported_versions of TLS 1.2", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\0\x2b\0\2\3\3") },
		"chose the version 0x0303 in a ServerHello of TLS 1.3", 47, false, "TLSv1.2" },
	{ "a suite that nobody knows", MODERN, { .version = 0x0303, .suite = 0x1234 },
		"chose the cipher suite 0x1234, which was not offered", 47, true, "TLSv1.2" },
	{ "an anonymous suite", LEGACY, { .version = 0x0303, .suite = 0x0034 },
		"chose the cipher suite 0x0034, which was not offered", 47, true, "TLSv1.2" },
	{ "a suite of the other offer", MODERN, { .version = 0x0303, .suite = 0x0005 },
		"chose the cipher suite 0x0005, which was not offered", 47, true, "TLSv1.2" },
	{ "a suite of TLS 1.3 in TLS 1.2", MODERN, { .version = 0x0303, .suite = 0x1301 },
		"chose the cipher suite 0x1301, which was not offered for this version", 47, true,
		"TLSv1.2" },
	{ "a suite of TLS 1.2 in TLS 1.3", MODERN,
		{ .version = 0x0304, .suite = 0xc02b, .group = X25519 },
		"chose the cipher suite 0xc02b, which was not offered for this version", 47, true,
		"TLSv1.3" },
	{ "GCM in TLS 1.0", MODERN, { .version = 0x0301, .suite = 0xc02f },
		"chose the cipher suite 0xc02f, which was not offered for this version", 47, true,
		"TLSv1" },
	{ "ALPN, which was not offered", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\0\x10\0\2\0\0") },
		"answered with the extension 16, which was not offered", 110, false, "TLSv1.2" },
	{ "an extension that nobody knows", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\x7f\x7f\0\0") },
		"answered with the extension 32639, which was not offered", 110, false, "TLSv1.2" },
	{ "one that is for another message", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\0\x33\0\0") },
		"sent the extension 51 in a message where it must not be", 47, false, "TLSv1.2" },
	{ "one twice", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\0\x17\0\0\0\x17\0\0") },
		"sent the extension 23 twice", 47, false, "TLSv1.2" },
	{ "extensions that lie", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\0\x17\0\1") },
		"sent extensions with a length that lies", 50, false, "TLSv1.2" },
	{ "renegotiation_info by the cipher suite", LEGACY,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\xff\1\0\1\0") }, NULL, -1,
		false, "TLSv1.2" },
	{ "a renegotiation of nothing", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .more = MORE("\xff\1\0\2\1x") },
		"takes the first handshake for a renegotiation", 40, false, "TLSv1.2" },
	{ "made to choose TLS 1.2", MODERN,
		{ .version = 0x0303, .suite = 0xc02b, .random = RANDOM_OF("DOWNGRD\1") },
		"chose TLSv1.2 and says that it was made to (the downgrade marker of RFC 8446)", 47,
		false, "TLSv1.2" },
	{ "made to choose TLS 1.1", MODERN,
		{ .version = 0x0302, .suite = 0xc009, .random = RANDOM_OF("DOWNGRD\0") },
		"chose TLSv1.1 and says that it was made to (the downgrade marker of RFC 8446)", 47,
		false, "TLSv1.1" },
	{ "made to choose TLS 1.0, by the old offer too", LEGACY,
		{ .version = 0x0301, .suite = 0xc009, .random = RANDOM_OF("DOWNGRD\0") },
		"chose TLSv1 and says that it was made to (the downgrade marker of RFC 8446)", 47,
		false, "TLSv1" },
	{ "TLS 1.2 is all that the old offer has", LEGACY,
		{ .version = 0x0303, .suite = 0xc02b, .random = RANDOM_OF("DOWNGRD\1") }, NULL, -1,
		false, "TLSv1.2" },
	{ "no key share", MODERN, { .version = 0x0304, .suite = 0x1301 },
		"sent a ServerHello of TLS 1.3 without a key share", 109, false, "TLSv1.3" },
	{ "a key share in the old way", MODERN,
		{ .version = 0x0304, .suite = 0x1301, .more = MORE("\0\x33\0\1\0") },
		"sent a malformed key share", 50, false, "TLSv1.3" },
	{ "a share of a group that was not offered", MODERN,
		{ .version = 0x0304, .suite = 0x1301, .more = MORE("\0\x33\0\5\x99\x99\0\1x") },
		"chose the group 0x9999, which was not offered", 47, false, "TLSv1.3" },
	{ "a share of a group whose share was not sent", MODERN,
		{ .version = 0x0304, .suite = 0x1301, .group = P521 },
		"answered a key share of the group 0x0019, which was not sent", 47, false,
		"TLSv1.3" },
	{ "a share that is too short", MODERN,
		{ .version = 0x0304, .suite = 0x1301, .more = MORE("\0\x33\0\5\0\x1d\0\1x") },
		"sent a key share that is none of its group", 47, false, "TLSv1.3" },
	{ "a cookie where there is no retry", MODERN,
		{ .version = 0x0304,
			.suite = 0x1301,
			.group = X25519,
			.more = MORE("\0\x2c\0\3\0\1x") },
		"sent the extension 44 in a message where it must not be", 47, false, "TLSv1.3" },
	{ "a retry", MODERN, { .version = 0x0304, .suite = 0x1301, .group = P521, .retry = true },
		NULL, -1, false, "TLSv1.3" },
	{ "a retry for a group that was not offered", MODERN,
		{ .version = 0x0304,
			.suite = 0x1301,
			.retry = true,
			.more = MORE("\0\x33\0\2\x99\x99") },
		"chose the group 0x9999, which was not offered", 47, false, "TLSv1.3" },
	{ "a retry for a share that it had got", MODERN,
		{ .version = 0x0304, .suite = 0x1301, .group = X25519, .retry = true },
		"asked for a key share that it had got", 47, false, "TLSv1.3" },
	{ "a retry for nothing", MODERN, { .version = 0x0304, .suite = 0x1301, .retry = true },
		"sent a HelloRetryRequest that asks for nothing", 47, false, "TLSv1.3" },
	{ "a retry in TLS 1.2", MODERN, { .version = 0x0303, .suite = 0xc02b, .retry = true },
		"sent a HelloRetryRequest that does not say TLS 1.3", 47, false, "TLSv1.2" },
	{ "an empty cookie", MODERN,
		{ .version = 0x0304,
			.suite = 0x1301,
			.retry = true,
			.more = MORE("\0\x2c\0\2\0\0") },
		"sent a malformed cookie", 50, false, "TLSv1.3" },
};

Test(flight_rules, in_the_server_hello)
{
	for (size_t i = 0; i < ARRAY_LEN(hellos); i++) {
		const char *words = hellos[i].words ? hellos[i].words : "";

		begin(hellos[i].offer);
		impostor_hello(&impostor, &hellos[i].hello);
		enum handshake_progress progress = impostor_feed(&impostor, reader, 0);
		cr_expect_eq(progress, *words ? HANDSHAKE_FAILED : HANDSHAKE_MORE, "%s",
			hellos[i].descr);
		cr_expect_str_eq(reader->failure.message, words, "%s: %s", hellos[i].descr,
			reader->failure.message);
		cr_expect_eq(
			said_alert(), hellos[i].alert, "%s: %d", hellos[i].descr, said_alert());
		cr_expect_eq(reader->failure.try_legacy, hellos[i].legacy, "%s", hellos[i].descr);
		cr_expect_str_eq(
			seen->version, hellos[i].version, "%s: %s", hellos[i].descr, seen->version);
		end();
	}
}

/* RFC 8446, 4.1.3 */
Test(flight_rules, wants_its_session_id_back)
{
	begin(MODERN);
	cr_assert_eq(impostor.session_id_len, 32);
	impostor.session_id[31] ^= 1;
	impostor_hello(&impostor,
		&(struct impostor_hello){ .version = 0x0304, .suite = 0x1301, .group = X25519 });
	cr_expect_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_FAILED);
	cr_expect_str_eq(
		reader->failure.message, "did not give our session id back (RFC 8446, 4.1.3)");
	end();
}

/* RFC 8446, 5.1: keys change at the end of a record. */
Test(flight_rules, nothing_is_behind_a_server_hello)
{
	begin(MODERN);
	impostor_hello(&impostor,
		&(struct impostor_hello){ .version = 0x0304, .suite = 0x1301, .group = X25519 });
	uint8_t *out = (uint8_t *)impostor.out.data;
	size_t len = ((size_t)out[3] << 8 | out[4]) + 4;
	impostor_raw(&impostor, "\x08\0\0\0", 4);
	out = (uint8_t *)impostor.out.data;
	out[3] = (uint8_t)(len >> 8);
	out[4] = (uint8_t)len;
	cr_expect_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_FAILED);
	cr_expect_str_eq(reader->failure.message, "sent a message behind its ServerHello in clear");
	end();
}

static const struct impostor_hello retry = {
	.version = 0x0304, .suite = 0x1301, .group = P521, .retry = true
};

static const struct {
	const char *descr;
	struct impostor_hello second;
	const char *words;
} seconds[] = {
	{ "a second retry", { .version = 0x0304, .suite = 0x1301, .group = 0x001e, .retry = true },
		"sent a second HelloRetryRequest" },
	{ "another suite", { .version = 0x0304, .suite = 0x1303, .group = P521 },
		"chose otherwise than in its HelloRetryRequest" },
	{ "another version", { .version = 0x0303, .suite = 0xc02b },
		"chose otherwise than in its HelloRetryRequest" },
	{ "another group", { .version = 0x0304, .suite = 0x1301, .group = X25519 },
		"answered a key share of the group 0x001d, which was not sent" },
	{ "what it asked for", { .version = 0x0304, .suite = 0x1301, .group = P521 }, "" },
};

Test(flight_rules, after_a_retry)
{
	for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
		begin(MODERN);
		impostor_hello(&impostor, &retry);
		cr_assert_eq(impostor_feed(&impostor, reader, 0), HANDSHAKE_MORE);
		impostor_hear(&impostor, reader);
		impostor_hello(&impostor, &seconds[i].second);
		enum handshake_progress progress = impostor_feed(&impostor, reader, 0);
		cr_expect_eq(progress, *seconds[i].words ? HANDSHAKE_FAILED : HANDSHAKE_MORE, "%s",
			seconds[i].descr);
		cr_expect_str_eq(reader->failure.message, seconds[i].words, "%s: %s",
			seconds[i].descr, reader->failure.message);
		end();
	}
}

static bool contains(const struct buf *buf, const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at + len <= buf->len; at++)
		if (memcmp(buf_text(buf) + at, bytes, len) == 0)
			return true;
	return false;
}

static const struct {
	const char *descr;
	size_t len;
	const char *words;
} cookies[] = {
	{ "of one byte", 1, "" },
	{ "of 60,000 bytes: larger than a record", 60000, "" },
	{ "so large that no ClientHello can have it", 65500,
		"sent a cookie that is too large to be given back" },
};

/* RFC 8446, 4.2.2: it is given back as it came. */
Test(flight_rules, gives_a_cookie_back)
{
	static uint8_t extension[6 + 65500] = { 0, 44 };

	for (size_t i = 0; i < ARRAY_LEN(cookies); i++) {
		size_t len = cookies[i].len;

		extension[2] = (uint8_t)((len + 2) >> 8);
		extension[3] = (uint8_t)(len + 2);
		extension[4] = (uint8_t)(len >> 8);
		extension[5] = (uint8_t)len;
		for (size_t j = 0; j < len; j++)
			extension[6 + j] = (uint8_t)(j * 7 >> 3);
		begin(MODERN);
		impostor_hello(&impostor, &(struct impostor_hello){ .version = 0x0304,
						  .suite = 0x1302,
						  .retry = true,
						  .more = { extension, 6 + len } });
		enum handshake_progress progress = impostor_feed(&impostor, reader, 0);
		cr_expect_eq(progress, *cookies[i].words ? HANDSHAKE_FAILED : HANDSHAKE_MORE, "%s",
			cookies[i].descr);
		cr_expect_str_eq(reader->failure.message, cookies[i].words, "%s", cookies[i].descr);
		if (progress == HANDSHAKE_MORE) {
			impostor_hear(&impostor, reader);
			cr_expect(contains(&impostor.hello, extension, 6 + len), "%s",
				cookies[i].descr);
		}
		end();
	}
}
