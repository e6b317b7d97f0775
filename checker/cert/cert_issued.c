/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/heap.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/pubkey.h"

static bool span_equal(struct cert_span a, struct cert_span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* --- Names and key identifiers --- */

static bool openssl_names_equal(const X509_NAME *a, const X509_NAME *b)
{
	return a && b && X509_NAME_cmp(a, b) == 0;
}

bool cert_issuer_is(const struct cert *cert, const struct cert *subject)
{
	const struct cert_holder *below = cert_holder(cert), *above = cert_holder(subject);

	if (below->ordinary && above->ordinary) {
		if (below->issuer_canon.at && above->subject_canon.at)
			return span_equal(below->issuer_canon, above->subject_canon);
		if (span_equal(below->fields.issuer, above->fields.subject))
			return true;
	}
	X509 *own = cert_x509(cert), *other = cert_x509(subject);
	return own && other &&
	       openssl_names_equal(X509_get_issuer_name(own), X509_get_subject_name(other));
}

static bool subjects_equal(const struct cert *a, const struct cert *b)
{
	const struct cert_holder *one = cert_holder(a), *two = cert_holder(b);

	if (one->ordinary && two->ordinary) {
		if (one->subject_canon.at && two->subject_canon.at)
			return span_equal(one->subject_canon, two->subject_canon);
		if (span_equal(one->fields.subject, two->fields.subject))
			return true;
	}
	X509 *own = cert_x509(a), *other = cert_x509(b);
	return own && other &&
	       openssl_names_equal(X509_get_subject_name(own), X509_get_subject_name(other));
}

bool cert_is_twin(const struct cert *a, const struct cert *b)
{
	return a->readable && b->readable &&
	       memcmp(a->spki_sha256, b->spki_sha256, FINGERPRINT_BYTES) == 0 &&
	       !cert_equal(a, b) && subjects_equal(a, b);
}

bool cert_key_ids_agree(const struct cert *cert, const struct cert *issuer)
{
	struct cert_span wanted = cert_holder(cert)->authority_key_id;
	struct cert_span own = cert_holder(issuer)->key_id;

	return !wanted.at || !own.at || span_equal(own, wanted);
}

/* An authorityKeyIdentifier by the issuer's own issuer and number is OpenSSL's to compare. */
static bool akid_agrees(const struct cert *cert, const struct cert *issuer)
{
	const AUTHORITY_KEYID *akid = cert_holder(cert)->akid;

	if (!akid || (!akid->issuer && !akid->serial))
		return cert_key_ids_agree(cert, issuer);
	X509 *above = cert_x509(issuer);
	return above && X509_check_akid(above, akid) == X509_V_OK;
}

bool cert_names_issuer(const struct cert *cert, const struct cert *issuer)
{
	return cert->readable && issuer->readable && cert_issuer_is(cert, issuer) &&
	       akid_agrees(cert, issuer);
}

/* --- Signatures --- */

/* One key with one algorithm, ready for the next signature. */
struct cert_verifier {
	const struct cert_scheme *scheme;
	EVP_MD *md;
	EVP_MD_CTX *digest;
	EVP_PKEY_CTX *ctx;
};

void cert_verifier_free(struct cert_verifier *verifier)
{
	if (!verifier)
		return;
	EVP_PKEY_CTX_free(verifier->ctx);
	EVP_MD_CTX_free(verifier->digest);
	EVP_MD_free(verifier->md);
	free(verifier);
}
DEFINE_CLEANUP(struct cert_verifier *, cert_verifier_free);

static bool prepare(const struct cert_verifier *verifier)
{
	const struct cert_scheme *scheme = verifier->scheme;
	EVP_PKEY_CTX *ctx = verifier->ctx;
	int padding = scheme->salt ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;

	if (EVP_PKEY_verify_init(ctx) != 1 ||
		(scheme->kind == KEY_RSA && EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1) ||
		EVP_PKEY_CTX_set_signature_md(ctx, verifier->md) != 1)
		return false;
	return !scheme->salt || (EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, verifier->md) == 1 &&
					EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, scheme->salt) == 1);
}

