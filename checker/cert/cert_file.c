/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file_p12.h"
#include "checker/cert/pem.h"

static void bytes_free(uint8_t *bytes)
{
	free(bytes);
}
DEFINE_CLEANUP(uint8_t *, bytes_free);

struct reading {
	const char *path;
	const char *password;
	cert_file_each *each;
	void *arg;
	struct error *err;
	size_t count;
};

/* LINE 0: the file has no lines. */
static bool reading_fail(const struct reading *r, size_t line, const char *reason)
{
	char why[ERROR_TEXT];

	phrase_from(why, sizeof why, reason);
	if (!line)
		return error_set(r->err, ERROR_SYNTAX, "%s: %s", r->path, why);
	return error_set(r->err, ERROR_SYNTAX, "%s:%zu: %s", r->path, line, why);
}

/* --- DER --- */

/* The size of the SEQUENCE at DER, header and all, and the header's; 0 when there is no whole one.
 */
static size_t sequence_size(const uint8_t *der, size_t len, size_t *ret_header)
{
	const uint8_t *at = der;
	long content = 0;
	int tag = 0, class = 0;
	int flags = ASN1_get_object(
		&at, &content, &tag, &class, len > LONG_MAX ? LONG_MAX : (long)len);

	/* 0x80: it does not fit; 1: length not said, which DER forbids but BER has. */
	if ((flags & 0x80) || tag != V_ASN1_SEQUENCE || class != V_ASN1_UNIVERSAL)
		return 0;
	*ret_header = (size_t)(at - der);
	return (flags & 1) ? len : *ret_header + (size_t)content;
}

/* OpenSSL takes thirty times as long, and a bundle has some 150. */
static bool is_certificate(const uint8_t *der, size_t len)
{
	const uint8_t *end = der;

	if (cert_is_ordinary(der, len))
		return true;
	X509 *x509 = len <= LONG_MAX ? d2i_X509(NULL, &end, (long)len) : NULL;
	bool whole = x509 && end == der + len;
	X509_free(x509);
	return whole;
}

static bool give(struct reading *r, size_t line, const uint8_t *der, size_t len)
{
	if (!is_certificate(der, len))
		return reading_fail(r, line, "this is not a certificate, or a damaged one");
	r->count++;
	return r->each(r->arg, der, len, r->err);
}

static bool give_x509(struct reading *r, size_t line, const X509 *x509)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);
	bool ok = len > 0 ? give(r, line, der, (size_t)len)
			  : reading_fail(r, line, "a certificate in it is damaged");

	OPENSSL_free(der);
	return ok;
}

DEFINE_CLEANUP(PKCS7 *, PKCS7_free);

/* A bag of certificates (RFC 2315, 9.1), signed by nobody. */
static bool give_pkcs7(struct reading *r, size_t line, const uint8_t *der, size_t len)
{
	const uint8_t *end = der;
	CLEANUP(PKCS7_freep)
	PKCS7 *pkcs7 = len <= LONG_MAX ? d2i_PKCS7(NULL, &end, (long)len) : NULL;
	const STACK_OF(X509) *certs = NULL;

	if (!pkcs7)
		return reading_fail(r, line, "the PKCS#7 structure is damaged");
	if (PKCS7_type_is_signed(pkcs7) && pkcs7->d.sign)
		certs = pkcs7->d.sign->cert;
	for (int i = 0; i < sk_X509_num(certs); i++)
		if (!give_x509(r, line, sk_X509_value(certs, i)))
			return false;
	return true;
}

static bool give_p12_cert(void *arg, const uint8_t *der, size_t len)
{
	return give(arg, 0, der, len);
}

static bool give_p12(struct reading *r, const uint8_t *der, size_t len)
{
	const char *why = NULL;

	if (cert_file_p12_read(der, len, r->password, give_p12_cert, r, &why))
		return true;
	return why ? reading_fail(r, 0, why) : false;
}

/* Some tools end a DER file like a text. */
static bool is_blank(const uint8_t *bytes, size_t len)
{
	while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	return len == 0;
}

static bool read_der(struct reading *r, const uint8_t *der, size_t len)
{
	while (!is_blank(der, len)) {
		size_t header = 0, size = sequence_size(der, len, &header);

		if (size <= header)
			return reading_fail(r, 0,
				r->count ? "what follows the last whole certificate is none; is "
					   "the file cut short?"
					 : "the DER structure is cut short or damaged");
		/* A certificate begins with a SEQUENCE, PKCS#7 with its type, PKCS#12 with its
		 * version. */
		if (der[header] == V_ASN1_OBJECT)
			return give_pkcs7(r, 0, der, len);
		if (der[header] == V_ASN1_INTEGER)
			return give_p12(r, der, len);
		if (!give(r, 0, der, size))
			return false;
		der += size;
		len -= size;
	}
	return true;
}

/* --- PEM (RFC 7468), read by hand because OpenSSL's reader knows no lines --- */

