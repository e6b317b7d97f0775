/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/csr/csr.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "rules/profile/profile.h"
#include "rules/request/product.h"
#include "rules/request/review.h"
#include "tests/forge_csr.h"

#define SUBJECT "CN=www.example.hk,L=Hong Kong,ST=Hong Kong,C=HK"
#define LONG64 "oooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo"

static struct profile *profile_of(const char *id)
{
	struct error err = { .code = ERROR_NONE };
	struct profile *profile = profile_load(id, &err);

	cr_assert_not_null(profile, "%s", err.text);
	return profile;
}

static const struct forge_extension ca[] = { { "basicConstraints", "CA:TRUE" }, { NULL, NULL } };
static const struct forge_extension client[] = { { "extendedKeyUsage", "serverAuth,clientAuth" },
	{ NULL, NULL } };
static const struct forge_extension server[] = { { "extendedKeyUsage", "serverAuth" },
	{ "keyUsage", "digitalSignature,keyEncipherment" }, { NULL, NULL } };
static const struct forge_extension broken[] = { { "subjectAltName", "DER:0500" }, { NULL, NULL } };

/* Ids, blanks between them, of all that is said; "" for nothing. */
static const struct {
	const char *descr;
	struct forge_csr_spec spec;
	const char *product, *name;
	const char *faults;
} cases[] = {
	{ "a good one", { .subject = SUBJECT, .san = "DNS:www.example.hk" }, NULL, NULL, "" },
	{ "its usual extensions",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk", .extra = server }, NULL, NULL,
		"" },
	{ "the application's name", { .subject = SUBJECT, .san = "DNS:www.example.hk" }, "server",
		"www.example.hk", "" },
	{ "another one", { .subject = SUBJECT, .san = "DNS:www.example.hk" }, "server",
		"mail.example.hk", "application.name" },
	{ "no common name, and another name", { .subject = "C=HK", .san = "DNS:www.example.hk" },
		NULL, "mail.example.hk", "application.name common-name.missing" },
	{ "no common name", { .subject = "C=HK", .san = "DNS:www.example.hk" }, NULL, NULL,
		"common-name.missing" },
	{ "a common name that is not among the names",
		{ .subject = SUBJECT, .san = "DNS:mail.example.hk" }, NULL, NULL,
		"common-name.other" },
	{ "a common name in other letters", { .subject = SUBJECT, .san = "DNS:WWW.Example.HK" },
		NULL, NULL, "" },
	{ "a common name in Chinese",
		{ .subject = "CN=www.例子.hk,C=HK", .san = "DNS:www.xn--fsqu00a.hk" }, NULL,
		"www.xn--fsqu00a.hk", "common-name.unicode" },
	{ "no names at all", { .subject = SUBJECT }, NULL, NULL, "names.missing" },
	{ "a wildcard as Windows asks for it", { .subject = "CN=*.example.hk,C=HK" }, "wildcard",
		"*.example.hk", "names.wildcard-alone" },
	{ "the same of a public suffix", { .subject = "CN=*.gov.hk,C=HK" }, NULL, NULL,
		"names.wildcard-alone name.public-suffix" },
	{ "the same for another product", { .subject = "CN=*.example.hk,C=HK" }, "server", NULL,
		"names.wildcard-alone product.wildcard" },
	{ "an internal name as common name", { .subject = "CN=exch01,C=HK" }, NULL, NULL,
		"names.missing name.internal" },
	{ "two common names",
		{ .subject = "CN=www.example.hk,CN=mail.example.hk,C=HK",
			.san = "DNS:www.example.hk,DNS:mail.example.hk" },
		NULL, NULL, "common-name.several" },
	{ "two common names, one of which is no name",
		{ .subject = "CN=Our server,CN=www.example.hk,C=HK", .san = "DNS:www.example.hk" },
		NULL, NULL, "common-name.several common-name.other" },
	{ "addresses alone", { .subject = "C=HK", .san = "IP:192.0.2.1" }, NULL, NULL,
		"name.address names.missing common-name.missing" },
	{ "an address as a name", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:192.0.2.1" },
		NULL, NULL, "name.address" },
	{ "an e-mail address", { .subject = SUBJECT, .san = "DNS:www.example.hk,email:a@a.hk" },
		NULL, NULL, "name.kind" },
	{ "an internal name", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:exch01" }, NULL,
		NULL, "name.internal" },
	{ "a reserved domain",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:exch01.corp.local" }, NULL,
		NULL, "name.internal" },
	{ "a domain nobody has",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:a.b.intranet" }, NULL, NULL,
		"name.internal" },
	{ "a public suffix", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:com.hk" }, NULL,
		NULL, "name.public-suffix" },
	{ "a wildcard of one", { .subject = "CN=*.gov.hk,C=HK", .san = "DNS:*.gov.hk" }, NULL, NULL,
		"name.public-suffix" },
	{ "a wildcard of a whole country", { .subject = "CN=*.hk,C=HK", .san = "DNS:*.hk" }, NULL,
		NULL, "name.public-suffix" },
	{ "an underscore", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:a_b.example.hk" },
		NULL, NULL, "name.underscore" },
	{ "no host name", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:a b.hk" }, NULL,
		NULL, "name.syntax" },
	{ "a dot at the end",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:mail.example.hk." }, NULL,
		NULL, "name.syntax" },
	{ "an asterisk within", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:a.*.hk" },
		NULL, NULL, "name.wildcard" },
	{ "part of a label", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:w*.example.hk" },
		NULL, NULL, "name.wildcard" },
	{ "Unicode", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:www.例子.hk" }, NULL,
		NULL, "name.unicode" },
	{ "an A-label that is none",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:xn--a.example.hk" }, NULL,
		NULL, "name.idn" },
	{ "twice", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:www.example.hk" }, NULL,
		NULL, "name.twice" },
	{ "two for one", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:example.hk" },
		"server", NULL, "product.names" },
	{ "two for many", { .subject = SUBJECT, .san = "DNS:www.example.hk,DNS:example.hk" },
		"multi-domain", NULL, "" },
	{ "a wildcard for one", { .subject = "CN=*.example.hk,C=HK", .san = "DNS:*.example.hk" },
		"server", NULL, "product.wildcard" },
	{ "a wildcard for EV", { .subject = "CN=*.example.hk,C=HK", .san = "DNS:*.example.hk" },
		"ev", NULL, "product.wildcard" },
	{ "a wildcard and its bare name",
		{ .subject = "CN=*.example.hk,C=HK", .san = "DNS:*.example.hk,DNS:example.hk" },
		"wildcard", NULL, "" },
	{ "a wildcard and another name",
		{ .subject = "CN=*.example.hk,C=HK", .san = "DNS:*.example.hk,DNS:www.other.hk" },
		"wildcard", NULL, "product.other-names" },
	{ "the same, and no product was named",
		{ .subject = "CN=*.example.hk,C=HK", .san = "DNS:*.example.hk,DNS:www.other.hk" },
		NULL, NULL, "product.none" },
	{ "no wildcard", { .subject = SUBJECT, .san = "DNS:www.example.hk" }, "wildcard", NULL,
		"product.wildcard-missing" },
	{ "no country", { .subject = "CN=www.example.hk", .san = "DNS:www.example.hk" }, NULL, NULL,
		"subject.country" },
	{ "another country", { .subject = "CN=www.example.hk,C=CN", .san = "DNS:www.example.hk" },
		NULL, NULL, "subject.country" },
	{ "another place",
		{ .subject = "CN=www.example.hk,L=Kowloon,C=HK", .san = "DNS:www.example.hk" },
		NULL, NULL, "subject.place" },
	{ "an organization as long as may be",
		{ .subject = "CN=www.example.hk,O=" LONG64 ",C=HK", .san = "DNS:www.example.hk" },
		NULL, NULL, "" },
	{ "an organizational unit",
		{ .subject = "CN=www.example.hk,OU=IT,C=HK", .san = "DNS:www.example.hk" }, NULL,
		NULL, "subject.unit" },
	{ "an e-mail address in the subject",
		{ .subject = "emailAddress=a@a.hk,CN=www.example.hk,C=HK",
			.san = "DNS:www.example.hk" },
		NULL, NULL, "subject.email" },
	{ "a CA's", { .subject = SUBJECT, .san = "DNS:www.example.hk", .extra = ca }, NULL, NULL,
		"extensions.ca" },
	{ "a client's", { .subject = SUBJECT, .san = "DNS:www.example.hk", .extra = client }, NULL,
		NULL, "extensions.client-auth" },
	{ "damaged extensions", { .subject = SUBJECT, .extra = broken }, NULL, NULL,
		"extensions.damaged names.missing" },
	{ "a challenge password",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk", .challenge = "geheim" }, NULL,
		NULL, "leak.challenge-password" },
	{ "Microsoft's attributes",
		{ .subject = SUBJECT,
			.san = "DNS:www.example.hk",
			.machine = "EXCH01.corp.local",
			.user = "CORP\\admin" },
		NULL, NULL, "leak.microsoft leak.microsoft" },
	{ "SHA-1", { .subject = SUBJECT, .san = "DNS:www.example.hk", .digest = "SHA1" }, NULL,
		NULL, "signature.sha1" },
	{ "MD5", { .subject = SUBJECT, .san = "DNS:www.example.hk", .digest = "MD5" }, NULL, NULL,
		"signature.broken" },
	{ "a signature that does not fit",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk", .broken_signature = true }, NULL,
		NULL, "signature.wrong" },
	{ "a short key", { .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "rsa1024:a" },
		NULL, NULL, "key.short" },
	{ "an odd length", { .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "rsa2050:a" },
		NULL, NULL, "key.length" },
	{ "exponent 3", { .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "rsa-3:a" }, NULL,
		NULL, "key.exponent-small" },
	{ "an exponent of 33 bits",
		{ .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "rsa-e:a" }, NULL, NULL,
		"key.exponent" },
	{ "P-256", { .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "p256:a" }, NULL, NULL,
		"key.unusual" },
	{ "Ed25519", { .subject = SUBJECT, .san = "DNS:www.example.hk", .key = "ed25519:a" }, NULL,
		NULL, "key.kind" },
};

