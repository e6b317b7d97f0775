/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <criterion/criterion.h>

#include "checker/cert/cert.h"
#include "checker/revoke/revoke.h"
#include "tests/forge.h"

struct fixture {
	struct forge_pki pki;
	struct forge_cert *leaf, *other_leaf, *issuing, *retired;
	struct forge_cert *delegate, *not_a_delegate, *expired_delegate, *strange_delegate;
};

static struct forge_cert *helper(
	struct fixture *f, const char *issuer, const char *eku, const char *until)
{
	return forge_leaf_as(&f->pki, issuer, "ocsp.test",
		&(struct forge_spec){ .key = "ocsp",
			.eku = eku,
			.subject = "CN=OCSP,C=HK",
			.not_before = forge_day("2026-01-01"),
			.not_after = forge_day(until) });
}

static void fixture_init(struct fixture *f)
{
	const struct instant none = { 0 };

	forge_pki_init(&f->pki, forge_day("2026-07-01"), FORGE_KEYS_FAST, NULL);
	f->leaf = forge_leaf(&f->pki, "ssl-ca-3-17-2025", "www.a.hk", none, none);
	f->other_leaf = forge_leaf(&f->pki, "ssl-ca-3-17-2025", "www.b.hk", none, none);
	f->issuing = forge_pki_find(&f->pki, "ssl-ca-3-17-2025");
	f->retired = forge_pki_find(&f->pki, "ssl-ca-3-17-2017");
	f->delegate = helper(f, "ssl-ca-3-17-2025", "OCSPSigning", "2027-01-01");
	f->not_a_delegate = helper(f, "ssl-ca-3-17-2025", "serverAuth", "2027-01-01");
	f->expired_delegate = helper(f, "ssl-ca-3-17-2025", "OCSPSigning", "2026-06-30");
	f->strange_delegate = helper(f, "ev-ssl-ca-3-17-2025", "OCSPSigning", "2027-01-01");
}

static struct revoke_answer ask_at(struct fixture *f, struct forge_bytes bytes, const char *now)
{
	return revoke_staple(bytes.data, bytes.len, forge_as_cert(f->leaf),
		forge_as_cert(f->issuing), forge_day(now));
}

/* An answer of the issuer itself, good, for a week; a case changes one thing in it. */
static struct forge_ocsp usual(const struct fixture *f)
{
	return (struct forge_ocsp){ .leaf = f->leaf,
		.issuer = f->issuing,
		.this_update = forge_day("2026-06-29"),
		.next_update = forge_day("2026-07-06") };
}

#define CHANGE(name, statement)                                            \
	static void name(const struct fixture *f, struct forge_ocsp *ocsp) \
	{                                                                  \
		(void)f, (void)ocsp;                                       \
		statement;                                                 \
	}                                                                  \
	struct change_##name

CHANGE(as_it_is, (void)0);
CHANGE(sha256_id, ocsp->id_digest = "SHA256");
CHANGE(for_twin, ocsp->issuer = f->retired);
CHANGE(delegated, ocsp->signer = f->delegate);
CHANGE(delegate_left_out, ocsp->signer = f->delegate; ocsp->no_certs = true);
CHANGE(no_eku, ocsp->signer = f->not_a_delegate);
CHANGE(expired, ocsp->signer = f->expired_delegate);
CHANGE(of_other_ca, ocsp->signer = f->strange_delegate);
CHANGE(wrong_key, ocsp->signer_key = "someone-else");
CHANGE(delegate_wrong_key, ocsp->signer = f->delegate; ocsp->signer_key = "someone-else");
CHANGE(other_cert, ocsp->leaf = f->other_leaf);
CHANGE(revoked, ocsp->status = FORGE_REVOKED; ocsp->revoked_at = forge_day("2026-06-20");
	ocsp->reason = "keyCompromise");
CHANGE(revoked_silently, ocsp->status = FORGE_REVOKED; ocsp->revoked_at = forge_day("2026-06-20"));
CHANGE(unknown, ocsp->status = FORGE_UNKNOWN);
CHANGE(try_later, ocsp->refusal = 3);
CHANGE(unauthorized, ocsp->refusal = 6);
CHANGE(backwards, ocsp->next_update = forge_day("2026-06-28"));
CHANGE(stale, ocsp->next_update = forge_day("2026-06-30"));
CHANGE(stale_and_revoked, revoked(f, ocsp); stale(f, ocsp));
CHANGE(without_next, ocsp->next_update.seconds = 0);
CHANGE(of_this_moment, ocsp->next_update.seconds = 0; ocsp->this_update = forge_day("2026-07-01"));

