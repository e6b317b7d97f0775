/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/attr.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/csr/csr.h"
#include "cli/request/known_keys.h"
#include "rules/request/review.h"
#include "tests/forge_csr.h"

static struct csr *request_with(struct forge *forge, const char *key)
{
	struct forge_bytes der = forge_csr(
		forge, &(struct forge_csr_spec){
			       .subject = "CN=a.hk,C=HK", .san = "DNS:a.hk", .key = key });
	struct error err = { .code = ERROR_NONE };
	struct csr *csr = csr_new(der.data, der.len, &err);

	cr_assert_not_null(csr, "%s", err.text);
	return csr;
}

/* What is known of CSR: its first fault, or REVIEW_FAULTS for nothing. */
static enum review_fault fault_of(const struct known_keys *known, const struct csr *csr)
{
	CLEANUP(review_release) struct review review = { .product = NULL };

	known_keys_review(known, csr, &review);
	return review.reasons.count > 0 ? review.reasons.items[0].fault : REVIEW_FAULTS;
}

static const char *write_file(const char *text)
{
	static char path[64];

	(void)snprintf(path, sizeof path, "/tmp/chainmend-keys-XXXXXX");
	int fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(close(fd), 0);
	return path;
}

Test(known_keys, a_key_is_known_by_certificate_and_by_request)
{
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(known_keys_freep) struct known_keys *known = known_keys_new(&err);
	CLEANUP(csr_freep) struct csr *one = request_with(&forge, "rsa:one");
	CLEANUP(csr_freep) struct csr *two = request_with(&forge, "p256:two");
	CLEANUP(csr_freep) struct csr *other = request_with(&forge, "rsa:other");
	const struct cert *cert = forge_as_cert(
		forge_cert(&forge, &(struct forge_spec){ .subject = "CN=a.hk",
					   .key = "rsa:one",
					   .not_before = forge_day("2026-01-01"),
					   .not_after = forge_day("2026-03-01") }));

	cr_expect_eq(fault_of(known, one), REVIEW_FAULTS);
	cr_assert(known_keys_add_cert(known, cert, "a.hk:443", &err));
	cr_assert(known_keys_add_csr(known, two, "two.req", &err));
	cr_expect_eq(fault_of(known, one), REVIEW_KEY_SEEN);
	cr_expect_eq(fault_of(known, two), REVIEW_KEY_SEEN);
	cr_expect_eq(fault_of(known, other), REVIEW_FAULTS);
	forge_release(&forge);
}

Test(known_keys, a_key_of_a_whole_fleet_is_said_in_some_places)
{
	struct error err = { .code = ERROR_NONE };
	struct forge forge;
	char where[32];

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(known_keys_freep) struct known_keys *known = known_keys_new(&err);
	CLEANUP(csr_freep) struct csr *one = request_with(&forge, "p256:one");
	CLEANUP(review_release) struct review review = { .product = NULL };

	for (int i = 0; i < 20; i++) {
		(void)snprintf(where, sizeof where, "h%d.hk:443", i / 2);
		cr_assert(known_keys_add_csr(known, one, where, &err));
	}
	known_keys_review(known, one, &review);
	cr_assert_eq(review.reasons.count, 4);
	cr_expect_not_null(strstr(review.reasons.items[2].message, "h2.hk:443"));
	cr_expect_not_null(strstr(review.reasons.items[3].message, "in 7 more places"));
	forge_release(&forge);
}

Test(known_keys, files_of_certificates_and_requests_are_read)
{
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(known_keys_freep) struct known_keys *known = known_keys_new(&err);
	CLEANUP(csr_freep) struct csr *one = request_with(&forge, "rsa:one");
	CLEANUP(csr_freep) struct csr *two = request_with(&forge, "rsa:two");
	struct forge_bytes der = forge_csr(
		&forge, &(struct forge_csr_spec){ .subject = "CN=a.hk", .key = "rsa:one" });
	const char *path = write_file(
		forge_csr_pem(&forge, der, "CERTIFICATE REQUEST", "CERTIFICATE REQUEST"));

	cr_expect(known_keys_read(known, path, &err), "%s", err.text);
	cr_expect_eq(fault_of(known, one), REVIEW_KEY_SEEN);
	cr_assert_eq(unlink(path), 0);
	path = write_file(forge_cert_pem(
		&forge, forge_cert(&forge, &(struct forge_spec){ .subject = "CN=a.hk",
						   .key = "rsa:two",
						   .not_before = forge_day("2026-01-01"),
						   .not_after = forge_day("2026-03-01") })));
	cr_expect(known_keys_read(known, path, &err), "%s", err.text);
	cr_expect_eq(fault_of(known, two), REVIEW_KEY_SEEN);
	cr_assert_eq(unlink(path), 0);
	path = write_file("neither\n");
	cr_expect_not(known_keys_read(known, path, &err));
	cr_assert_eq(unlink(path), 0);
	forge_release(&forge);
}

static const struct {
	const char *descr, *text, *why; /* WHY NULL: it is a list */
} lists[] = {
	{ "empty", "", NULL },
	{ "comments and empty lines", "# keys\n\n  \n", NULL },
	{ "both kinds",
		"00112233445566778899\n"
		"00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff # x\r\n",
		NULL },
	{ "too short", "0011223344556677889\n", ":1: a line has 20 or 64" },
	{ "no digits", "00112233445566778899\n0011223344556677889x\n", ":2: a line has 20 or 64" },
};

Test(known_keys, lists_are_read_or_refused_with_their_line)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct error err = { .code = ERROR_NONE };
		CLEANUP(known_keys_freep) struct known_keys *known = known_keys_new(&err);
		const char *path = write_file(lists[i].text);

		cr_expect_eq(known_keys_read_list(known, path, &err), !lists[i].why, "%s: %s",
			lists[i].descr, err.text);
		cr_expect(!lists[i].why || strstr(err.text, lists[i].why), "%s: %s", lists[i].descr,
			err.text);
		cr_assert_eq(unlink(path), 0);
	}
}

Test(known_keys, a_listed_key_is_found)
{
	struct error err = { .code = ERROR_NONE };
	struct forge forge;
	char digits[FINGERPRINT_TEXT];

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(known_keys_freep) struct known_keys *known = known_keys_new(&err);
	CLEANUP(csr_freep) struct csr *one = request_with(&forge, "p256:one");
	CLEANUP(csr_freep) struct csr *two = request_with(&forge, "rsa:two");

	text_from_bytes(one->spki_sha256, sizeof one->spki_sha256, digits);
	const char *path = write_file(digits);
	cr_assert(known_keys_read_list(known, path, &err), "%s", err.text);
	cr_assert_eq(unlink(path), 0);
	cr_expect_eq(fault_of(known, one), REVIEW_KEY_LISTED);
	cr_expect_eq(fault_of(known, two), REVIEW_FAULTS);
	forge_release(&forge);
}