static struct cert_verifier *verifier_new(EVP_PKEY *key, const struct cert_scheme *scheme)
{
	CLEANUP(cert_verifier_freep) struct cert_verifier *verifier = calloc(1, sizeof *verifier);

	if (!verifier) {
		heap_note(); /* the signature fits not, for all that is told */
		return NULL;
	}
	verifier->scheme = scheme;
	verifier->digest = EVP_MD_CTX_new();
	verifier->md = EVP_MD_fetch(NULL, scheme->digest, NULL);
	verifier->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (!verifier->digest || !verifier->md || !verifier->ctx || !prepare(verifier))
		return NULL;
	return TAKE(verifier);
}

/* One for SCHEME that lies idle at HOLDER, or a new one. */
static struct cert_verifier *verifier_take(
	struct cert_holder *holder, EVP_PKEY *key, const struct cert_scheme *scheme)
{
	for (size_t i = 0; i < CERT_IDLE; i++) {
		struct cert_verifier *verifier = atomic_exchange(&holder->idle[i], NULL);
		if (verifier && verifier->scheme == scheme)
			return verifier;
		cert_verifier_free(verifier);
	}
	return verifier_new(key, scheme);
}

static void verifier_put_back(struct cert_holder *holder, struct cert_verifier *verifier)
{
	for (size_t i = 0; i < CERT_IDLE; i++) {
		struct cert_verifier *none = NULL;
		if (atomic_compare_exchange_strong(&holder->idle[i], &none, verifier))
			return;
	}
	cert_verifier_free(verifier);
}

static bool fits_digest(
	struct cert_verifier *verifier, struct cert_span digest, struct cert_span signature)
{
	return EVP_PKEY_verify(verifier->ctx, signature.at, signature.len, digest.at, digest.len) ==
	       1;
}

static bool fits(struct cert_verifier *verifier, const struct cert_fields *fields)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	return EVP_DigestInit_ex2(verifier->digest, verifier->md, NULL) == 1 &&
	       EVP_DigestUpdate(verifier->digest, fields->tbs.at, fields->tbs.len) == 1 &&
	       EVP_DigestFinal_ex(verifier->digest, digest, &len) == 1 &&
	       fits_digest(verifier, (struct cert_span){ digest, len }, fields->signature);
}

/* RFC 8410: the message is signed whole. */
static bool fits_whole(EVP_PKEY *key, const struct cert_fields *fields)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, fields->signature.at, fields->signature.len,
			    fields->tbs.at, fields->tbs.len) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

/* ISSUER's key, made once; NULL when it is none. */
static EVP_PKEY *issuer_key(const struct cert *issuer)
{
	struct cert_holder *holder = cert_holder(issuer);
	EVP_PKEY *key = atomic_load(&holder->key), *none = NULL;

	if (key)
		return key;
	if (!holder->ordinary) {
		X509 *x509 = cert_x509(issuer);
		return x509 ? X509_get0_pubkey(x509) : NULL;
	}
	key = pubkey_make(holder->fields.spki.at, holder->fields.spki.len, NULL);
	if (!key || atomic_compare_exchange_strong(&holder->key, &none, key))
		return key;
	EVP_PKEY_free(key);
	return none;
}

/* Keys with restrictions of their own ("RSA-PSS 2048", RFC 4055, 3.1) are OpenSSL's to heed. */
static bool is_restricted(const struct cert *issuer)
{
	return issuer->key_kind == KEY_RSA && strncmp(issuer->key, "RSA ", 4) != 0;
}

/* Is the scheme one for this key? */
static bool is_for_key(const struct cert_scheme *scheme, const struct cert *issuer)
{
	if (scheme->kind != KEY_EDWARDS)
		return issuer->key_kind == scheme->kind;
	size_t len = strlen(scheme->name);
	return strncmp(issuer->key, scheme->name, len) == 0 && issuer->key[len] == ' ';
}