Test(revoke_staple, answers)
{
	static const struct {
		const char *descr;
		void (*change)(const struct fixture *f, struct forge_ocsp *ocsp);
		enum revoke_status status;
		const char *reason;
	} cases[] = {
		{ "good", as_it_is, REVOKE_NOT_REVOKED, NULL },
		{ "CertID by SHA-256", sha256_id, REVOKE_NOT_REVOKED, NULL },
		{ "made under the issuer's twin: name and key are the same", for_twin,
			REVOKE_NOT_REVOKED, NULL },
		{ "signed by a delegate", delegated, REVOKE_NOT_REVOKED, NULL },
		{ "delegate's certificate left out", delegate_left_out, REVOKE_INVALID, NULL },
		{ "delegate without OCSPSigning", no_eku, REVOKE_INVALID, NULL },
		{ "delegate has expired", expired, REVOKE_INVALID, NULL },
		{ "delegate of another authority", of_other_ca, REVOKE_INVALID, NULL },
		{ "another key of the issuer's name", wrong_key, REVOKE_INVALID, NULL },
		{ "another key of the delegate's name", delegate_wrong_key, REVOKE_INVALID, NULL },
		{ "about another certificate", other_cert, REVOKE_INVALID, NULL },
		{ "revoked", revoked, REVOKE_REVOKED, "keyCompromise" },
		{ "revoked without a reason", revoked_silently, REVOKE_REVOKED, NULL },
		{ "the responder does not know it", unknown, REVOKE_UNAVAILABLE, NULL },
		{ "tryLater", try_later, REVOKE_UNAVAILABLE, NULL },
		{ "unauthorized", unauthorized, REVOKE_UNAVAILABLE, NULL },
		{ "nextUpdate before thisUpdate", backwards, REVOKE_INVALID, NULL },
		{ "nextUpdate has passed", stale, REVOKE_EXPIRED, NULL },
		{ "... of an answer that says revoked", stale_and_revoked, REVOKE_EXPIRED, NULL },
		{ "no nextUpdate, two days old", without_next, REVOKE_EXPIRED, NULL },
		{ "no nextUpdate, of this moment", of_this_moment, REVOKE_NOT_REVOKED, NULL },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_ocsp ocsp = usual(&f);

		cases[i].change(&f, &ocsp);
		struct revoke_answer answer = ask_at(
			&f, forge_ocsp(&f.pki.forge, &ocsp), "2026-07-01");

		cr_expect_eq(answer.status, cases[i].status, "%s: %d", cases[i].descr,
			(int)answer.status);
		if (cases[i].reason)
			cr_expect(answer.reason && strcmp(answer.reason, cases[i].reason) == 0,
				"%s", cases[i].descr);
		else
			cr_expect_null(answer.reason, "%s", cases[i].descr);
		if (answer.status == REVOKE_REVOKED)
			cr_expect_eq(answer.since.seconds, forge_day("2026-06-20").seconds);
	}
	forge_pki_release(&f.pki);
}

Test(revoke_staple, to_the_second)
{
	static const struct {
		const char *descr, *now;
		enum revoke_status status;
	} cases[] = {
		{ "clock slow by five minutes and a second", "2026-06-28T23:54:59Z",
			REVOKE_INVALID },
		{ "clock slow by five minutes", "2026-06-28T23:55:00Z", REVOKE_NOT_REVOKED },
		{ "thisUpdate", "2026-06-29T00:00:00Z", REVOKE_NOT_REVOKED },
		{ "nextUpdate", "2026-07-06T00:00:00Z", REVOKE_NOT_REVOKED },
		{ "clock fast by five minutes", "2026-07-06T00:05:00Z", REVOKE_NOT_REVOKED },
		{ "clock fast by five minutes and a second", "2026-07-06T00:05:01Z",
			REVOKE_EXPIRED },
	};
	struct fixture f;

	fixture_init(&f);
	struct forge_ocsp ocsp = usual(&f);
	struct forge_bytes bytes = forge_ocsp(&f.pki.forge, &ocsp);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(ask_at(&f, bytes, cases[i].now).status, cases[i].status, "%s",
			cases[i].descr);
	forge_pki_release(&f.pki);
}

