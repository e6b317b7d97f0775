/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_request.h"

#include <string.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>

#include "checker/base/buf.h"
#include "checker/cert/cert.h"
#include "tests/forge.h"

#define RESPONDER "http://ocsp.test/a"

struct fixture {
	struct forge forge;
	struct forge_cert *ca, *leaf;
};

static struct forge_cert *leaf_with(struct fixture *f, const char *ocsp, const char *aia)
{
	return forge_cert(&f->forge, &(struct forge_spec){ .subject = "CN=leaf",
					     .issuer = f->ca,
					     .ocsp_url = ocsp,
					     .aia_url = aia,
					     .not_before = forge_day("2026-01-01"),
					     .not_after = forge_day("2027-01-01") });
}

static void fixture_init(struct fixture *f)
{
	forge_init(&f->forge, FORGE_KEYS_FAST);
	f->ca = forge_cert(&f->forge, &(struct forge_spec){ .subject = "CN=Authority",
					      .key = "ca",
					      .ca = true,
					      .not_before = forge_day("2020-01-01"),
					      .not_after = forge_day("2040-01-01") });
	f->leaf = leaf_with(f, RESPONDER, "http://ca.test/ca.der");
}

Test(revoke_request, whom_to_ask)
{
	static const struct {
		const char *descr, *url;
		bool taken;
	} cases[] = {
		{ "http", "http://a.test/", true },
		{ "https", "https://a.test/x", true },
		{ "another scheme", "ldap://a.test/x", false },
		{ "a file", "file:///etc/passwd", false },
		{ "a blank within", "http://a.test/a b", false },
	};
	struct fixture f;
	struct revoke_access access;

	fixture_init(&f);
	revoke_access_read(forge_as_cert(f.leaf), &access);
	cr_expect_str_eq(access.ocsp, RESPONDER);
	cr_expect_str_eq(access.issuer, "http://ca.test/ca.der");
	revoke_access_release(&access);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		revoke_access_read(forge_as_cert(leaf_with(&f, cases[i].url, NULL)), &access);
		cr_expect_eq(access.ocsp != NULL, cases[i].taken, "%s", cases[i].descr);
		cr_expect_null(access.issuer);
		revoke_access_release(&access);
	}
	revoke_access_read(forge_as_cert(f.ca), &access);
	cr_expect(!access.ocsp && !access.issuer, "it names nobody");
	forge_release(&f.forge);
}

Test(revoke_request, question)
{
	struct fixture f;
	struct buf request = BUF_INIT(4096), url = BUF_INIT(512);

	fixture_init(&f);
	cr_assert(revoke_request_make(forge_as_cert(f.leaf), forge_as_cert(f.ca), &request));
	const unsigned char *at = (const unsigned char *)request.data;
	OCSP_REQUEST *read = d2i_OCSP_REQUEST(NULL, &at, (long)request.len);

	cr_assert(read && OCSP_request_onereq_count(read) == 1);
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), f.leaf->x509, f.ca->x509);

	cr_expect_eq(OCSP_id_cmp(id, OCSP_onereq_get0_id(OCSP_request_onereq_get0(read, 0))), 0);
	cr_expect_eq(OCSP_REQUEST_get_ext_by_NID(read, NID_id_pkix_OCSP_Nonce, -1), -1);
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(read);

	cr_expect(revoke_request_url(RESPONDER, &request, &url));
	cr_expect_eq(strncmp(buf_text(&url), RESPONDER "/M", strlen(RESPONDER "/M")), 0, "%s",
		buf_text(&url));
	cr_expect_null(strpbrk(buf_text(&url) + strlen(RESPONDER "/"), "+/= \n"));
	buf_clear(&url);
	cr_expect(revoke_request_url(RESPONDER "/", &request, &url));
	cr_expect_null(strstr(buf_text(&url), "a//"), "one slash");
	buf_release(&url);
	url = (struct buf)BUF_INIT(512);
	cr_expect_not(revoke_request_url("http://a.test/which/is/a/responder/with/a/very/long/path/"
					 "that/leaves/no/room/for/a/request/in/two/hundred/and/"
					 "fifty/five/octets/of/a/URL/as/RFC/5019/has/it",
		&request, &url));
	buf_release(&url);
	buf_release(&request);
	forge_release(&f.forge);
}
