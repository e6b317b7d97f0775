/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/flight.h"
#include "tests/forge.h"
#include "tests/impostor.h"

/* What the reader makes of servers that keep no rule, after their ServerHello. */

#define X25519 0x001d
#define KEY "ed25519:leaf"

static struct crypto *crypto;
static struct target target = { .refs = 1 };
static struct forge forge;
static struct bytes ders[2];
static struct observation *seen;
static struct handshake *reader;
static struct impostor impostor;

static void set_up(void)
{
	forge_init(&forge, FORGE_KEYS_FAST);
	crypto = crypto_new(NULL);
	cr_assert_not_null(crypto);
	struct forge_cert *ca = forge_cert(&forge, &(struct forge_spec){ .subject = "CN=CA",
							   .key = KEY,
							   .ca = true,
							   .not_before = forge_day("2026-01-01"),
							   .not_after = forge_day("2027-01-01") });
	struct forge_cert *leaf = forge_cert(
		&forge, &(struct forge_spec){ .subject = "CN=www.example.hk",
				.key = KEY,
				.issuer = ca,
				.not_before = forge_day("2026-01-01"),
				.not_after = forge_day("2027-01-01") });
	ders[0] = (struct bytes){ leaf->der, leaf->der_len };
	ders[1] = (struct bytes){ ca->der, ca->der_len };
}

static void tear_down(void)
{
	crypto_free(crypto);
	forge_release(&forge);
}

TestSuite(flight_steps, .init = set_up, .fini = tear_down);

static void begin(const struct impostor_hello *hello)
{
	seen = observation_new(&target);
	cr_assert_not_null(seen);
	reader = flight_new(crypto, HANDSHAKE_OFFER_MODERN, "www.example.hk", seen);
	cr_assert_not_null(reader);
	impostor_init(&impostor, crypto);
	impostor_hear(&impostor, reader);
	impostor_hello(&impostor, hello);
	if (hello->version == 0x0304)
		impostor_keys(&impostor, hello->group);
}

static void end(void)
{
	impostor_release(&impostor);
	handshake_free(reader);
	observation_free(seen);
}

/* The alert that was said last: in clear, or sealed; what was not said is -1. */
static int said_alert(void)
{
	const uint8_t *out = (const uint8_t *)buf_text(&reader->out);
	size_t sealed = 5 + 2 + 1 + 16, len = reader->out.len;
	uint8_t plain[64], type = 0;
	struct bytes content;
	int alert = -1;

	if (!impostor.schedule.keyed)
		return len >= 7 && out[len - 7] == 21 ? out[len - 1] : -1;
	/* Behind a change_cipher_spec, one after the other. */
	for (size_t at = 6; at + sealed <= len; at += sealed)
		if (schedule_open(&impostor.schedule.client, crypto,
			    (struct bytes){ out + at, sealed }, plain, &type, &content) &&
			type == 21 && content.len == 2)
			alert = content.at[1];
	return alert;
}

/* X25519, a point of 32 bytes. */
static const uint8_t params[] = { 3, 0, 0x1d, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };
static const uint8_t staple[] = { 1, 0, 0, 4, 'o', 'c', 's', 'p' };

struct bytes_of_row {
	const char *bytes;
	size_t len;
};

/*
 * What the server says: 'e' EncryptedExtensions, 'c' Certificate, 'v' CertificateVerify, 'k'
 * ServerKeyExchange, 's' CertificateStatus, 'd' ServerHelloDone, 'h' HelloRequest, 'x'
 * change_cipher_spec, 'V' and 'K' with a signature that does not fit, '!' the message of the row,
 * '#' its record, '=' the same in clear.
 */
struct script {
	const char *descr, *says;
	uint8_t type;
	struct bytes_of_row row;
	const char *words; /* "": it is DONE */
	int alert;
	size_t certificates;
	enum proof proven;
};

#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}
#define NONE BYTES("")

static void say_signed(bool verify, bool fits)
{
	EVP_PKEY *key = forge_key(&forge, fits ? KEY : "ed25519:stranger");

	if (verify)
		impostor_verify(&impostor, key);
	else
		impostor_key_exchange(&impostor, key, (struct bytes){ params, sizeof params });
}

