/* SPDX-License-Identifier: MIT */
/* DSA keys without parameters of their own (RFC 3279, 2.3.2): they are those of the issuer's key.
 */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "checker/base/attr.h"
#include "checker/base/heap.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"

DEFINE_CLEANUP(X509 *, X509_free);
DEFINE_CLEANUP(X509_PUBKEY *, X509_PUBKEY_free);

/* The parameters of a DSA key; NULL when it is none or has none. */
static const ASN1_STRING *parameters_of(X509 *x509)
{
	const void *value = NULL;
	X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;
	int type = V_ASN1_UNDEF;

	if (!X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509)))
		return NULL;
	X509_ALGOR_get0(&object, &type, &value, algorithm);
	return OBJ_obj2nid(object) == NID_dsa && type == V_ASN1_SEQUENCE ? value : NULL;
}

bool cert_lacks_parameters(X509 *x509)
{
	X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;
	int type = V_ASN1_UNDEF;

	if (!X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509)))
		return false;
	X509_ALGOR_get0(&object, &type, NULL, algorithm);
	return OBJ_obj2nid(object) == NID_dsa && (type == V_ASN1_UNDEF || type == V_ASN1_NULL);
}

bool cert_wants_parameters(const struct cert *cert)
{
	const struct cert_holder *holder = cert_holder(cert);

	return holder->lacks_parameters && !atomic_load(&holder->whole);
}

/* The key's own part of X509, with PARAMETERS, as DER. */
static int encode_whole(X509 *x509, const ASN1_STRING *parameters, unsigned char **der)
{
	const unsigned char *own = NULL;
	int len = 0;
	CLEANUP(X509_PUBKEY_freep) X509_PUBKEY *whole = X509_PUBKEY_new();
	ASN1_STRING *copy = ASN1_STRING_dup(parameters);

	if (!whole || !copy ||
		!X509_PUBKEY_get0_param(NULL, &own, &len, NULL, X509_get_X509_PUBKEY(x509))) {
		ASN1_STRING_free(copy);
		return -1;
	}
	unsigned char *bytes = OPENSSL_memdup(own, (size_t)len);
	if (!bytes || !X509_PUBKEY_set0_param(
			      whole, OBJ_nid2obj(NID_dsa), V_ASN1_SEQUENCE, copy, bytes, len)) {
		OPENSSL_free(bytes);
		ASN1_STRING_free(copy);
		return -1;
	}
	return i2d_X509_PUBKEY(whole, der);
}

/* The signed bytes stay what they are: the key is decoded anew where it stands, and OpenSSL keeps
 * the encoding that came with the certificate. */
static bool complete(X509 *x509, const ASN1_STRING *parameters)
{
	X509_PUBKEY *key = X509_get_X509_PUBKEY(x509);
	unsigned char *der = NULL;
	int len = encode_whole(x509, parameters, &der);
	const unsigned char *at = der;
	bool good = len > 0 && d2i_X509_PUBKEY(&key, &at, len) && X509_get0_pubkey(x509);

	OPENSSL_free(der);
	return good;
}

void cert_inherit_parameters(const struct cert *cert, const struct cert *issuer)
{
	struct cert_holder *holder = cert_holder(cert);
	const unsigned char *at = holder->der;
	X509 *above = cert_x509(issuer), *none = NULL;
	const ASN1_STRING *parameters = above ? parameters_of(above) : NULL;

	if (!parameters || !cert_wants_parameters(cert))
		return;
	ERR_set_mark();
	/* Another one, for threads may have the first in hand. */
	CLEANUP(X509_freep) X509 *whole = d2i_X509(NULL, &at, (long)holder->der_len);
	if (whole && complete(whole, parameters)) {
		(void)X509_check_purpose(whole, -1, 0);
		if (atomic_compare_exchange_strong(&holder->whole, &none, whole))
			(void)TAKE(whole);
	}
	ERR_pop_to_mark();
}