static bool says(const struct review *review, const char *id)
{
	for (size_t i = 0; i < review->reasons.count; i++)
		if (strcmp(review_fault_id(review->reasons.items[i].fault), id) == 0)
			return true;
	return false;
}

/* The ids of IDS, each as often as it is there, and no other. */
static void expect_faults(const char *descr, const struct review *review, const char *ids)
{
	char id[64];
	size_t count = 0;

	for (const char *at = ids; *at; count++) {
		size_t len = strcspn(at, " ");

		(void)snprintf(id, sizeof id, "%.*s", (int)len, at);
		cr_expect(says(review, id), "%s: %s is missing", descr, id);
		at += len + (at[len] == ' ');
	}
	cr_expect_eq(review->reasons.count, count, "%s: %zu", descr, review->reasons.count);
	for (size_t i = 0; i < review->reasons.count && review->reasons.count != count; i++)
		cr_expect(false, "%s: %s", descr, review->reasons.items[i].message);
}

Test(review, each_fault_is_found_and_no_other, .timeout = 100)
{
	CLEANUP(profile_freep) struct profile *profile = profile_of("hongkong-post");
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_bytes der = forge_csr(&forge, &cases[i].spec);
		CLEANUP(csr_freep) struct csr *csr = csr_new(der.data, der.len, &err);
		CLEANUP(review_release) struct review review = { .product = NULL };
		const struct review_terms terms = { .profile = profile,
			.product = cases[i].product
					   ? profile_product_by_id(profile, cases[i].product)
					   : NULL,
			.name = cases[i].name };

		cr_assert(csr && review_csr(&review, csr, &terms, &err), "%s", cases[i].descr);
		expect_faults(cases[i].descr, &review, cases[i].faults);
	}
	forge_release(&forge);
}

