/* SPDX-License-Identifier: MIT */
/*
 * A revocation list, or a stapled OCSP answer.  Whatever can be read as one is
 * signed anew by the issuer's key and read again, because nothing behind the
 * check of a signature would be reached otherwise.
 */
#include <assert.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/cert/cert.h"
#include "checker/revoke/revoke.h"
#include "checker/revoke/revoke_crl.h"
#include "checker/revoke/revoke_index.h"
#include "checker/revoke/revoke_set.h"
#include "tests/forge.h"
#include "tests/fuzz/fuzz.h"

#define KEY "fixed:crl"

/* The corpus was made for these: same keys, same names, same serial. */
struct setting {
	struct forge forge;
	struct forge_cert *issuer, *leaf;
	struct instant now;
};

static void setting_init(struct setting *s)
{
	forge_init(&s->forge, FORGE_KEYS_FAST);
	s->now = forge_day("2026-07-01");
	s->issuer = forge_cert(&s->forge, &(struct forge_spec){ .subject = "CN=Fuzz CA",
						  .key = KEY,
						  .ca = true,
						  .not_before = forge_day("2020-01-01"),
						  .not_after = forge_day("2040-01-01") });
	s->leaf = forge_cert(&s->forge, &(struct forge_spec){ .subject = "CN=leaf",
						.key = "fixed:leaf",
						.issuer = s->issuer,
						.serial = "01",
						.crl_url = "http://a.test/a.crl",
						.not_before = forge_day("2026-01-01"),
						.not_after = forge_day("2027-01-01") });
}

static void read_list(struct setting *s, const uint8_t *bytes, size_t len)
{
	for (int scope = REVOKE_SCOPE_CA; scope <= REVOKE_SCOPE_ALL; scope++) {
		CLEANUP(revoke_list_freep)
		struct revoke_list *list = revoke_list_new(
			&(struct revoke_source){ .id = "fuzz",
				.bytes = bytes,
				.len = len,
				.scope = (enum revoke_scope)scope },
			forge_as_cert(s->issuer), s->now);

		assert(list);
		enum revoke_list_state state = revoke_list_state(list);
		enum revoke_status status =
			revoke_list_look_up(list, forge_as_cert(s->leaf)).status;

		assert((state == REVOKE_LIST_GOOD) == !*revoke_list_why(list));
		assert(state != REVOKE_LIST_UNAVAILABLE && status != REVOKE_UNAVAILABLE);
		/* Only a list in order may clear a certificate, only one that holds may accuse it.
		 */
		assert(status != REVOKE_NOT_REVOKED || state == REVOKE_LIST_GOOD);
		assert(status != REVOKE_REVOKED || state != REVOKE_LIST_INVALID);
		assert(scope != REVOKE_SCOPE_CA || status == REVOKE_NOT_COVERED);
	}
}

/* By itself in a set, with its issuer as the one that asks. */
static void read_set(struct setting *s, const uint8_t *bytes, size_t len)
{
	CLEANUP(revoke_set_freep) struct revoke_set *set = revoke_set_new(NULL);
	const struct cert *leaf = forge_as_cert(s->leaf), *issuer = forge_as_cert(s->issuer);

	assert(set && revoke_set_add(set, bytes, len, NULL));
	enum revoke_status alone = revoke_set_ask(set, leaf, issuer, s->now, NULL).status;

	assert(revoke_set_add(set, bytes, len, NULL));
	/* The same list once more changes nothing. */
	assert(revoke_set_ask(set, leaf, issuer, s->now, NULL).status == alone);
	assert(alone != REVOKE_NOT_COVERED);
	assert(revoke_set_count(set) > 0 || alone == REVOKE_UNAVAILABLE);
}

/* Ours takes nothing that OpenSSL does not take, and finds no more in it. */
static void read_as_openssl(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes;
	const char *why;
	CLEANUP(revoke_crl_freep) struct revoke_crl *ours = revoke_crl_new(bytes, len, &why);

	assert(ours || why);
	if (!ours || bytes[0] != 0x30)
		return;
	X509_CRL *theirs = d2i_X509_CRL(NULL, &end, (long)len);

	assert(theirs && end == bytes + len);
	int entries = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(theirs));
	assert(revoke_index_count(ours->index) <= (size_t)(entries > 0 ? entries : 0));
	assert(ours->number.there == (X509_CRL_get_ext_by_NID(theirs, NID_crl_number, -1) >= 0));
	X509_CRL_free(theirs);
}

static void read_list_signed(struct setting *s, const uint8_t *data, size_t size)
{
	unsigned char *der = NULL;
	X509_CRL *crl = d2i_X509_CRL(NULL, &data, (long)size);

	if (!crl)
		return;
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(s->issuer->x509));
	int len = X509_CRL_sign(crl, forge_key(&s->forge, KEY), NULL) > 0 ? i2d_X509_CRL(crl, &der)
									  : 0;

	if (len > 0) {
		read_list(s, der, (size_t)len);
		read_set(s, der, (size_t)len);
	}
	OPENSSL_free(der);
	X509_CRL_free(crl);
}

static void read_staple(struct setting *s, const uint8_t *bytes, size_t len)
{
	(void)revoke_staple(bytes, len, forge_as_cert(s->leaf), forge_as_cert(s->issuer), s->now);
}

static void read_staple_signed(struct setting *s, const uint8_t *data, size_t size)
{
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &data, (long)size);
	OCSP_BASICRESP *basic = response ? OCSP_response_get1_basic(response) : NULL;
	OCSP_RESPONSE *made = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;

	if (basic && EVP_DigestSignInit(ctx, NULL, NULL, NULL, forge_key(&s->forge, KEY)) == 1 &&
		OCSP_basic_sign_ctx(basic, s->issuer->x509, ctx, NULL, OCSP_NOCERTS) == 1)
		made = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	int len = made ? i2d_OCSP_RESPONSE(made, &der) : 0;

	if (len > 0)
		read_staple(s, der, (size_t)len);
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	OCSP_RESPONSE_free(made);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting s;

	setting_init(&s);
	read_list(&s, data, size);
	read_set(&s, data, size);
	read_as_openssl(data, size);
	read_list_signed(&s, data, size);
	read_staple(&s, data, size);
	read_staple_signed(&s, data, size);
	ERR_clear_error();
	forge_release(&s.forge);
	return 0;
}
