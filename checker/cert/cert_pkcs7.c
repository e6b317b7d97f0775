/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_pkcs7.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_x509.h"

DEFINE_CLEANUP(BIO *, BIO_free_all);
DEFINE_CLEANUP(PKCS7 *, PKCS7_free);

static bool take(BIO *bio, struct buf *out)
{
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);

	return len > 0 && buf_add(out, text, (size_t)len);
}

static bool add_all(PKCS7 *bag, const struct cert *const certs[], size_t count)
{
	if (PKCS7_set_type(bag, NID_pkcs7_signed) != 1 ||
		PKCS7_content_new(bag, NID_pkcs7_data) != 1)
		return false;
	/* There is no content, not even an empty one. */
	PKCS7_set_detached(bag, 1);
	for (size_t i = 0; i < count; i++) {
		X509 *x509 = cert_x509(certs[i]);
		if (!x509 || PKCS7_add_certificate(bag, x509) != 1)
			return false;
	}
	return true;
}

bool cert_pkcs7_write(
	const struct cert *const certs[], size_t count, struct buf *out, struct error *err)
{
	CLEANUP(BIO_free_allp) BIO *bio = BIO_new(BIO_s_mem());
	CLEANUP(PKCS7_freep) PKCS7 *bag = PKCS7_new();

	ERR_set_mark();
	bool good = bio && bag && add_all(bag, certs, count) &&
		    PEM_write_bio_PKCS7(bio, bag) == 1 && take(bio, out);
	ERR_pop_to_mark();
	return good || error_set_memory(err);
}