enum block { BLOCK_OTHER, BLOCK_CERT, BLOCK_TRUSTED, BLOCK_PKCS7 };

/* Keys, requests, lists and parameters are passed over: they may stand beside certificates. */
static enum block block_kind(const char *label)
{
	static const struct {
		const char *label;
		enum block kind;
	} kinds[] = {
		{ "CERTIFICATE", BLOCK_CERT },
		{ "X509 CERTIFICATE", BLOCK_CERT },
		{ "TRUSTED CERTIFICATE", BLOCK_TRUSTED },
		{ "PKCS7", BLOCK_PKCS7 },
		{ "PKCS #7 SIGNED DATA", BLOCK_PKCS7 },
		{ "CMS", BLOCK_PKCS7 },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].label, label) == 0)
			return kinds[i].kind;
	return BLOCK_OTHER;
}

static bool give_block(
	struct reading *r, size_t line, enum block kind, const uint8_t *der, size_t len)
{
	size_t header = 0, size = sequence_size(der, len, &header);

	if (size <= header)
		return reading_fail(r, line, "the block is cut short or damaged");
	/* Microsoft's CA calls a PKCS#7 bag a certificate too. */
	if (kind == BLOCK_PKCS7 || der[header] == V_ASN1_OBJECT)
		return give_pkcs7(r, line, der, len);
	/* OpenSSL puts what it trusts the certificate for behind it. */
	return give(r, line, der, kind == BLOCK_TRUSTED ? size : len);
}

static bool read_block(struct reading *r, size_t line, enum block kind, struct pem_cursor body)
{
	size_t len = 0;
	CLEANUP(bytes_freep) uint8_t *der = malloc((size_t)(body.end - body.at) + 3);

	if (!der)
		return error_set_memory(r->err);
	if (!pem_decode(&body, der, &len))
		return reading_fail(r, body.line,
			body.at < body.end ? "not base64 inside a PEM block"
					   : "the base64 of a PEM block is cut short");
	return give_block(r, line, kind, der, len);
}

static bool read_pem(struct reading *r, const char *text, size_t len)
{
	struct pem_cursor c = { text, text + len, 1 };
	char label[PEM_LABEL_BYTES], closing[PEM_LABEL_BYTES];

	while (pem_skip_to(&c, pem_begin)) {
		size_t line = c.line;

		if (!pem_read_label(&c, pem_begin, label))
			return reading_fail(r, line, "the BEGIN line of a PEM block is damaged");
		struct pem_cursor body = c;

		if (!pem_skip_to(&c, pem_dashes) || !pem_is_at(&c, pem_end))
			return reading_fail(
				r, line, "the PEM block that begins here has no END line");
		body.end = c.at;
		if (!pem_read_label(&c, pem_end, closing) || strcmp(label, closing) != 0)
			return reading_fail(
				r, c.line, "the END line does not fit the BEGIN line of its block");
		enum block kind = block_kind(label);

		if (kind != BLOCK_OTHER && !read_block(r, line, kind, body))
			return false;
	}
	return true;
}

static bool read_utf16(struct reading *r, const uint8_t *bytes, size_t len, enum pem_wide wide)
{
	CLEANUP(bytes_freep) uint8_t *text = malloc(len / 2 + 1);

	if (!text)
		return error_set_memory(r->err);
	return read_pem(r, (const char *)text, pem_narrow(bytes, len, wide, (char *)text));
}

static bool read_any(struct reading *r, const uint8_t *bytes, size_t len)
{
	static const uint8_t jks[] = { 0xfe, 0xed, 0xfe, 0xed },
			     jceks[] = { 0xce, 0xce, 0xce, 0xce };

	if (len >= 4 && (memcmp(bytes, jks, 4) == 0 || memcmp(bytes, jceks, 4) == 0))
		return reading_fail(r, 0,
			"a Java key store; convert it with keytool -importkeystore "
			"-deststoretype PKCS12 first");
	if (pem_wideness(bytes, len) != PEM_NOT_WIDE)
		return read_utf16(r, bytes, len, pem_wideness(bytes, len));
	/* No text begins so: a SEQUENCE with a length of more than 127. */
	if (len >= 2 && bytes[0] == 0x30 && (bytes[1] & 0x80))
		return read_der(r, bytes, len);
	return read_pem(r, (const char *)bytes, len);
}

bool cert_file_read(
	const struct cert_file *file, cert_file_each *each, void *arg, struct error *err)
{
	struct reading r = { file->path, file->password, each, arg, err, 0 };

	/* An empty file may come without any bytes at all, and there is no pointer into none. */
	if (file->len == 0)
		return reading_fail(&r, 0, "there is no certificate in it");
	ERR_set_mark();
	bool ok = read_any(&r, file->bytes, file->len);
	ERR_pop_to_mark();
	return ok && (r.count > 0 || reading_fail(&r, 0, "there is no certificate in it"));
}
