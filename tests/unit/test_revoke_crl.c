/* SPDX-License-Identifier: MIT */
/*
 * Our reader of lists is held against OpenSSL's: whatever ours takes, OpenSSL takes, and both find
 * the same entries, of lists in order and of damaged ones.
 */
#include "checker/revoke/revoke_crl.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "checker/cert/cert.h"
#include "checker/revoke/revoke_asn1.h"
#include "checker/revoke/revoke_index.h"
#include "tests/forge.h"

/* A generator whose numbers are the same in every run. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

struct fixture {
	struct forge forge;
	struct forge_cert *ca;
	uint32_t random;
};

static void fixture_init(struct fixture *f)
{
	forge_init(&f->forge, FORGE_KEYS_FAST);
	f->random = 1;
	f->ca = forge_cert(&f->forge, &(struct forge_spec){ .subject = "CN=Authority,C=HK",
					      .key = "ca",
					      .ca = true,
					      .not_before = forge_day("2020-01-01"),
					      .not_after = forge_day("2040-01-01") });
}

#define ENTRIES_MAX 60
#define SERIAL_DIGITS 41

/* Entries with numbers of all lengths, some of them twice. */
static size_t make_entries(struct fixture *f, struct forge_revoked entries[static ENTRIES_MAX],
	char serials[static ENTRIES_MAX][SERIAL_DIGITS])
{
	static const char *const reasons[] = { NULL, "keyCompromise", "removeFromCRL",
		"certificateHold", "superseded" };
	size_t count = next_random(&f->random) % ENTRIES_MAX;

	for (size_t i = 0; i < count; i++) {
		size_t octets = 1 + next_random(&f->random) % 20;

		for (size_t k = 0; k < 2 * octets; k++)
			serials[i][k] = "0123456789ABCDEF"[next_random(&f->random) % 16];
		serials[i][0] = "01234567"[next_random(&f->random) % 8];
		serials[i][2 * octets] = '\0';
		if (i > 0 && next_random(&f->random) % 8 == 0)
			memcpy(serials[i], serials[next_random(&f->random) % i], SERIAL_DIGITS);
		entries[i] = (struct forge_revoked){ .serial = serials[i],
			.when.seconds = 1600000000 + next_random(&f->random),
			.reason = reasons[next_random(&f->random) % ARRAY_LEN(reasons)] };
	}
	return count;
}

static struct forge_bytes make_list(struct fixture *f)
{
	struct forge_revoked entries[ENTRIES_MAX];
	char serials[ENTRIES_MAX][SERIAL_DIGITS];
	struct forge_list list = { .issuer = f->ca,
		.this_update = forge_day("2026-06-30"),
		.next_update = forge_day("2026-07-31"),
		.number = next_random(&f->random) % 3,
		.only_ca = next_random(&f->random) % 4 == 0,
		.delta = next_random(&f->random) % 4 == 0,
		.unknown = next_random(&f->random) % 4 == 0,
		.revoked = entries };

	list.revoked_count = make_entries(f, entries, serials);
	return forge_crl(&f->forge, &list);
}

/* Is there, among OpenSSL's entries for the number of ONE, what our reader says? */
static bool openssl_has(X509_CRL *crl, const X509_REVOKED *one, const struct revoke_entry *entry)
{
	const STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
	const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(one);

	for (int i = 0; i < sk_X509_REVOKED_num(all); i++) {
		const X509_REVOKED *other = sk_X509_REVOKED_value(all, i);
		struct instant when;
		ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(
			other, NID_crl_reason, NULL, NULL);
		long number = reason ? ASN1_ENUMERATED_get(reason) : REVOKE_NO_REASON;

		ASN1_ENUMERATED_free(reason);
		if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(other), serial) == 0 &&
			revoke_read_time(X509_REVOKED_get0_revocationDate(other), &when) &&
			when.seconds == entry->since.seconds &&
			(number < 0 ? REVOKE_NO_REASON : number) == entry->reason)
			return true;
	}
	return false;
}

