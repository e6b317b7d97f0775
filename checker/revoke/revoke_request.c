/* SPDX-License-Identifier: MIT */
#include "checker/revoke/revoke_request.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_x509.h"
#include "checker/limits.h"

#define GET_BYTES 255
#define BASE64_BYTES 512

DEFINE_CLEANUP(OCSP_REQUEST *, OCSP_REQUEST_free);

/* The URL of NAME, when it is one that is fetched here. */
static char *url_of(const GENERAL_NAME *name)
{
	if (name->type != GEN_URI)
		return NULL;
	const ASN1_STRING *uri = name->d.uniformResourceIdentifier;
	const char *text = (const char *)ASN1_STRING_get0_data(uri);
	size_t len = (size_t)ASN1_STRING_length(uri);

	if (len < strlen("http://") || len >= LIMIT_URL_BYTES || memchr(text, '\0', len) ||
		(memcmp(text, "http://", 7) != 0 && memcmp(text, "https://", 8) != 0))
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] == 0x7f)
			return NULL;
	return text_copy(text, len);
}

void revoke_access_read(const struct cert *cert, struct revoke_access *ret_access)
{
	X509 *x509 = cert->readable ? cert_x509(cert) : NULL;

	*ret_access = (struct revoke_access){ .ocsp = NULL };
	ERR_set_mark();
	AUTHORITY_INFO_ACCESS *all = x509 ? X509_get_ext_d2i(x509, NID_info_access, NULL, NULL)
					  : NULL;

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(all, i);
		int method = OBJ_obj2nid(one->method);

		if (method == NID_ad_OCSP && !ret_access->ocsp)
			ret_access->ocsp = url_of(one->location);
		else if (method == NID_ad_ca_issuers && !ret_access->issuer)
			ret_access->issuer = url_of(one->location);
	}
	AUTHORITY_INFO_ACCESS_free(all);
	ERR_pop_to_mark();
}

void revoke_access_release(struct revoke_access *access)
{
	free(access->ocsp);
	free(access->issuer);
	*access = (struct revoke_access){ .ocsp = NULL };
}

static bool add_request(OCSP_REQUEST *request, X509 *leaf, X509 *issuer)
{
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);

	if (id && OCSP_request_add0_id(request, id))
		return true;
	OCSP_CERTID_free(id);
	return false;
}

bool revoke_request_make(const struct cert *leaf, const struct cert *issuer, struct buf *out)
{
	X509 *x509 = cert_x509(leaf), *by = cert_x509(issuer);
	CLEANUP(OCSP_REQUEST_freep) OCSP_REQUEST *request = OCSP_REQUEST_new();
	unsigned char *der = NULL;

	if (!x509 || !by || !request || !add_request(request, x509, by))
		return false;
	int len = i2d_OCSP_REQUEST(request, &der);
	bool good = len > 0 && buf_add(out, der, (size_t)len);

	OPENSSL_free(der);
	return good;
}

bool revoke_request_url(const char *responder, const struct buf *request, struct buf *out)
{
	unsigned char text[BASE64_BYTES];
	size_t len = strlen(responder);

	if (request->len > BASE64_BYTES / 2)
		return false;
	int size = EVP_EncodeBlock(text, (const unsigned char *)request->data, (int)request->len);

	(void)buf_addf(out, "%s%s", responder, len > 0 && responder[len - 1] == '/' ? "" : "/");
	/* RFC 6960, A.1: base64, of which these are not for a URL's path (RFC 3986, 3.3). */
	for (int i = 0; i < size; i++) {
		if (text[i] == '+' || text[i] == '/' || text[i] == '=')
			(void)buf_addf(out, "%%%02X", text[i]);
		else
			(void)buf_add_char(out, (char)text[i]);
	}
	return !out->failed && out->len <= GET_BYTES;
}
