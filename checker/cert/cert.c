/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/cert/cert_holder.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/hasher.h"
#include "checker/limits.h"
#include "checker/target/name.h"

/* Text and arrays of a usual leaf; they stand behind its bytes, in the same memory. */
#define TEXT_BYTES 1024

X509 *cert_x509(const struct cert *cert)
{
	struct cert_holder *holder = cert_holder(cert);
	X509 *whole = atomic_load(&holder->whole);
	X509 *x509 = whole ? whole : atomic_load(&holder->x509), *none = NULL;
	const unsigned char *at = holder->der;

	if (x509 || !cert->readable)
		return x509;
	ERR_set_mark();
	x509 = d2i_X509(NULL, &at, (long)holder->der_len);
	/* OpenSSL looks at the extensions once; better now than when threads share them. */
	if (x509)
		(void)X509_check_purpose(x509, -1, 0);
	ERR_pop_to_mark();
	if (!x509 || atomic_compare_exchange_strong(&holder->x509, &none, x509))
		return x509;
	X509_free(x509);
	return none;
}

const uint8_t *cert_der(const struct cert *cert, size_t *ret_len)
{
	*ret_len = cert_holder(cert)->der_len;
	return cert_holder(cert)->der;
}

void fingerprint_of(const uint8_t *bytes, size_t len, uint8_t out[static FINGERPRINT_BYTES])
{
	/* SHA-256 of memory cannot fail but for lack of memory; then nothing equals the zeros. */
	hasher_sha256(NULL, bytes, len, out);
}

struct cert_holder *cert_holder_new(const uint8_t *der, size_t len)
{
	struct cert_holder *holder = NULL;

	if (len < SIZE_MAX - sizeof *holder - TEXT_BYTES)
		holder = malloc(sizeof *holder + len + TEXT_BYTES);
	if (!holder)
		return NULL;
	memset(holder, 0, sizeof *holder);
	uint8_t *bytes = (uint8_t *)(holder + 1);
	if (len > 0)
		memcpy(bytes, der, len);
	holder->der = bytes;
	holder->der_len = len;
	atomic_init(&holder->refs, 1);
	arena_init(&holder->texts, bytes + len, TEXT_BYTES);
	return holder;
}

/* Back to where nothing was read, for the other reader. */
static void holder_reset(struct cert_holder *holder)
{
	arena_release(&holder->texts);
	arena_init(&holder->texts, (uint8_t *)(holder + 1) + holder->der_len, TEXT_BYTES);
	holder->cert = (struct cert){ .readable = false };
	holder->san_kinds = NULL;
	holder->slow_key = holder->restricts = holder->plain_leaf = false;
	holder->fields = (struct cert_fields){ .version = 0 };
	holder->scheme = NULL;
	holder->key_id = holder->authority_key_id = (struct cert_span){ NULL, 0 };
	holder->subject_canon = holder->issuer_canon = (struct cert_span){ NULL, 0 };
}

/* Sets `readable` when the bytes are one certificate with dates; false only for lack of memory. */
static bool read(struct cert_holder *holder, struct hasher *hasher)
{
	enum cert_reading reading = cert_read_ordinary(holder);

	if (reading == CERT_NO_MEMORY)
		return false;
	if (reading == CERT_READ) {
		hasher_sha256(hasher, holder->fields.spki.at, holder->fields.spki.len,
			holder->cert.spki_sha256);
	} else {
		holder_reset(holder);
		if (!cert_read_openssl(holder, hasher))
			return false;
	}
	return true;
}

/* Read, but with no signature checked. */
static struct cert *make(const uint8_t *der, size_t len, struct hasher *hasher, struct error *err)
{
	struct cert_holder *holder = cert_holder_new(der, len);

	if (!holder) {
		error_set_memory(err);
		return NULL;
	}
	CLEANUP(cert_unrefp) const struct cert *owned = &holder->cert;
	struct cert *cert = &holder->cert;

	/* What cannot be decoded is an answer, so it leaves no OpenSSL error behind. */
	ERR_set_mark();
	bool good = read(holder, hasher);
	ERR_pop_to_mark();
	if (!good) {
		error_set_memory(err);
		return NULL;
	}
	hasher_sha256(hasher, holder->der, len, cert->sha256);
	text_from_bytes(cert->sha256, FINGERPRINT_BYTES, cert->sha256_text);
	owned = NULL;
	return cert;
}

struct cert *cert_make(const uint8_t *der, size_t len, struct hasher *hasher, struct error *err)
{
	struct cert *cert = make(der, len, hasher, err);

	if (cert)
		cert->self_signed = cert->self_issued && cert_issued_by(cert, cert);
	return cert;
}

struct cert *cert_skim(const uint8_t *der, size_t len, struct error *err)
{
	return make(der, len, NULL, err);
}

bool cert_is_ordinary(const uint8_t *der, size_t len)
{
	struct cert_holder *holder = cert_holder_new(der, len);
	CLEANUP(cert_unrefp) const struct cert *owned = holder ? &holder->cert : NULL;

	return owned && cert_read_ordinary(holder) == CERT_READ;
}

struct cert *cert_new(const uint8_t *der, size_t len, struct error *err)
{
	return cert_make(der, len, NULL, err);
}

struct cert *cert_ref(const struct cert *cert)
{
	struct cert_holder *holder = cert_holder(cert);

	atomic_fetch_add_explicit(&holder->refs, 1, memory_order_relaxed);
	return &holder->cert;
}

void cert_unref(const struct cert *cert)
{
	if (!cert)
		return;
	struct cert_holder *holder = cert_holder(cert);
	if (atomic_fetch_sub(&holder->refs, 1) != 1)
		return;
	for (size_t i = 0; i < CERT_IDLE; i++)
		cert_verifier_free(atomic_load(&holder->idle[i]));
	EVP_PKEY_free(atomic_load(&holder->key));
	X509_free(atomic_load(&holder->x509));
	X509_free(atomic_load(&holder->whole));
	AUTHORITY_KEYID_free(holder->akid);
	arena_release(&holder->texts);
	free(holder);
}

bool cert_equal(const struct cert *a, const struct cert *b)
{
	return a == b || memcmp(a->sha256, b->sha256, FINGERPRINT_BYTES) == 0;
}

bool cert_covers(const struct cert *cert, const char *name)
{
	int family;
	char canonical[LIMIT_ADDRESS_BYTES];
	bool address = name_is_address(name, &family);
	const struct cert_holder *holder = cert_holder(cert);

	if (!cert->readable || (address && !name_canonical_address(name, canonical)))
		return false;
	for (size_t i = 0; cert->san[i]; i++) {
		if (address && holder->san_kinds[i] == CERT_SAN_ADDRESS &&
			strcmp(cert->san[i], canonical) == 0)
			return true;
		if (!address && holder->san_kinds[i] == CERT_SAN_DNS &&
			name_matches(cert->san[i], name))
			return true;
	}
	return false;
}

bool cert_valid_at(const struct cert *cert, struct instant now)
{
	return cert->not_before.seconds <= now.seconds && now.seconds <= cert->not_after.seconds;
}

int64_t cert_validity_days(const struct cert *cert)
{
	int64_t seconds = cert->not_after.seconds - cert->not_before.seconds + 1;

	return seconds <= 0 ? 0 : (seconds + SECONDS_A_DAY - 1) / SECONDS_A_DAY;
}

bool fingerprint_parse(const char *hex, uint8_t out[static FINGERPRINT_BYTES])
{
	return text_to_bytes(hex, out, FINGERPRINT_BYTES);
}