static void compare_entries(const struct revoke_crl *ours, X509_CRL *theirs)
{
	const STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(theirs);
	int count = sk_X509_REVOKED_num(all);

	cr_assert_leq(revoke_index_count(ours->index), (size_t)(count > 0 ? count : 0));
	for (int i = 0; i < count; i++) {
		const X509_REVOKED *one = sk_X509_REVOKED_value(all, i);
		unsigned char *der = NULL;
		struct revoke_entry entry = { .owner = 0 };
		int len = i2d_ASN1_INTEGER(X509_REVOKED_get0_serialNumber(one), &der);

		cr_assert_gt(len, 2);
		/* These numbers are short, so tag and length are an octet each. */
		cr_assert(revoke_index_find(ours->index, der + 2, (size_t)len - 2, &entry));
		cr_assert(openssl_has(theirs, one, &entry));
		OPENSSL_free(der);
	}
}

/* True when ours took it. */
static bool compare(struct fixture *f, const uint8_t *bytes, size_t len)
{
	const char *why;
	const uint8_t *end = bytes;
	CLEANUP(revoke_crl_freep) struct revoke_crl *ours = revoke_crl_new(bytes, len, &why);
	X509_CRL *theirs = d2i_X509_CRL(NULL, &end, (long)len);

	if (ours) {
		const char *unsigned_why;
		X509 *ca = f->ca->x509;

		cr_assert(theirs && end == bytes + len, "OpenSSL refuses what ours takes");
		cr_assert_eq(X509_NAME_cmp(ours->issuer, X509_CRL_get_issuer(theirs)), 0);
		bool fits = revoke_crl_is_signed(ours, forge_as_cert(f->ca), &unsigned_why);
		cr_assert_eq(fits,
			X509_NAME_cmp(ours->issuer, X509_get_subject_name(ca)) == 0 &&
				X509_CRL_verify(theirs, X509_get0_pubkey(ca)) == 1,
			"%s", unsigned_why);
		compare_entries(ours, theirs);
	} else {
		cr_assert(why, "memory did not run out");
	}
	X509_CRL_free(theirs);
	ERR_clear_error();
	return ours;
}

Test(revoke_crl, as_openssl_reads_them)
{
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < 60; i++) {
		struct forge_bytes list = make_list(&f);

		cr_assert(compare(&f, list.data, list.len), "list %zu", i);
	}
	forge_release(&f.forge);
}

/* Damaged ones: nothing is read out of them that OpenSSL would not read. */
Test(revoke_crl, damaged)
{
	struct fixture f;
	size_t taken = 0, refused = 0;

	fixture_init(&f);
	for (size_t i = 0; i < 20; i++) {
		struct forge_bytes list = make_list(&f);
		uint8_t *copy = malloc(list.len);

		cr_assert(copy);
		for (size_t k = 0; k < 100; k++) {
			size_t at = next_random(&f.random) % list.len;

			memcpy(copy, list.data, list.len);
			copy[at] = (uint8_t)(copy[at] ^ (1u << next_random(&f.random) % 8));
			if (compare(&f, copy, list.len))
				taken++;
			else
				refused++;
		}
		free(copy);
	}
	cr_expect_gt(taken, 100u, "of %zu", taken + refused);
	cr_expect_gt(refused, 100u, "of %zu", taken + refused);
	forge_release(&f.forge);
}

/* Schemes without a digest of their own, and keys of every kind. */
Test(revoke_crl, signatures)
{
	static const char *const keys[] = { "rsa:a", "p256:a", "p384:a", "ed25519:a", "ed448:a" };
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		for (int broken = 0; broken < 2; broken++) {
			struct forge_list list = { .issuer = f.ca,
				.this_update = forge_day("2026-06-30"),
				.broken_signature = broken };
			const char *why;

			f.ca = forge_cert(&f.forge, &(struct forge_spec){ .subject = "CN=A",
							    .key = keys[i],
							    .ca = true,
							    .not_before = forge_day("2020-01-01"),
							    .not_after = forge_day("2040-01-01") });
			list.issuer = f.ca;
			struct forge_bytes bytes = forge_crl(&f.forge, &list);
			CLEANUP(revoke_crl_freep)
			struct revoke_crl *crl = revoke_crl_new(bytes.data, bytes.len, &why);

			cr_assert(crl, "%s: %s", keys[i], why);
			cr_expect_eq(revoke_crl_is_signed(crl, forge_as_cert(f.ca), &why), !broken,
				"%s", keys[i]);
		}
	}
	forge_release(&f.forge);
}