static void say(char what, const struct script *script)
{
	static const uint8_t none[2];
	struct bytes row = { (const uint8_t *)script->row.bytes, script->row.len };
	bool keyed = impostor.schedule.keyed;

	switch (what) {
	case 'e':
		impostor_message(&impostor, 8, (struct bytes){ none, 2 });
		break;
	case 'c':
		impostor_certificates(&impostor, ders, ARRAY_LEN(ders), keyed);
		break;
	case 'v':
	case 'V':
	case 'k':
	case 'K':
		say_signed(what == 'v' || what == 'V', what == 'v' || what == 'k');
		break;
	case 's':
		impostor_message(&impostor, 22, (struct bytes){ staple, sizeof staple });
		break;
	case 'd':
	case 'h':
		impostor_message(&impostor, what == 'd' ? 14 : 0, (struct bytes){ none, 0 });
		break;
	case 'x':
		impostor_raw(&impostor, "\x14\3\3\0\1\1", 6);
		break;
	case '!':
		impostor_message(&impostor, script->type, row);
		break;
	case '=':
		impostor.schedule.keyed = false;
		impostor_record(&impostor, script->type, row.at, row.len);
		impostor.schedule.keyed = keyed;
		break;
	default:
		impostor_record(&impostor, script->type, row.at, row.len);
		break;
	}
}

static void perform(const struct script *script, const struct impostor_hello *hello, size_t step)
{
	bool good = script->words[0] == '\0';

	begin(hello);
	for (const char *what = script->says; *what; what++)
		say(*what, script);
	enum handshake_progress progress = impostor_feed(&impostor, reader, step);
	cr_expect_eq(progress, good ? HANDSHAKE_DONE : HANDSHAKE_FAILED, "%s: %d", script->descr,
		(int)progress);
	cr_expect_str_eq(reader->failure.message, script->words, "%s: %s", script->descr,
		reader->failure.message);
	cr_expect_eq(said_alert(), script->alert, "%s: %d", script->descr, said_alert());
	cr_expect_eq(seen->chain.count, script->certificates, "%s: %zu", script->descr,
		seen->chain.count);
	cr_expect_eq(seen->proven, script->proven, "%s", script->descr);
	end();
}

