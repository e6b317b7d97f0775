/* SPDX-License-Identifier: MIT */
#include "tests/forge.h"

#include <stdio.h>
#include <string.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/forge_asn1.h"

/* Private arc of no one (RFC 5612's example enterprise), so nobody knows it. */
#define UNKNOWN_OID "1.3.6.1.4.1.32473.1"

/* Numbers of RFC 5280, 5.3.1; -1 when NAME is NULL. */
static int reason_number(const char *name)
{
	static const char *const names[] = { "unspecified", "keyCompromise", "cACompromise",
		"affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "",
		"removeFromCRL", "privilegeWithdrawn", "aACompromise" };

	for (int i = 0; name && i < (int)ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0)
			return i;
	forge_must(!name, name);
	return -1;
}

static X509_EXTENSION *unknown_extension(bool critical)
{
	X509_EXTENSION *extension = X509V3_EXT_nconf(
		NULL, NULL, UNKNOWN_OID, critical ? "critical,DER:0500" : "DER:0500");

	forge_must(extension != NULL, "an extension");
	return extension;
}

static void owner_add(X509_REVOKED *entry, const struct forge_cert *owner)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();

	forge_must(names && name && sk_GENERAL_NAME_push(names, name), "a certificate issuer");
	name->type = GEN_DIRNAME;
	name->d.directoryName = X509_NAME_dup(X509_get_subject_name(owner->x509));
	forge_must(X509_REVOKED_add1_ext_i2d(entry, NID_certificate_issuer, names, 1, 0) == 1,
		"a certificate issuer");
	GENERAL_NAMES_free(names);
}

static void entry_add(X509_CRL *crl, const struct forge_revoked *revoked)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *when = forge_time(revoked->when);
	ASN1_INTEGER *serial = revoked->cert ? ASN1_INTEGER_dup(
						       X509_get0_serialNumber(revoked->cert->x509))
					     : forge_integer(revoked->serial);
	int reason = reason_number(revoked->reason);

	forge_must(entry && serial && X509_REVOKED_set_serialNumber(entry, serial) &&
			   X509_REVOKED_set_revocationDate(entry, when),
		"an entry");
	if (reason >= 0) {
		ASN1_ENUMERATED *number = ASN1_ENUMERATED_new();

		forge_must(
			number && ASN1_ENUMERATED_set(number, reason) &&
				X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, number, 0, 0) == 1,
			"a reason");
		ASN1_ENUMERATED_free(number);
	}
	if (revoked->unknown_critical) {
		X509_EXTENSION *extension = unknown_extension(true);

		forge_must(X509_REVOKED_add_ext(entry, extension, -1), "an extension");
		X509_EXTENSION_free(extension);
	}
	if (revoked->owner)
		owner_add(entry, revoked->owner);
	forge_must(X509_CRL_add0_revoked(crl, entry), "an entry");
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(when);
}

static void entries_add(X509_CRL *crl, const struct forge_list *list)
{
	for (size_t i = 0; i < list->revoked_count; i++)
		entry_add(crl, &list->revoked[i]);
	for (size_t i = 0; i < list->padding; i++) {
		char serial[16];

		snprintf(serial, sizeof serial, "70%08X", (unsigned)i);
		entry_add(crl,
			&(struct forge_revoked){ .serial = serial, .when = list->this_update });
	}
}

static void point_add(X509_CRL *crl, const struct forge_list *list)
{
	ISSUING_DIST_POINT *point = ISSUING_DIST_POINT_new();

	forge_must(point != NULL, "a distribution point");
	point->onlyCA = list->only_ca ? 0xff : 0;
	point->onlyuser = list->only_user ? 0xff : 0;
	point->onlyattr = list->only_attribute ? 0xff : 0;
	point->indirectCRL = list->indirect ? 0xff : 0;
	if (list->some_reasons) {
		point->onlysomereasons = ASN1_BIT_STRING_new();
		forge_must(ASN1_BIT_STRING_set_bit(point->onlysomereasons, 1, 1), "reasons");
	}
	if (list->url) {
		GENERAL_NAMES *names = GENERAL_NAMES_new();
		GENERAL_NAME *name = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_URI, list->url, 0);

		point->distpoint = DIST_POINT_NAME_new();
		forge_must(name && point->distpoint && sk_GENERAL_NAME_push(names, name), "a URL");
		point->distpoint->type = 0;
		point->distpoint->name.fullname = names;
	}
	forge_must(X509_CRL_add1_ext_i2d(crl, NID_issuing_distribution_point, point,
			   !list->idp_not_critical, 0) == 1,
		"a distribution point");
	ISSUING_DIST_POINT_free(point);
}

