/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <openssl/dsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/cert/cert.h"
#include "checker/trust/chain.h"
#include "tests/forge.h"

/* A root with a whole DSA key; a CA and a CA below it whose keys have no parameters; and a leaf. */
enum { ROOT, UPPER, LOWER, LEAF, COUNT };

static EVP_PKEY *parameters(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, NULL);
	EVP_PKEY *made = NULL;

	cr_assert(EVP_PKEY_paramgen_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, 1024) == 1 &&
		  EVP_PKEY_paramgen(ctx, &made) == 1);
	EVP_PKEY_CTX_free(ctx);
	return made;
}

static EVP_PKEY *key_with(EVP_PKEY *wanted)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(wanted, NULL);
	EVP_PKEY *made = NULL;

	cr_assert(EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_keygen(ctx, &made) == 1);
	EVP_PKEY_CTX_free(ctx);
	return made;
}

static void name(X509_NAME *name, int number)
{
	unsigned char text[] = { 'C', 'A', ' ', (unsigned char)('0' + number), '\0' };

	cr_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
}

static void drop_parameters(X509 *x509)
{
	X509_PUBKEY *key = X509_get_X509_PUBKEY(x509);
	const unsigned char *own = NULL;
	int len = 0;

	cr_assert(X509_PUBKEY_get0_param(NULL, &own, &len, NULL, key) == 1);
	unsigned char *copy = OPENSSL_memdup(own, (size_t)len);
	cr_assert(X509_PUBKEY_set0_param(
			  key, OBJ_nid2obj(NID_dsa), V_ASN1_UNDEF, NULL, copy, len) == 1);
}

static const struct cert *make(int number, EVP_PKEY *key, EVP_PKEY *signer, bool bare)
{
	X509 *x509 = X509_new();
	unsigned char *der = NULL;

	cr_assert(X509_set_version(x509, X509_VERSION_3) == 1 &&
		  ASN1_INTEGER_set(X509_get_serialNumber(x509), number + 1) == 1 &&
		  ASN1_TIME_set_string(X509_getm_notBefore(x509), "20260101000000Z") == 1 &&
		  ASN1_TIME_set_string(X509_getm_notAfter(x509), "20270101000000Z") == 1 &&
		  X509_set_pubkey(x509, key) == 1);
	name(X509_get_subject_name(x509), number);
	name(X509_get_issuer_name(x509), number ? number - 1 : 0);
	if (bare)
		drop_parameters(x509);
	cr_assert(X509_sign(x509, signer, EVP_sha256()) > 0);
	int len = i2d_X509(x509, &der);
	const struct cert *cert = cert_new(der, (size_t)len, NULL);
	cr_assert(cert && cert->readable);
	OPENSSL_free(der);
	X509_free(x509);
	return cert;
}

static const struct {
	const char *descr;
	int order[COUNT];
	size_t count;
	bool links; /* the leaf to the lower CA, and so on */
} orders[] = {
	{ "from the leaf upwards", { LEAF, LOWER, UPPER, ROOT }, 4, true },
	{ "from the root downwards", { ROOT, UPPER, LOWER, LEAF }, 4, true },
	{ "without the root", { LEAF, LOWER, UPPER }, 3, false },
	{ "without what is between", { LEAF, LOWER, ROOT }, 3, false },
};

Test(cert_inherit, keys_have_the_parameters_of_their_issuers)
{
	EVP_PKEY *shared = parameters(), *keys[COUNT];

	for (int i = 0; i < COUNT; i++)
		keys[i] = key_with(shared);
	for (size_t row = 0; row < ARRAY_LEN(orders); row++) {
		const struct cert *certs[COUNT], *served[COUNT];

		for (int i = 0; i < COUNT; i++)
			certs[i] = make(i, keys[i], keys[i ? i - 1 : 0], i == UPPER || i == LOWER);
		for (size_t i = 0; i < orders[row].count; i++)
			served[i] = certs[orders[row].order[i]];
		cr_expect(cert_wants_parameters(certs[UPPER]));
		cr_expect_not(cert_wants_parameters(certs[ROOT]));
		cr_expect_not(cert_issued_by(certs[LEAF], certs[LOWER]), "%s: not yet",
			orders[row].descr);
		CLEANUP(chain_freep)
		struct chain *chain = chain_new(served, orders[row].count, NULL);
		cr_assert_not_null(chain);
		cr_expect_eq(cert_wants_parameters(certs[LOWER]), !orders[row].links, "%s",
			orders[row].descr);
		cr_expect_eq(cert_issued_by(certs[LEAF], certs[LOWER]), orders[row].links, "%s",
			orders[row].descr);
		cr_expect_eq(cert_issued_by(certs[LOWER], certs[UPPER]), orders[row].links, "%s",
			orders[row].descr);
		for (int i = 0; i < COUNT; i++)
			cert_unref(certs[i]);
	}
	for (int i = 0; i < COUNT; i++)
		EVP_PKEY_free(keys[i]);
	EVP_PKEY_free(shared);
}