static const struct script scripts13[] = {
	{ "a handshake", "ecv", 0, NONE, "", 0, 2, PROOF_SHOWN },
	{ "with change_cipher_spec where it may be", "xexcxv", 0, NONE, "", 0, 2, PROOF_SHOWN },
	{ "a signature of another key", "ecV", 0, NONE,
		"the signature over the handshake is not of the leaf's key", 51, 2, PROOF_REFUTED },
	{ "a record in clear", "e=", 22, BYTES("\x0b\0\0\0"),
		"sent a record of type 22 in clear after the ServerHello", 10, 0, PROOF_UNKNOWN },
	{ "an alert in clear", "=", 21, BYTES("\2\x28"),
		"sent a record of type 21 in clear after the ServerHello", 10, 0, PROOF_UNKNOWN },
	{ "what cannot be decrypted", "=", 23, BYTES("twenty-nine bytes of anything"),
		"sent a record that cannot be decrypted", 20, 0, PROOF_UNKNOWN },
	{ "a record too short for a tag", "=", 23, BYTES("short"),
		"sent a record that cannot be decrypted", 20, 0, PROOF_UNKNOWN },
	{ "a change_cipher_spec under the keys", "#", 20, BYTES("\1"),
		"sent a record of type 20 in the middle of the handshake", 10, 0, PROOF_UNKNOWN },
	{ "application data before the end", "ec#", 23, BYTES("x"),
		"sent a record of type 23 in the middle of the handshake", 10, 2, PROOF_UNKNOWN },
	{ "padding and nothing else", "#", 0, BYTES(""),
		"sent a record of type 0 in the middle of the handshake", 10, 0, PROOF_UNKNOWN },
	{ "an alert", "e#", 21, BYTES("\1\x28"),
		"refused the handshake with the alert handshake_failure (40)", -1, 0,
		PROOF_UNKNOWN },
	{ "an alert after the chain", "ec#", 21, BYTES("\2\x74"),
		"refused the handshake with the alert certificate_required (116)", -1, 2,
		PROOF_UNKNOWN },
	{ "close_notify after the chain", "ec#", 21, BYTES("\1\0"),
		"said close_notify during the handshake", -1, 2, PROOF_UNKNOWN },
	{ "user_canceled, and on it goes", "e#cv", 21, BYTES("\1\x5a"), "", 0, 2, PROOF_SHOWN },
	{ "HelloRequest", "h", 0, NONE, "sent a handshake message of type 0 where it has no place",
		10, 0, PROOF_UNKNOWN },
	{ "a second ServerHello", "!", 2, BYTES("\3\3"),
		"sent a handshake message of type 2 where it has no place", 10, 0, PROOF_UNKNOWN },
	{ "no EncryptedExtensions", "c", 0, NONE,
		"sent a handshake message of type 11 where it has no place", 10, 0, PROOF_UNKNOWN },
	{ "no certificate, as with a pre-shared key", "e!", 20, BYTES("finished"),
		"sent a handshake message of type 20 where it has no place", 10, 0, PROOF_UNKNOWN },
	{ "no proof", "ec!", 20, BYTES("finished"),
		"sent a handshake message of type 20 where it has no place", 10, 2, PROOF_UNKNOWN },
	{ "a certificate that is compressed", "e!", 25, BYTES("zzz"),
		"sent a handshake message of type 25 where it has no place", 10, 0, PROOF_UNKNOWN },
	{ "EncryptedExtensions that lie", "!", 8, BYTES("\0\1"),
		"sent malformed EncryptedExtensions", 50, 0, PROOF_UNKNOWN },
	{ "... with the answer to ALPN", "!", 8, BYTES("\0\4\0\x10\0\0"),
		"answered with the extension 16, which was not offered", 110, 0, PROOF_UNKNOWN },
	{ "... with a key share", "!", 8, BYTES("\0\4\0\x33\0\0"),
		"sent the extension 51 in a message where it must not be", 47, 0, PROOF_UNKNOWN },
	{ "... with what is allowed", "!cv", 8, BYTES("\0\x0c\0\0\0\0\0\x0a\0\4\0\2\0\x1d"), "", 0,
		2, PROOF_SHOWN },
	{ "a CertificateRequest with a context", "e!", 13, BYTES("\1x\0\0"),
		"sent a malformed CertificateRequest", 50, 0, PROOF_UNKNOWN },
	{ "two of them", "e!!", 13, BYTES("\0\0\0"), "sent a second CertificateRequest", 10, 0,
		PROOF_UNKNOWN },
	{ "an empty list", "e!", 11, BYTES("\0\0\0\0"), "the Certificate message is empty", 50, 0,
		PROOF_UNKNOWN },
	{ "a Certificate message of nothing", "e!", 11, BYTES(""),
		"sent a Certificate message whose lengths lie", 50, 0, PROOF_UNKNOWN },
	{ "a certificate of no bytes", "e!", 11, BYTES("\0\0\0\5\0\0\0\0\0"),
		"sent a Certificate message whose lengths lie", 50, 1, PROOF_UNKNOWN },
	{ "a certificate, then a lie", "e!", 11, BYTES("\0\0\0\x0b\0\0\1x\0\0\0\0\7y\0"),
		"sent a Certificate message whose lengths lie", 50, 1, PROOF_UNKNOWN },
	{ "bytes behind the list", "e!", 11, BYTES("\0\0\0\6\0\0\1x\0\0y"),
		"sent a Certificate message whose lengths lie", 50, 1, PROOF_UNKNOWN },
	{ "a context for a server", "e!", 11, BYTES("\1c\0\0\6\0\0\1x\0\0"),
		"sent a Certificate message whose lengths lie", 50, 1, PROOF_UNKNOWN },
	{ "the answer to ALPN with a certificate", "e!", 11,
		BYTES("\0\0\0\x0a\0\0\1x\0\4\0\x10\0\0"),
		"answered with the extension 16, which was not offered", 110, 1, PROOF_UNKNOWN },
	{ "an OCSP answer that lies", "e!", 11, BYTES("\0\0\0\x0b\0\0\1x\0\5\0\5\0\1\1"),
		"sent a malformed CertificateStatus", 50, 1, PROOF_UNKNOWN },
	{ "a leaf that is none", "e!v", 11, BYTES("\0\0\0\6\0\0\1x\0\0"),
		"the leaf, or the key in it, cannot be read", 42, 1, PROOF_UNKNOWN },
	{ "a CertificateVerify of nothing", "ec!", 15, BYTES(""),
		"sent a malformed CertificateVerify", 50, 2, PROOF_UNKNOWN },
	{ "a scheme that nobody knows", "ec!", 15, BYTES("\x99\x99\0\1x"),
		"signed with the scheme 0x9999, which was not offered for TLS 1.3", 47, 2,
		PROOF_UNKNOWN },
	{ "PKCS #1 v1.5", "ec!", 15, BYTES("\4\1\0\1x"),
		"signed with the scheme 0x0401, which was not offered for TLS 1.3", 47, 2,
		PROOF_UNKNOWN },
	{ "a scheme for another kind of key", "ec!", 15, BYTES("\4\3\0\1x"),
		"signed the handshake in a way that the leaf's key is not for", 47, 2,
		PROOF_UNKNOWN },
	{ "an empty signature", "ec!", 15, BYTES("\x08\7\0\0"),
		"the signature over the handshake is not of the leaf's key", 51, 2, PROOF_REFUTED },
};

