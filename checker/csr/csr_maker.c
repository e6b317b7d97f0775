/* SPDX-License-Identifier: MIT */
#include "checker/csr/csr_maker.h"

#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"

DEFINE_CLEANUP(X509_REQ *, X509_REQ_free);
DEFINE_CLEANUP(X509_EXTENSION *, X509_EXTENSION_free);
DEFINE_CLEANUP(GENERAL_NAMES *, GENERAL_NAMES_free);

/* UTF8String for all but the country, which is a PrintableString (RFC 5280, A.1). */
static bool put_subject(X509_REQ *req, const struct request *request, struct error *err)
{
	const struct {
		int nid;
		const char *value;
	} parts[] = {
		{ NID_countryName, request->country },
		{ NID_stateOrProvinceName, request->state },
		{ NID_localityName, request->locality },
		{ NID_organizationName, request->organization },
		{ NID_commonName, request->common_name },
	};
	X509_NAME *subject = X509_REQ_get_subject_name(req);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].value &&
			X509_NAME_add_entry_by_NID(subject, parts[i].nid, MBSTRING_UTF8,
				(const unsigned char *)parts[i].value, -1, -1, 0) != 1)
			return error_set(err, ERROR_SYNTAX,
				"'%s' cannot be the %s of a subject: too long, or not UTF-8",
				parts[i].value, OBJ_nid2sn(parts[i].nid));
	return true;
}

static bool push_name(GENERAL_NAMES *names, const char *text)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *value = ASN1_IA5STRING_new();

	if (name && value && ASN1_STRING_set(value, text, -1) == 1) {
		GENERAL_NAME_set0_value(name, GEN_DNS, value);
		value = NULL;
		if (sk_GENERAL_NAME_push(names, name) > 0)
			return true;
	}
	ASN1_IA5STRING_free(value);
	GENERAL_NAME_free(name);
	return false;
}

static bool put_names(X509_REQ *req, const struct request *request)
{
	CLEANUP(GENERAL_NAMES_freep) GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	for (size_t i = 0; names && i < request->count; i++)
		if (!push_name(names, request->names[i]))
			return false;
	CLEANUP(X509_EXTENSION_freep)
	X509_EXTENSION *extension = names ? X509V3_EXT_i2d(NID_subject_alt_name, 0, names) : NULL;
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
	bool good = extension && extensions && sk_X509_EXTENSION_push(extensions, extension) > 0 &&
		    X509_REQ_add_extensions(req, extensions) == 1;

	sk_X509_EXTENSION_free(extensions);
	return good;
}

static const EVP_MD *digest_for(const EVP_PKEY *pkey)
{
	/* RFC 5480, 4: a digest of about the curve's strength. */
	return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC && EVP_PKEY_get_bits(pkey) > 256
		       ? EVP_sha384()
		       : EVP_sha256();
}

bool csr_make(const struct request *request, const struct private_key *key, struct buf *out,
	struct error *err)
{
	CLEANUP(X509_REQ_freep) X509_REQ *req = X509_REQ_new();
	EVP_PKEY *pkey = private_key_pkey(key);
	unsigned char *der = NULL;

	if (!req)
		return error_set_memory(err);
	ERR_set_mark();
	bool good = put_subject(req, request, err);
	if (good && (!put_names(req, request) || X509_REQ_set_pubkey(req, pkey) != 1))
		good = error_set_memory(err);
	if (good && X509_REQ_sign(req, pkey, digest_for(pkey)) <= 0)
		good = error_set(err, ERROR_SYNTAX, "nothing can be signed with this kind of key");
	int len = good ? i2d_X509_REQ(req, &der) : 0;
	if (good && (len <= 0 || !buf_add(out, der, (size_t)len)))
		good = error_set_memory(err);
	ERR_pop_to_mark();
	OPENSSL_free(der);
	return good;
}

bool csr_armor(const struct buf *der, bool microsoft, struct buf *out, struct error *err)
{
	BIO *bio = der->len <= LONG_MAX ? BIO_new(BIO_s_mem()) : NULL;
	const char *label = microsoft ? PEM_STRING_X509_REQ_OLD : PEM_STRING_X509_REQ;
	char *text = NULL;
	bool good = bio && PEM_write_bio(bio, label, "", (const unsigned char *)der->data,
				   (long)der->len) > 0;
	long len = good ? BIO_get_mem_data(bio, &text) : 0;

	good = good && len > 0 && buf_add(out, text, (size_t)len);
	BIO_free(bio);
	return good || error_set_memory(err);
}