Test(revoke_staple, bytes)
{
	struct fixture f;

	fixture_init(&f);
	struct forge_ocsp ocsp = usual(&f);
	struct forge_bytes good = forge_ocsp(&f.pki.forge, &ocsp);
	struct instant now = forge_day("2026-07-01");

	cr_expect_eq(
		ask_at(&f, (struct forge_bytes){ good.data, good.len - 1 }, "2026-07-01").status,
		REVOKE_INVALID, "cut short");
	cr_expect_eq(
		ask_at(&f, (struct forge_bytes){ good.data, good.len + 1 }, "2026-07-01").status,
		REVOKE_INVALID, "a byte behind it");
	cr_expect_eq(
		ask_at(&f, forge_keep(&f.pki.forge, "x", 1), "2026-07-01").status, REVOKE_INVALID);
	cr_expect_eq(ask_at(&f, (struct forge_bytes){ NULL, 0 }, "2026-07-01").status,
		REVOKE_UNAVAILABLE, "none was stapled");
	cr_expect_eq(revoke_staple(good.data, good.len, forge_as_cert(f.leaf), NULL, now).status,
		REVOKE_UNAVAILABLE, "issuer not at hand");
	cr_expect_eq(revoke_staple(good.data, good.len, forge_as_cert(f.leaf),
			     forge_as_cert(f.retired), now)
			     .status,
		REVOKE_NOT_REVOKED, "read under the issuer's twin");
	forge_pki_release(&f.pki);
}

/* The delegate is judged by NOW as well: a clock of the machine does not come into it. */
Test(revoke_staple, delegate_of_another_year)
{
	struct fixture f;

	fixture_init(&f);
	struct forge_ocsp ocsp = usual(&f);

	ocsp.this_update = forge_day("2025-09-01");
	ocsp.next_update = forge_day("2025-09-08");
	ocsp.signer = forge_leaf_as(&f.pki, "ssl-ca-3-17-2025", "ocsp.test",
		&(struct forge_spec){ .key = "ocsp",
			.eku = "OCSPSigning",
			.not_before = forge_day("2025-06-01"),
			.not_after = forge_day("2025-12-31") });
	struct forge_bytes bytes = forge_ocsp(&f.pki.forge, &ocsp);

	cr_expect_eq(ask_at(&f, bytes, "2025-09-02").status, REVOKE_NOT_REVOKED);
	cr_expect_eq(
		ask_at(&f, bytes, "2026-09-02").status, REVOKE_INVALID, "it has expired by then");
	forge_pki_release(&f.pki);
}

/* The numbers of leafs and how they spell their issuer, which a CertID is made of. */
Test(revoke_staple, numbers_and_names)
{
	static const struct {
		const char *descr, *serial, *issuer_name;
		enum revoke_status status;
	} cases[] = {
		{ "small", "01", NULL, REVOKE_NOT_REVOKED },
		{ "a high bit", "80FF", NULL, REVOKE_NOT_REVOKED },
		{ "twenty octets", "7F0102030405060708090A0B0C0D0E0F10111213", NULL,
			REVOKE_NOT_REVOKED },
		{ "zero", "00", NULL, REVOKE_NOT_REVOKED },
		/* The answer is for the name as the leaf has it, which is not its signer's. */
		{ "the issuer's name in other letters", "02",
			"CN=HONGKONG POST E-CERT SSL CA 3 - 17,O=Hongkong  Post,L=Hong Kong,"
			"ST=Hong Kong,C=HK",
			REVOKE_INVALID },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		f.leaf = forge_leaf_as(&f.pki, "ssl-ca-3-17-2025", "www.c.hk",
			&(struct forge_spec){
				.serial = cases[i].serial, .issuer_name = cases[i].issuer_name });
		struct forge_ocsp ocsp = usual(&f);
		struct revoke_answer answer = ask_at(
			&f, forge_ocsp(&f.pki.forge, &ocsp), "2026-07-01");

		cr_expect_eq(answer.status, cases[i].status, "%s: %d", cases[i].descr,
			(int)answer.status);
		ocsp.leaf = f.other_leaf;
		answer = ask_at(&f, forge_ocsp(&f.pki.forge, &ocsp), "2026-07-01");
		cr_expect_neq(answer.status, REVOKE_NOT_REVOKED, "%s", cases[i].descr);
	}
	forge_pki_release(&f.pki);
}