Test(flight_steps, tls13)
{
	static const struct impostor_hello hello = {
		.version = 0x0304, .suite = 0x1301, .group = X25519
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts13); i++) {
		perform(&scripts13[i], &hello, 0);
		perform(&scripts13[i], &hello, 3);
	}
}

#define DH_ONES "\xff\xff\xff\xff\xff\xff\xff\xff"
#define DH_512 DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES
#define DH_511 \
	"\x7f\xff\xff\xff\xff\xff\xff\xff" DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES
#define DH_LESS_1 \
	DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES DH_ONES "\xff\xff\xff\xff\xff\xff\xff\xfe"

static const struct script scripts12[] = {
	{ "a handshake", "ckd", 0, NONE, "", 0, 2, PROOF_SHOWN },
	{ "with a CertificateStatus", "cskd", 0, NONE, "", 0, 2, PROOF_SHOWN },
	{ "with HelloRequest here and there", "hchkhhd", 0, NONE, "", 0, 2, PROOF_SHOWN },
	{ "a signature of another key", "cKd", 0, NONE,
		"the signature over the handshake is not of the leaf's key", 51, 2, PROOF_REFUTED },
	{ "no certificate", "k", 0, NONE,
		"sent a handshake message of type 12 where it has no place", 10, 0, PROOF_UNKNOWN },
	{ "no ServerKeyExchange", "cd", 0, NONE,
		"sent a handshake message of type 14 where it has no place", 10, 2, PROOF_UNKNOWN },
	{ "a second Certificate", "cc", 0, NONE,
		"sent a handshake message of type 11 where it has no place", 10, 2, PROOF_UNKNOWN },
	{ "a second CertificateStatus", "css", 0, NONE,
		"sent a CertificateStatus that it had not announced", 10, 2, PROOF_UNKNOWN },
	{ "a CertificateStatus of another kind", "c!", 22, BYTES("\2\0\0\1x"),
		"sent a malformed CertificateStatus", 50, 2, PROOF_UNKNOWN },
	{ "a second ServerKeyExchange", "ckk", 0, NONE,
		"sent a handshake message of type 12 where it has no place", 10, 2, PROOF_SHOWN },
	{ "a CertificateRequest", "ck!d", 13, BYTES("\1\1\0\2\4\1\0\0"), "", 0, 2, PROOF_SHOWN },
	{ "a second CertificateRequest", "ck!!", 13, BYTES("\1\1\0\2\4\1\0\0"),
		"sent a handshake message of type 13 where it has no place", 10, 2, PROOF_SHOWN },
	{ "a CertificateRequest too early", "c!", 13, BYTES("\1\1\0\2\4\1\0\0"),
		"sent a handshake message of type 13 where it has no place", 10, 2, PROOF_UNKNOWN },
	{ "a ServerHelloDone with something in it", "ck!", 14, BYTES("x"),
		"sent a malformed ServerHelloDone", 50, 2, PROOF_SHOWN },
	{ "change_cipher_spec", "cx", 0, NONE, "sent a change_cipher_spec where it has no place",
		10, 2, PROOF_UNKNOWN },
	{ "an alert after the chain", "c#", 21, BYTES("\2\x28"),
		"refused the handshake with the alert handshake_failure (40)", -1, 2,
		PROOF_UNKNOWN },
	{ "an empty list", "!", 11, BYTES("\0\0\0"), "the Certificate message is empty", 50, 0,
		PROOF_UNKNOWN },
	{ "a ServerKeyExchange of nothing", "c!", 12, BYTES(""),
		"sent a malformed ServerKeyExchange", 50, 2, PROOF_UNKNOWN },
	{ "a curve that was not offered", "c!", 12, BYTES("\3\0\1\1x"),
		"chose the curve 0x0001, which was not offered", 47, 2, PROOF_UNKNOWN },
	{ "a curve of its own", "c!", 12, BYTES("\1\0\x17\1x"),
		"chose the curve 0x0017, which was not offered", 47, 2, PROOF_UNKNOWN },
	{ "a point that is too short", "c!", 12, BYTES("\3\0\x1d\1x"),
		"sent a point that is not of its curve", 47, 2, PROOF_UNKNOWN },
	{ "no signature", "c!", 12, BYTES("\3\0\x1d\x20 0123456789abcdef0123456789abcde"),
		"sent a malformed ServerKeyExchange", 50, 2, PROOF_UNKNOWN },
	{ "a scheme that was not offered", "c!", 12,
		BYTES("\3\0\x1d\x20 0123456789abcdef0123456789abcde\1\1\0\1x"),
		"signed with the scheme 0x0101, which was not offered", 47, 2, PROOF_UNKNOWN },
	{ "a scheme for another kind of key", "c!", 12,
		BYTES("\3\0\x1d\x20 0123456789abcdef0123456789abcde\x08\4\0\1x"),
		"signed the handshake in a way that the leaf's key is not for", 47, 2,
		PROOF_UNKNOWN },
	{ "bytes behind the signature", "c!", 12,
		BYTES("\3\0\x1d\x20 0123456789abcdef0123456789abcde\x08\7\0\1xy"),
		"sent a malformed ServerKeyExchange", 50, 2, PROOF_UNKNOWN },
};