Test(revoke_index, numbers_of_all_lengths)
{
	enum { COUNT = 5000 };
	struct revoke_index *index = revoke_index_new(COUNT, 40);
	uint8_t serial[40];
	uint32_t random = 7;

	cr_assert(index);
	for (size_t i = 0; i < COUNT; i++) {
		size_t len = 4 + i % 36;
		struct revoke_entry entry = { .owner = (unsigned)(i % 3),
			.since.seconds = (int64_t)i - 2500,
			.reason = (int)(i % 11) - 1 };

		for (size_t k = 0; k < len; k++)
			serial[k] = (uint8_t)next_random(&random);
		memcpy(serial, &(uint32_t){ (uint32_t)i }, 4);
		revoke_index_add(index, serial, len, &entry);
	}
	revoke_index_settle(index);
	cr_assert_eq(revoke_index_count(index), (size_t)COUNT);
	random = 7;
	for (size_t i = 0; i < COUNT; i++) {
		size_t len = 4 + i % 36;
		struct revoke_entry entry = { .owner = (unsigned)(i % 3) };

		for (size_t k = 0; k < len; k++)
			serial[k] = (uint8_t)next_random(&random);
		memcpy(serial, &(uint32_t){ (uint32_t)i }, 4);
		cr_assert(revoke_index_find(index, serial, len, &entry), "%zu", i);
		cr_assert_eq(entry.since.seconds, (int64_t)i - 2500);
		cr_assert_eq(entry.reason, (int)(i % 11) - 1);
		entry.owner = (unsigned)((i + 1) % 3);
		cr_assert_not(revoke_index_find(index, serial, len, &entry), "another's");
		entry.owner = (unsigned)(i % 3);
		cr_assert_not(revoke_index_find(index, serial, len - 1, &entry), "shorter");
	}
	revoke_index_free(index);
}

/* The gravest of several entries for one certificate, and of those the earliest. */
Test(revoke_index, repeated)
{
	static const struct revoke_entry entries[] = {
		{ 0, { 100 }, REVOKE_REASON_REMOVED },
		{ 0, { 300 }, 1 },
		{ 0, { 200 }, 4 },
		{ 0, { 50 }, REVOKE_REASON_REMOVED },
	};
	struct revoke_index *index = revoke_index_new(ARRAY_LEN(entries), 1);
	struct revoke_entry found = { .owner = 0 };

	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		revoke_index_add(index, (const uint8_t *)"\x05", 1, &entries[i]);
	revoke_index_settle(index);
	cr_expect_eq(revoke_index_count(index), 1u);
	cr_assert(revoke_index_find(index, (const uint8_t *)"\x05", 1, &found));
	cr_expect_eq(found.since.seconds, 200);
	cr_expect_eq(found.reason, 4);
	revoke_index_free(index);
}

Test(revoke_number, text_and_order)
{
	static const struct {
		const char *descr, *content, *text;
		size_t len;
		bool good;
	} cases[] = {
		{ "zero", "\x00", "0", 1, true },
		{ "one octet", "\x7f", "127", 1, true },
		{ "a high bit", "\x00\x80", "128", 2, true },
		{ "eight octets", "\x00\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615", 9,
			true },
		{ "more", "\x01\x00\x00\x00\x00\x00\x00\x00\x00", "0x010000000000000000", 9, true },
		{ "twenty octets and a zero", "\x00\x81yyyyyyyyyyyyyyyyyyy",
			"0x8179797979797979797979797979797979797979", 21, true },
		{ "twenty-one", "\x01yyyyyyyyyyyyyyyyyyyy", "", 21, false },
		{ "negative", "\x80", "", 1, false },
		{ "not the shortest form", "\x00\x01", "", 2, false },
		{ "nothing", "", "", 0, false },
	};
	struct revoke_number last = { .there = false };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct revoke_number number = { .there = false };
		char text[REVOKE_NUMBER_TEXT];

		cr_expect_eq(revoke_number_read(
				     (const uint8_t *)cases[i].content, cases[i].len, &number),
			cases[i].good, "%s", cases[i].descr);
		revoke_number_format(&number, text);
		cr_expect_str_eq(text, cases[i].text, "%s", cases[i].descr);
		if (number.there && last.there)
			cr_expect_lt(
				revoke_number_compare(&last, &number), 0, "%s", cases[i].descr);
		last = number;
	}
}