static void number_add(X509_CRL *crl, int nid, uint32_t number, int critical)
{
	ASN1_INTEGER *integer = ASN1_INTEGER_new();

	forge_must(integer && ASN1_INTEGER_set_uint64(integer, number) &&
			   X509_CRL_add1_ext_i2d(crl, nid, integer, critical, 0) == 1,
		"a number");
	ASN1_INTEGER_free(integer);
}

static void list_extensions_add(X509_CRL *crl, const struct forge_list *list)
{
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(list->issuer->x509);
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();

	if (key) {
		aki->keyid = ASN1_OCTET_STRING_dup(key);
		forge_must(X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, aki, 0, 0) == 1,
			"a key identifier");
	}
	AUTHORITY_KEYID_free(aki);
	if (list->number)
		number_add(crl, NID_crl_number, list->number, 0);
	if (list->delta)
		number_add(crl, NID_delta_crl, list->base ? list->base : 1, 1);
	for (const struct forge_extension *one = list->extra; one && one->name; one++) {
		X509_EXTENSION *extension = X509V3_EXT_nconf(NULL, NULL, one->name, one->value);

		forge_must(extension && X509_CRL_add_ext(crl, extension, -1), one->name);
		X509_EXTENSION_free(extension);
	}
	if (list->only_ca || list->only_user || list->only_attribute || list->indirect ||
		list->some_reasons || list->url)
		point_add(crl, list);
	if (list->unknown_critical || list->unknown) {
		X509_EXTENSION *extension = unknown_extension(list->unknown_critical);

		forge_must(X509_CRL_add_ext(crl, extension, -1), "an extension");
		X509_EXTENSION_free(extension);
	}
}

static struct forge_bytes list_keep(
	struct forge *forge, const struct forge_list *list, X509_CRL *crl)
{
	unsigned char *der = NULL;
	int len = i2d_X509_CRL(crl, &der);

	forge_must(len > 0, "a list");
	der[len - 1] ^= list->broken_signature;
	struct forge_bytes bytes = forge_keep(forge, der, (size_t)len);

	OPENSSL_free(der);
	if (!list->pem)
		return bytes;

	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	forge_must(bio && PEM_write_bio(bio, PEM_STRING_X509_CRL, "", bytes.data, len) > 0, "PEM");
	long text_len = BIO_get_mem_data(bio, &text);

	bytes = forge_keep(forge, text, (size_t)text_len);
	BIO_free(bio);
	return bytes;
}

struct forge_bytes forge_crl(struct forge *forge, const struct forge_list *list)
{
	EVP_PKEY *key = forge_key(forge, list->key ? list->key : list->issuer->key);
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *this_update = forge_time(list->this_update);
	ASN1_TIME *next_update = list->next_update.seconds ? forge_time(list->next_update) : NULL;

	forge_must(
		crl && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
			X509_CRL_set_issuer_name(crl, X509_get_subject_name(list->issuer->x509)) &&
			X509_CRL_set1_lastUpdate(crl, this_update),
		"a list");
	if (next_update)
		forge_must(X509_CRL_set1_nextUpdate(crl, next_update), "a list");
	entries_add(crl, list);
	list_extensions_add(crl, list);
	forge_must(X509_CRL_sign(crl, key, forge_digest(key, list->digest)) > 0, "a signature");

	struct forge_bytes bytes = list_keep(forge, list, crl);

	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	X509_CRL_free(crl);
	return bytes;
}

static struct forge_bytes response_keep(struct forge *forge, int status, OCSP_BASICRESP *basic)
{
	OCSP_RESPONSE *response = OCSP_response_create(status, basic);
	unsigned char *der = NULL;
	int len = response ? i2d_OCSP_RESPONSE(response, &der) : 0;

