/* SPDX-License-Identifier: MIT */
#include "checker/key/pfx.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_x509.h"
#include "checker/key/private_key.h"

/* Key, certificates and MAC take this many each: what .NET reads without being told to
 * (Pkcs12LoaderLimits: 300,000 each, 1,200,000 in all) is more. */
#define ROUNDS_MODERN 100000
/* As `openssl pkcs12` makes them, which old Windows is known to read. */
#define ROUNDS_OLD 2048
#define SALT_BYTES 16
#define SALT_OLD 8

DEFINE_CLEANUP(PKCS12 *, PKCS12_free);

static void stack_free(STACK_OF(X509) * stack)
{
	sk_X509_free(stack); /* certificates are borrowed */
}
DEFINE_CLEANUP(STACK_OF(X509) *, stack_free);

static bool push_rest(STACK_OF(X509) * rest, const struct pfx_content *content)
{
	for (size_t i = 1; i < content->count; i++) {
		X509 *x509 = cert_x509(content->certs[i]);
		if (!x509 || sk_X509_push(rest, x509) <= 0)
			return false;
	}
	return true;
}

static PKCS12 *seal(
	const struct pfx_content *content, const char *password, bool modern, STACK_OF(X509) * rest)
{
	int nid = modern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
	int rounds = modern ? ROUNDS_MODERN : ROUNDS_OLD;
	X509 *x509 = cert_x509(content->certs[0]);
	/* Without a MAC, which may only be of one digest there. */
	CLEANUP(PKCS12_freep)
	PKCS12 *p12 = x509 ? PKCS12_create(password, content->name, private_key_pkey(content->key),
				     x509, rest, nid, nid, rounds, -1, 0)
			   : NULL;

	if (!p12 || PKCS12_set_mac(p12, password, -1, NULL, modern ? SALT_BYTES : SALT_OLD, rounds,
			    modern ? EVP_sha256() : EVP_sha1()) != 1)
		return NULL;
	return TAKE(p12);
}

bool pfx_write(const struct pfx_content *content, const char *password, enum pfx_reader reader,
	struct buf *out, struct error *err)
{
	CLEANUP(stack_freep) STACK_OF(X509) *rest = sk_X509_new_null();
	unsigned char *der = NULL;
	int len = 0;

	ERR_set_mark();
	CLEANUP(PKCS12_freep)
	PKCS12 *p12 = rest && push_rest(rest, content)
			      ? seal(content, password, reader == PFX_MODERN, rest)
			      : NULL;
	if (p12)
		len = i2d_PKCS12(p12, &der);
	ERR_pop_to_mark();
	if (!p12)
		return error_set(err, ERROR_SYNTAX,
			"the key and its certificate cannot be put into a PKCS#12 file");
	bool good = len > 0 && buf_add(out, der, (size_t)len);

	OPENSSL_free(der);
	return good || error_set_memory(err);
}