Test(review, a_private_ca_takes_internal_names)
{
	CLEANUP(profile_freep) struct profile *loaded = profile_of("hongkong-post");
	struct profile profile = *loaded;
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	profile.leaf.is_private = true;
	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(
		&forge, &(struct forge_csr_spec){ .subject = "CN=exch01.corp.local,OU=IT,C=HK",
				.san = "DNS:exch01.corp.local,IP:10.0.0.1" });
	CLEANUP(csr_freep) struct csr *csr = csr_new(der.data, der.len, &err);
	CLEANUP(review_release) struct review review = { .product = NULL };

	cr_assert(csr &&
		  review_csr(&review, csr, &(struct review_terms){ .profile = &profile }, &err));
	expect_faults("private", &review, "");
	forge_release(&forge);
}

Test(review, a_profile_that_wants_nothing_takes_any_place_and_product)
{
	CLEANUP(profile_freep) struct profile *profile = profile_of("letsencrypt");
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(
		&forge, &(struct forge_csr_spec){ .subject = "CN=www.example.hk",
				.key = "p256:a",
				.san = "DNS:www.example.hk,DNS:*.example.hk,DNS:other.hk" });
	CLEANUP(csr_freep) struct csr *csr = csr_new(der.data, der.len, &err);
	CLEANUP(review_release) struct review review = { .product = NULL };

	cr_assert(csr &&
		  review_csr(&review, csr, &(struct review_terms){ .profile = profile }, &err));
	expect_faults("Let's Encrypt", &review, "");
	forge_release(&forge);
}