static bool verify(const struct cert *cert, const struct cert *issuer)
{
	struct cert_holder *below = cert_holder(cert), *above = cert_holder(issuer);
	EVP_PKEY *key = above->slow_key ? NULL : issuer_key(issuer);

	if (!key)
		return false;
	if (!below->ordinary || !above->ordinary || is_restricted(issuer)) {
		X509 *x509 = cert_x509(cert);
		return x509 && X509_verify(x509, key) == 1;
	}
	/* RFC 5280, 4.1.1.2: both have to be the same, or someone changed the outer one. */
	if (!span_equal(below->fields.inner_algorithm, below->fields.outer_algorithm) ||
		!is_for_key(below->scheme, issuer))
		return false;
	if (!below->scheme->digest)
		return fits_whole(key, &below->fields);
	struct cert_verifier *verifier = verifier_take(above, key, below->scheme);
	if (!verifier)
		return false;
	bool good = fits(verifier, &below->fields);
	verifier_put_back(above, verifier);
	return good;
}

EVP_PKEY *cert_key(const struct cert *cert)
{
	return cert_holder(cert)->slow_key ? NULL : issuer_key(cert);
}

bool cert_fits_digest(const struct cert *cert, const struct cert_scheme *scheme,
	struct cert_span digest, struct cert_span signature)
{
	struct cert_holder *holder = cert_holder(cert);
	EVP_PKEY *key = cert_key(cert);

	if (!key || !is_for_key(scheme, cert))
		return false;
	ERR_set_mark();
	struct cert_verifier *verifier = verifier_take(holder, key, scheme);
	bool good = verifier && fits_digest(verifier, digest, signature);
	if (verifier)
		verifier_put_back(holder, verifier);
	ERR_pop_to_mark();
	return good;
}

/* --- What was found out before --- */

static bool memo_find(const struct cert_memo *memo, const struct cert *issuer, bool *ret_fits)
{
	unsigned count = atomic_load_explicit(&memo->count, memory_order_acquire);

	for (unsigned i = 0; i < count; i++) {
		if (memcmp(memo->at[i].spki_sha256, issuer->spki_sha256, FINGERPRINT_BYTES) == 0) {
			*ret_fits = memo->at[i].fits;
			return true;
		}
	}
	return false;
}

/* Whoever cannot write at once does not: it would be found out again, that is all. */
static void memo_add(struct cert_memo *memo, const struct cert *issuer, bool fits)
{
	if (atomic_flag_test_and_set_explicit(&memo->writing, memory_order_acquire))
		return;
	unsigned count = atomic_load_explicit(&memo->count, memory_order_relaxed);
	if (count < CERT_MEMO) {
		memcpy(memo->at[count].spki_sha256, issuer->spki_sha256, FINGERPRINT_BYTES);
		memo->at[count].fits = fits;
		atomic_store_explicit(&memo->count, count + 1, memory_order_release);
	}
	atomic_flag_clear_explicit(&memo->writing, memory_order_release);
}

bool cert_signature_is_known(const struct cert *cert, const struct cert *issuer, bool *ret_fits)
{
	return memo_find(&cert_holder(cert)->memo, issuer, ret_fits);
}

bool cert_is_signed_by(const struct cert *cert, const struct cert *issuer)
{
	struct cert_memo *memo = &cert_holder(cert)->memo;
	bool fits = false;

	/* Not to be remembered: it may inherit them yet. */
	if (!cert->readable || !issuer->readable || cert_wants_parameters(issuer))
		return false;
	if (memo_find(memo, issuer, &fits))
		return fits;
	/* A failed check is an answer, so it leaves no OpenSSL error behind. */
	ERR_set_mark();
	fits = verify(cert, issuer);
	ERR_pop_to_mark();
	memo_add(memo, issuer, fits);
	return fits;
}

bool cert_issued_by(const struct cert *cert, const struct cert *issuer)
{
	return cert_names_issuer(cert, issuer) && cert_is_signed_by(cert, issuer);
}