Test(flight_steps, tls12)
{
	static const struct impostor_hello hello = {
		.version = 0x0303, .suite = 0xc02b, .more = { (const uint8_t *)"\0\5\0\0", 4 }
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts12); i++) {
		perform(&scripts12[i], &hello, 0);
		perform(&scripts12[i], &hello, 1);
	}
}

#define SIGNED "\4\1\0\1x"

static const struct script scripts_dh[] = {
	{ "the leaf's key does not go with the suite", "c!", 12,
		BYTES("\0\x40" DH_512 "\0\1\2\0\1\5" SIGNED),
		"signed the handshake in a way that the leaf's key is not for", 47, 2,
		PROOF_UNKNOWN },
	{ "511 bits", "c!", 12, BYTES("\0\x40" DH_511 "\0\1\2\0\1\5" SIGNED),
		"sent Diffie-Hellman parameters of 511 bits", 40, 2, PROOF_UNKNOWN },
	{ "no prime at all", "c!", 12, BYTES("\0\0\0\1\2\0\1\5" SIGNED),
		"sent Diffie-Hellman parameters of 0 bits", 40, 2, PROOF_UNKNOWN },
	{ "an even prime", "c!", 12, BYTES("\0\x40" DH_LESS_1 "\0\1\2\0\1\5" SIGNED),
		"sent Diffie-Hellman parameters that make no sense", 47, 2, PROOF_UNKNOWN },
	{ "a generator of 1", "c!", 12, BYTES("\0\x40" DH_512 "\0\1\1\0\1\5" SIGNED),
		"sent Diffie-Hellman parameters that make no sense", 47, 2, PROOF_UNKNOWN },
	{ "a public value of 0", "c!", 12, BYTES("\0\x40" DH_512 "\0\1\2\0\2\0\0" SIGNED),
		"sent Diffie-Hellman parameters that make no sense", 47, 2, PROOF_UNKNOWN },
	{ "a public value of p - 1", "c!", 12,
		BYTES("\0\x40" DH_512 "\0\1\2\0\x41\0" DH_LESS_1 SIGNED),
		"sent Diffie-Hellman parameters that make no sense", 47, 2, PROOF_UNKNOWN },
	{ "a public value of p", "c!", 12, BYTES("\0\x40" DH_512 "\0\1\2\0\x40" DH_512 SIGNED),
		"sent Diffie-Hellman parameters that make no sense", 47, 2, PROOF_UNKNOWN },
};

Test(flight_steps, diffie_hellman)
{
	static const struct impostor_hello hello = { .version = 0x0303, .suite = 0x0033 };

	for (size_t i = 0; i < ARRAY_LEN(scripts_dh); i++)
		perform(&scripts_dh[i], &hello, 0);
}

static const struct script scripts_rsa[] = {
	{ "no proof, and none expected", "cd", 0, NONE, "", 0, 2, PROOF_UNKNOWN },
	{ "with a request", "c!d", 13, BYTES("\1\1\0\0"), "", 0, 2, PROOF_UNKNOWN },
	{ "a ServerKeyExchange that does not belong there", "ck", 0, NONE,
		"sent a ServerKeyExchange that its cipher suite does not have", 10, 2,
		PROOF_UNKNOWN },
	{ "a CertificateStatus that was not announced", "cs", 0, NONE,
		"sent a CertificateStatus that it had not announced", 10, 2, PROOF_UNKNOWN },
};

Test(flight_steps, rsa_key_exchange)
{
	static const struct impostor_hello hello = { .version = 0x0303, .suite = 0x002f };

	for (size_t i = 0; i < ARRAY_LEN(scripts_rsa); i++)
		perform(&scripts_rsa[i], &hello, 0);
}