Test(review, the_worst_is_the_verdict_and_stands_first)
{
	CLEANUP(review_release) struct review review = { .product = NULL };

	cr_expect_eq(review_weight(&review), REVIEW_ADVICE);
	review_say(&review, REVIEW_SIGNATURE_SHA1, "first");
	cr_expect_eq(review_weight(&review), REVIEW_ADVICE);
	review_say(&review, REVIEW_KEY_SHORT, "second");
	cr_expect_eq(review_weight(&review), REVIEW_REFUSED);
	review_say(&review, REVIEW_KEY_ROCA, "third %s", "and last");
	cr_expect_eq(review_weight(&review), REVIEW_UNSAFE);
	review_sort(&review);
	cr_expect_str_eq(review.reasons.items[0].message, "third and last");
	cr_expect_str_eq(review.reasons.items[2].message, "first");
}

/* --- Before there is a key --- */

Test(review, a_wish_is_judged_as_the_request_would_be)
{
	static const char *const good[] = { "*.example.hk", "example.hk" };
	static const char *const bad[] = { "exch01.corp.local", "a_b.example.hk" };
	CLEANUP(profile_freep) struct profile *profile = profile_of("hongkong-post");
	const struct review_terms terms = { .profile = profile };
	CLEANUP(review_release) struct review review = { .product = NULL };
	struct request request = { .names = good,
		.count = 2,
		.common_name = good[0],
		.country = "HK",
		.key = key_type_by_id("rsa-2048") };

	cr_assert(review_request(&review, &request, &terms, NULL));
	expect_faults("good", &review, "");
	cr_expect_str_eq(review.product->id, "wildcard");
	request.names = bad;
	request.common_name = NULL;
	request.organization = LONG64 "o";
	cr_assert(review_request(&review, &request, &terms, NULL));
	expect_faults("bad", &review,
		"name.internal name.underscore subject.too-long common-name.missing");
	request.key = key_type_by_id("p-256");
	request.names = good;
	request.common_name = good[0];
	request.organization = NULL;
	cr_assert(review_request(&review, &request, &terms, NULL));
	expect_faults("P-256", &review, "key.unusual");
}

/* --- Products --- */

Test(review, the_first_product_that_takes_the_names_is_chosen)
{
	static const struct {
		const char *names[3], *product;
	} rows[] = {
		{ { "www.example.hk" }, "server" },
		{ { "*.example.hk" }, "wildcard" },
		{ { "example.hk", "*.example.hk" }, "wildcard" },
		{ { "www.example.hk", "example.hk" }, "multi-domain" },
		{ { "*.example.hk", "*.other.hk" }, NULL },
		{ { "*.example.hk", "www.example.hk" }, NULL },
	};
	CLEANUP(profile_freep) struct profile *profile = profile_of("hongkong-post");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t count = 0;

		while (count < 3 && rows[i].names[count])
			count++;
		const struct profile_product *product = product_for(profile, rows[i].names, count);
		cr_expect_str_eq(product ? product->id : "none",
			rows[i].product ? rows[i].product : "none", "%s", rows[i].names[0]);
	}
}

Test(review, fifty_names_are_the_most)
{
	CLEANUP(profile_freep) struct profile *profile = profile_of("hongkong-post");
	const struct profile_product *product = profile_product_by_id(profile, "multi-domain");
	static char texts[51][32];
	const char *names[51];

	for (size_t i = 0; i < 51; i++) {
		(void)snprintf(texts[i], sizeof texts[i], "h%zu.example.hk", i);
		names[i] = texts[i];
	}
	cr_expect_eq(product_fit(product, names, 50), PRODUCT_FITS);
	cr_expect_eq(product_fit(product, names, 51), PRODUCT_TOO_MANY);
	cr_expect_null(product_for(profile, names, 51));
	cr_expect_null(profile_product_by_id(profile, "multi"));
}
