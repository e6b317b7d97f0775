/* SPDX-License-Identifier: MIT */
#include "checker/csr/csr.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/csr/csr_parts.h"
#include "checker/limits.h"

DEFINE_CLEANUP(X509_REQ *, X509_REQ_free);
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free);

/* --- The subject --- */

static const char *type_of(struct csr *csr, const X509_NAME_ENTRY *entry)
{
	const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
	int nid = OBJ_obj2nid(object);
	char digits[80];

	if (nid != NID_undef)
		return OBJ_nid2sn(nid);
	if (OBJ_obj2txt(digits, sizeof digits, object, 1) < 0)
		digits[0] = '\0';
	return arena_text(&csr->texts, digits, strlen(digits));
}

static bool add_attribute(struct csr *csr, const X509_NAME_ENTRY *entry)
{
	const ASN1_STRING *data = X509_NAME_ENTRY_get_data(entry);
	struct csr_attribute attribute = { .type = type_of(csr, entry),
		.printable = ASN1_STRING_type(data) == V_ASN1_PRINTABLESTRING };
	unsigned char *utf8 = NULL;
	int len = ASN1_STRING_to_UTF8(&utf8, data);

	if (len >= 0)
		attribute.value = csr_text(csr, utf8, (size_t)len);
	else
		attribute.value = csr_text(
			csr, ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
	for (int i = 0; i < len; i++)
		attribute.characters += (utf8[i] & 0xc0) != 0x80;
	OPENSSL_free(utf8);
	if (!attribute.type || !attribute.value || !vec_reserve(&csr->attributes))
		return false;
	csr->attributes.items[csr->attributes.count++] = attribute;
	return true;
}

/* RFC 4514, 2.4; the text is printable already. */
static void escape(const char *text, char out[static 2 * CSR_TEXT])
{
	for (const char *at = text; *at; at++) {
		bool outside = (at == text && (*at == ' ' || *at == '#')) || (!at[1] && *at == ' ');

		if (outside || strchr(",+\"<>;", *at))
			*out++ = '\\';
		*out++ = *at;
	}
	*out = '\0';
}

/* RFC 4514: the last one first. */
static bool make_subject(struct csr *csr)
{
	char *line = arena_take(&csr->texts, LIMIT_NAME_BYTES);
	char value[2 * CSR_TEXT];
	size_t len = 0;

	if (!line)
		return false;
	for (size_t i = csr->attributes.count; i-- > 0;) {
		const struct csr_attribute *attribute = &csr->attributes.items[i];

		escape(attribute->value, value);
		size_t more = strlen(attribute->type) + strlen(value) + 2;
		if (len + more + sizeof "..." >= LIMIT_NAME_BYTES) {
			memcpy(line + len, "...", sizeof "...");
			break;
		}
		len += (size_t)snprintf(line + len, LIMIT_NAME_BYTES - len, "%s%s=%s",
			len > 0 ? "," : "", attribute->type, value);
	}
	csr->subject = line;
	return true;
}

static bool read_subject(struct csr *csr, const X509_REQ *req)
{
	const X509_NAME *name = X509_REQ_get_subject_name(req);

	for (int i = 0; i < X509_NAME_entry_count(name); i++)
		if (!add_attribute(csr, X509_NAME_get_entry(name, i)))
			return false;
	return make_subject(csr);
}

/* --- Key and signature --- */

static bool read_key(struct csr *csr, X509_REQ *req)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(req), &der);
	uint8_t *own = len > 0 ? arena_take(&csr->texts, (size_t)len) : NULL;

	if (own) {
		memcpy(own, der, (size_t)len);
		csr->spki = own;
		csr->spki_len = (size_t)len;
		fingerprint_of(own, (size_t)len, csr->spki_sha256);
		pubkey_describe(own, (size_t)len, &csr->key);
	}
	OPENSSL_free(der);
	return own;
}

static enum csr_digest digest_of(int nid)
{
	switch (nid) {
	case NID_sha1:
		return CSR_DIGEST_SHA1;
	case NID_md2:
	case NID_md4:
	case NID_md5:
	case NID_md5_sha1:
		return CSR_DIGEST_BROKEN;
	default:
		return CSR_DIGEST_GOOD;
	}
}

static bool read_signature(struct csr *csr, X509_REQ *req)
{
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;
	int digest = NID_undef, kind = NID_undef, nid;
	char digits[80];

	X509_REQ_get0_signature(req, NULL, &algorithm);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	nid = OBJ_obj2nid(object);
	if (nid != NID_undef) {
		csr->signature = OBJ_nid2ln(nid);
	} else {
		if (OBJ_obj2txt(digits, sizeof digits, object, 1) < 0)
			digits[0] = '\0';
		csr->signature = arena_text(&csr->texts, digits, strlen(digits));
	}
	if (OBJ_find_sigid_algs(nid, &digest, &kind) == 1)
		csr->digest = digest_of(digest);
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *key = pubkey_make(csr->spki, csr->spki_len, NULL);
	csr->signature_tried = key;
	csr->signature_fits = key && X509_REQ_verify(req, key) == 1;
	return csr->signature;
}

/* --- The whole --- */

const char *csr_text(struct csr *csr, const unsigned char *bytes, size_t len)
{
	char text[CSR_TEXT];

	text_printable((const char *)bytes, len, text, sizeof text);
	return arena_text(&csr->texts, text, strlen(text));
}

const struct csr_attribute *csr_attribute(const struct csr *csr, const char *type)
{
	for (size_t i = 0; i < csr->attributes.count; i++)
		if (strcmp(csr->attributes.items[i].type, type) == 0)
			return &csr->attributes.items[i];
	return NULL;
}

struct csr *csr_new(const uint8_t *der, size_t len, struct error *err)
{
	const unsigned char *at = der;

	if (len > LIMIT_CSR_BYTES) {
		(void)error_set(err, ERROR_LIMIT, "the request has more than %u bytes",
			(unsigned)LIMIT_CSR_BYTES);
		return NULL;
	}
	ERR_set_mark();
	CLEANUP(X509_REQ_freep) X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)len);
	bool whole = req && at == der + len;
	ERR_pop_to_mark();
	if (!whole) {
		(void)error_set(
			err, ERROR_SYNTAX, "this is not a signing request, or a damaged one");
		return NULL;
	}
	CLEANUP(csr_freep) struct csr *csr = calloc(1, sizeof *csr);
	if (csr)
		arena_init(&csr->texts, NULL, 0);
	ERR_set_mark();
	bool read = csr && read_subject(csr, req) && read_key(csr, req) &&
		    csr_read_extensions(csr, req) && csr_read_microsoft(csr, req) &&
		    read_signature(csr, req);
	ERR_pop_to_mark();
	if (read)
		return TAKE(csr);
	(void)error_set_memory(err);
	return NULL;
}

void csr_free(struct csr *csr)
{
	if (!csr)
		return;
	free(csr->attributes.items);
	free(csr->names.items);
	arena_release(&csr->texts);
	free(csr);
}
