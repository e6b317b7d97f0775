/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/cert/der.h"
#include "checker/csr/csr_parts.h"
#include "checker/limits.h"
#include "checker/target/name.h"

DEFINE_CLEANUP(GENERAL_NAMES *, GENERAL_NAMES_free);

/* --- What is asked for: extensionRequest (RFC 2985, 5.4.2), and Microsoft's older one --- */

static const char *address_text(struct csr *csr, const ASN1_OCTET_STRING *octets)
{
	const unsigned char *at = ASN1_STRING_get0_data(octets);
	int len = ASN1_STRING_length(octets);
	char text[LIMIT_ADDRESS_BYTES] = "";
	char raw[48];

	if (len == 4)
		(void)snprintf(raw, sizeof raw, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
	else if (len == 16)
		(void)snprintf(raw, sizeof raw,
			"%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x",
			at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9],
			at[10], at[11], at[12], at[13], at[14], at[15]);
	else
		return csr_text(csr, at, (size_t)len);
	if (!name_canonical_address(raw, text))
		return csr_text(csr, at, (size_t)len);
	return csr_text(csr, (const unsigned char *)text, strlen(text));
}

static bool add_name(struct csr *csr, const GENERAL_NAME *general)
{
	int kind = 0;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(general, &kind);
	struct csr_name name = { .kind = CSR_NAME_OTHER };

	if (kind == GEN_DNS) {
		name.kind = CSR_NAME_DNS;
		name.text = csr_text(
			csr, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	} else if (kind == GEN_IPADD) {
		name.kind = CSR_NAME_ADDRESS;
		name.text = address_text(csr, value);
	} else if (kind == GEN_EMAIL || kind == GEN_URI) {
		name.text = csr_text(
			csr, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	} else {
		name.text = "";
	}
	if (!name.text)
		return false;
	if (csr->names.count == LIMIT_SANS) {
		csr->names_dropped++;
		return true;
	}
	if (!vec_reserve(&csr->names))
		return false;
	csr->names.items[csr->names.count++] = name;
	return true;
}

static bool read_names(struct csr *csr, const STACK_OF(X509_EXTENSION) * extensions)
{
	int critical = 0;
	CLEANUP(GENERAL_NAMES_freep)
	GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, &critical, NULL);

	csr->has_san = names || critical != -1;
	csr->extensions_damaged |= !names && critical != -1;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		if (!add_name(csr, sk_GENERAL_NAME_value(names, i)))
			return false;
	return true;
}

static void read_uses(struct csr *csr, const STACK_OF(X509_EXTENSION) * extensions)
{
	BASIC_CONSTRAINTS *basic = X509V3_get_d2i(extensions, NID_basic_constraints, NULL, NULL);
	EXTENDED_KEY_USAGE *uses = X509V3_get_d2i(extensions, NID_ext_key_usage, NULL, NULL);

	csr->wants_ca = basic && basic->ca;
	for (int i = 0; i < sk_ASN1_OBJECT_num(uses); i++)
		csr->wants_client |= OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, i)) == NID_client_auth;
	BASIC_CONSTRAINTS_free(basic);
	EXTENDED_KEY_USAGE_free(uses);
}

bool csr_read_extensions(struct csr *csr, X509_REQ *req)
{
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(req);
	bool asked = X509_REQ_get_attr_by_NID(req, NID_ext_req, -1) >= 0 ||
		     X509_REQ_get_attr_by_NID(req, NID_ms_ext_req, -1) >= 0;

	csr->has_challenge = X509_REQ_get_attr_by_NID(req, NID_pkcs9_challengePassword, -1) >= 0;
	csr->extensions_damaged = asked && !extensions;
	bool good = read_names(csr, extensions);
	read_uses(csr, extensions);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return good;
}

/* --- Microsoft's attributes --- */

static const ASN1_TYPE *attribute_value(const X509_REQ *req, const char *digits)
{
	for (int i = 0; i < X509_REQ_get_attr_count(req); i++) {
		X509_ATTRIBUTE *attribute = X509_REQ_get_attr(req, i);
		char oid[80];

		if (OBJ_obj2txt(oid, sizeof oid, X509_ATTRIBUTE_get0_object(attribute), 1) > 0 &&
			strcmp(oid, digits) == 0)
			return X509_ATTRIBUTE_get0_type(attribute, 0);
	}
	return NULL;
}

/* The next string of a sequence, whatever its kind; NULL when there is none. */
static bool take_text(struct csr *csr, struct der_cursor *cursor, const char **ret_text)
{
	struct der_item item;

	if (!der_next(cursor, &item) || item.len == 0)
		return true;
	*ret_text = csr_text(csr, item.content, item.len);
	return *ret_text;
}

/* szOID_REQUEST_CLIENT_INFO: ClientId, MachineName, UserName, ProcessName. */
static bool read_client(struct csr *csr, const ASN1_TYPE *value)
{
	struct csr_microsoft *microsoft = &csr->microsoft;
	struct der_item sequence, number;

	if (!value || value->type != V_ASN1_SEQUENCE ||
		!der_only(ASN1_STRING_get0_data(value->value.sequence),
			(size_t)ASN1_STRING_length(value->value.sequence), DER_SEQUENCE, &sequence))
		return true;
	struct der_cursor inside = der_inside(&sequence);
	if (der_has(&inside, DER_INTEGER) && !der_next(&inside, &number))
		return true;
	return take_text(csr, &inside, &microsoft->machine) &&
	       take_text(csr, &inside, &microsoft->user) &&
	       take_text(csr, &inside, &microsoft->process);
}

bool csr_read_microsoft(struct csr *csr, const X509_REQ *req)
{
	const ASN1_TYPE *version = attribute_value(req, "1.3.6.1.4.1.311.13.2.3");

	if (version && version->type == V_ASN1_IA5STRING) {
		const ASN1_STRING *text = version->value.ia5string;

		csr->microsoft.version = csr_text(
			csr, ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
		if (!csr->microsoft.version)
			return false;
	}
	return read_client(csr, attribute_value(req, "1.3.6.1.4.1.311.21.20"));
}