	forge_must(len > 0, "an OCSP answer");
	struct forge_bytes bytes = forge_keep(forge, der, (size_t)len);

	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
	return bytes;
}

/* RFC 6962, 3.3: an OCTET STRING as an extension's value. */
static void scts_add(OCSP_SINGLERESP *single, const struct forge_ocsp *ocsp)
{
	ASN1_OCTET_STRING *list = ASN1_OCTET_STRING_new(), *value = ASN1_OCTET_STRING_new();
	unsigned char *der = NULL;

	forge_must(
		list && value && ASN1_OCTET_STRING_set(list, ocsp->scts, (int)ocsp->scts_len) == 1,
		"timestamps");
	int len = i2d_ASN1_OCTET_STRING(list, &der);
	forge_must(len > 0 && ASN1_OCTET_STRING_set(value, der, len) == 1, "timestamps");
	X509_EXTENSION *extension = X509_EXTENSION_create_by_NID(NULL, NID_ct_cert_scts, 0, value);
	forge_must(extension && OCSP_SINGLERESP_add_ext(single, extension, -1) == 1, "timestamps");
	X509_EXTENSION_free(extension);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(list);
	ASN1_OCTET_STRING_free(value);
}

static void single_add(OCSP_BASICRESP *basic, const struct forge_ocsp *ocsp)
{
	static const int states[] = {
		[FORGE_GOOD] = V_OCSP_CERTSTATUS_GOOD,
		[FORGE_REVOKED] = V_OCSP_CERTSTATUS_REVOKED,
		[FORGE_UNKNOWN] = V_OCSP_CERTSTATUS_UNKNOWN,
	};
	const EVP_MD *digest = EVP_get_digestbyname(ocsp->id_digest ? ocsp->id_digest : "SHA1");
	OCSP_CERTID *id = OCSP_cert_to_id(digest, ocsp->leaf->x509, ocsp->issuer->x509);
	ASN1_TIME *this_update = forge_time(ocsp->this_update);
	ASN1_TIME *next_update = ocsp->next_update.seconds ? forge_time(ocsp->next_update) : NULL;
	ASN1_TIME *revoked_at = forge_time(ocsp->revoked_at);
	bool revoked = ocsp->status == FORGE_REVOKED;

	forge_must(id && OCSP_basic_add1_status(basic, id, states[ocsp->status],
				 revoked ? reason_number(ocsp->reason) : 0,
				 revoked ? revoked_at : NULL, this_update, next_update),
		"an OCSP answer");
	if (ocsp->scts)
		scts_add(OCSP_resp_get0(basic, OCSP_resp_count(basic) - 1), ocsp);
	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	ASN1_TIME_free(revoked_at);
	OCSP_CERTID_free(id);
}

struct forge_bytes forge_ocsp(struct forge *forge, const struct forge_ocsp *ocsp)
{
	if (ocsp->refusal)
		return response_keep(forge, ocsp->refusal, NULL);

	const struct forge_cert *signer = ocsp->signer ? ocsp->signer : ocsp->issuer;
	EVP_PKEY *key = forge_key(forge, ocsp->signer_key ? ocsp->signer_key : signer->key);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	forge_must(basic && ctx, "an OCSP answer");
	single_add(basic, ocsp);

	/* OpenSSL refuses to sign with a key that is not the signer's, so it is shown one that has
	 * it. */
	X509 *shown = X509_dup(signer->x509);

	forge_must(shown && X509_set_pubkey(shown, key), "a signer");
	forge_must(EVP_DigestSignInit(ctx, NULL, forge_digest(key, NULL), NULL, key) == 1,
		"a signature");
	forge_must(OCSP_basic_sign_ctx(basic, shown, ctx, NULL, OCSP_NOCERTS) == 1, "a signature");
	if (ocsp->signer && !ocsp->no_certs)
		forge_must(OCSP_basic_add1_cert(basic, signer->x509) == 1, "a signer");
	X509_free(shown);
	EVP_MD_CTX_free(ctx);

	struct forge_bytes bytes = response_keep(forge, OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);

	OCSP_BASICRESP_free(basic);
	return bytes;
}
