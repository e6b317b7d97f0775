/* SPDX-License-Identifier: MIT */
#include "checker/tls/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "checker/base/error.h"
#include "checker/cert/pubkey.h"

/* A call of the generator costs as much as many bytes of it. */
#define RANDOM_BYTES 2048

struct cipher {
	EVP_CIPHER_CTX *ctx;
	uint64_t serial; /* of the key that stands in it */
};

struct crypto {
	OSSL_LIB_CTX *library;
	EVP_MD *hashes[CRYPTO_HASH_COUNT];
	EVP_MD_CTX *digests[CRYPTO_HASH_COUNT];
	EVP_MAC_CTX *macs[CRYPTO_HASH_COUNT];
	struct pubkey_maker maker;
	EVP_PKEY_CTX *verifiers[PUBKEY_CURVES][CRYPTO_HASH_COUNT];
	struct cipher open[CRYPTO_AEAD_COUNT], seal[CRYPTO_AEAD_COUNT];
	uint64_t serial;
	uint8_t random[RANDOM_BYTES];
	size_t random_left;
	bool repeats;
};

static const struct {
	const char *name;
	size_t len;
	bool keyed; /* used for the key schedule */
} hashes[CRYPTO_HASH_COUNT] = {
	[CRYPTO_SHA256] = { "SHA2-256", 32, true },
	[CRYPTO_SHA384] = { "SHA2-384", 48, true },
	[CRYPTO_SHA512] = { "SHA2-512", 64, false },
	[CRYPTO_SHA224] = { "SHA2-224", 28, false },
	[CRYPTO_SHA1] = { "SHA1", 20, false },
	[CRYPTO_MD5_SHA1] = { "MD5-SHA1", 36, false },
};

static const struct {
	const char *name;
	size_t key_len, tag_len;
	bool ccm; /* wants to know lengths before bytes */
} aeads[CRYPTO_AEAD_COUNT] = {
	[CRYPTO_AES_128_GCM] = { "AES-128-GCM", 16, 16, false },
	[CRYPTO_AES_256_GCM] = { "AES-256-GCM", 32, 16, false },
	[CRYPTO_CHACHA20_POLY1305] = { "ChaCha20-Poly1305", 32, 16, false },
	[CRYPTO_AES_128_CCM] = { "AES-128-CCM", 16, 16, true },
	[CRYPTO_AES_128_CCM_8] = { "AES-128-CCM", 16, 8, true },
};

static bool fetch_hash(struct crypto *crypto, enum crypto_hash hash)
{
	crypto->hashes[hash] = EVP_MD_fetch(crypto->library, hashes[hash].name, NULL);
	crypto->digests[hash] = EVP_MD_CTX_new();
	return crypto->hashes[hash] && crypto->digests[hash] &&
	       EVP_DigestInit_ex2(crypto->digests[hash], crypto->hashes[hash], NULL) == 1;
}

static bool fetch_mac(struct crypto *crypto, EVP_MAC *hmac, enum crypto_hash hash)
{
	static const uint8_t key[1];
	char name[16];
	OSSL_PARAM params[2];

	(void)snprintf(name, sizeof name, "%s", hashes[hash].name);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
	params[1] = OSSL_PARAM_construct_end();
	crypto->macs[hash] = EVP_MAC_CTX_new(hmac);
	return crypto->macs[hash] && EVP_MAC_init(crypto->macs[hash], key, sizeof key, params) == 1;
}

static bool fetch_cipher(struct crypto *crypto, enum crypto_aead aead, bool seal)
{
	struct cipher *slot = seal ? &crypto->seal[aead] : &crypto->open[aead];
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(crypto->library, aeads[aead].name, NULL);
	int tag_len = (int)aeads[aead].tag_len;

	slot->ctx = EVP_CIPHER_CTX_new();
	/* The context keeps a reference of its own. */
	bool ok = cipher && slot->ctx &&
		  EVP_CipherInit_ex2(slot->ctx, cipher, NULL, NULL, seal, NULL) == 1 &&
		  EVP_CIPHER_CTX_ctrl(
			  slot->ctx, EVP_CTRL_AEAD_SET_IVLEN, CRYPTO_NONCE_BYTES, NULL) == 1;
	if (ok && aeads[aead].ccm)
		ok = EVP_CIPHER_CTX_ctrl(slot->ctx, EVP_CTRL_AEAD_SET_TAG, tag_len, NULL) == 1;
	EVP_CIPHER_free(cipher);
	return ok;
}

static bool fetch_all(struct crypto *crypto)
{
	bool ok = (crypto->library = OSSL_LIB_CTX_new()) != NULL;

	for (enum crypto_hash hash = 0; ok && hash < CRYPTO_HASH_COUNT; hash++)
		ok = fetch_hash(crypto, hash);
	if (!ok)
		return false;
	crypto->maker.library = crypto->library;
	EVP_MAC *hmac = EVP_MAC_fetch(crypto->library, "HMAC", NULL);
	for (enum crypto_hash hash = 0; ok && hash < CRYPTO_HASH_COUNT; hash++)
		if (hashes[hash].keyed)
			ok = hmac && fetch_mac(crypto, hmac, hash);
	EVP_MAC_free(hmac);
	for (enum crypto_aead aead = 0; ok && aead < CRYPTO_AEAD_COUNT; aead++)
		ok = fetch_cipher(crypto, aead, false) && fetch_cipher(crypto, aead, true);
	return ok;
}

struct crypto *crypto_new(struct error *err)
{
	CLEANUP(crypto_freep) struct crypto *crypto = calloc(1, sizeof *crypto);

	if (!crypto) {
		(void)error_set_memory(err);
		return NULL;
	}
	if (!fetch_all(crypto)) {
		const char *why = ERR_reason_error_string(ERR_peek_error());

		(void)error_set(err, ERROR_IO, "OpenSSL cannot be set up: %s",
			why ? why : "no reason given");
		ERR_clear_error();
		return NULL;
	}
	return TAKE(crypto);
}

void crypto_free(struct crypto *crypto)
{
	if (!crypto)
		return;
	for (enum crypto_aead aead = 0; aead < CRYPTO_AEAD_COUNT; aead++) {
		EVP_CIPHER_CTX_free(crypto->open[aead].ctx);
		EVP_CIPHER_CTX_free(crypto->seal[aead].ctx);
	}
	for (enum crypto_hash hash = 0; hash < CRYPTO_HASH_COUNT; hash++) {
		EVP_MAC_CTX_free(crypto->macs[hash]);
		EVP_MD_CTX_free(crypto->digests[hash]);
		EVP_MD_free(crypto->hashes[hash]);
		for (size_t i = 0; i < PUBKEY_CURVES; i++)
			EVP_PKEY_CTX_free(crypto->verifiers[i][hash]);
	}
	pubkey_maker_release(&crypto->maker);
	OSSL_LIB_CTX_free(crypto->library);
	free(crypto);
}

OSSL_LIB_CTX *crypto_library(const struct crypto *crypto)
{
	return crypto->library;
}

struct pubkey_maker *crypto_maker(struct crypto *crypto)
{
	return &crypto->maker;
}

EVP_PKEY_CTX **crypto_verifier(struct crypto *crypto, const EVP_PKEY *key, enum crypto_hash hash)
{
	size_t curve = pubkey_maker_stays(&crypto->maker, key);

	return curve < PUBKEY_CURVES ? &crypto->verifiers[curve][hash] : NULL;
}

const EVP_MD *crypto_md(const struct crypto *crypto, enum crypto_hash hash)
{
	return crypto->hashes[hash];
}

void crypto_repeat(struct crypto *crypto)
{
	crypto->repeats = true;
}

bool crypto_random(struct crypto *crypto, uint8_t *ret_bytes, size_t len)
{
	if (crypto->repeats) {
		memset(ret_bytes, 0x52, len);
		return true;
	}
	if (len > sizeof crypto->random)
		return false;
	if (crypto->random_left < len) {
		if (RAND_bytes_ex(crypto->library, crypto->random, sizeof crypto->random, 0) != 1) {
			ERR_clear_error();
			return false;
		}
		crypto->random_left = sizeof crypto->random;
	}
	crypto->random_left -= len;
	memcpy(ret_bytes, crypto->random + crypto->random_left, len);
	return true;
}

size_t crypto_hash_len(enum crypto_hash hash)
{
	return hashes[hash].len;
}

bool crypto_digest(struct crypto *crypto, enum crypto_hash hash, const struct bytes *parts,
	size_t count, uint8_t *ret_digest)
{
	EVP_MD_CTX *ctx = crypto->digests[hash];
	bool ok = EVP_DigestInit_ex2(ctx, crypto->hashes[hash], NULL) == 1;

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].at, parts[i].len) == 1;
	return ok && EVP_DigestFinal_ex(ctx, ret_digest, NULL) == 1;
}

bool crypto_hmac(struct crypto *crypto, enum crypto_hash hash, struct bytes key,
	struct bytes message, uint8_t *ret_mac)
{
	EVP_MAC_CTX *ctx = crypto->macs[hash];

	return ctx && EVP_MAC_init(ctx, key.at, key.len, NULL) == 1 &&
	       EVP_MAC_update(ctx, message.at, message.len) == 1 &&
	       EVP_MAC_final(ctx, ret_mac, NULL, crypto_hash_len(hash)) == 1;
}

bool crypto_running_begin(
	struct crypto *crypto, struct crypto_running *running, enum crypto_hash hash)
{
	if (!running->ctx)
		running->ctx = EVP_MD_CTX_new();
	running->hash = hash;
	return running->ctx && EVP_DigestInit_ex2(running->ctx, crypto->hashes[hash], NULL) == 1;
}

void crypto_running_release(struct crypto_running *running)
{
	EVP_MD_CTX_free(running->ctx);
	running->ctx = NULL;
}

bool crypto_running_add(struct crypto_running *running, struct bytes bytes)
{
	return EVP_DigestUpdate(running->ctx, bytes.at, bytes.len) == 1;
}

bool crypto_running_digest(
	struct crypto *crypto, const struct crypto_running *running, uint8_t *ret_digest)
{
	EVP_MD_CTX *ctx = crypto->digests[running->hash];

	return EVP_MD_CTX_copy_ex(ctx, running->ctx) == 1 &&
	       EVP_DigestFinal_ex(ctx, ret_digest, NULL) == 1;
}

size_t crypto_key_len(enum crypto_aead aead)
{
	return aeads[aead].key_len;
}

size_t crypto_tag_len(enum crypto_aead aead)
{
	return aeads[aead].tag_len;
}

void crypto_key_set(
	struct crypto *crypto, struct crypto_key *key, enum crypto_aead aead, const uint8_t *bytes)
{
	key->aead = aead;
	key->serial = ++crypto->serial;
	memcpy(key->key, bytes, aeads[aead].key_len);
}

/* Key and nonce, then what is authenticated only; TEXT_LEN is for CCM (RFC 3610), which begins
 * with the length. */
static bool begin(struct cipher *cipher, const struct crypto_key *key, const uint8_t *nonce,
	struct bytes header, size_t text_len)
{
	const uint8_t *fresh = cipher->serial == key->serial ? NULL : key->key;
	int done;

	cipher->serial = 0;
	if (EVP_CipherInit_ex2(cipher->ctx, NULL, fresh, nonce, -1, NULL) != 1)
		return false;
	cipher->serial = key->serial;
	return (!aeads[key->aead].ccm ||
		       EVP_CipherUpdate(cipher->ctx, NULL, &done, NULL, (int)text_len) == 1) &&
	       EVP_CipherUpdate(cipher->ctx, NULL, &done, header.at, (int)header.len) == 1;
}

bool crypto_open(struct crypto *crypto, const struct crypto_key *key, const uint8_t *nonce,
	struct bytes header, struct bytes sealed, uint8_t *ret_plain)
{
	struct cipher *cipher = &crypto->open[key->aead];
	size_t tag_len = aeads[key->aead].tag_len;
	uint8_t tag[CRYPTO_TAG_BYTES];
	int done, last;

	if (sealed.len <= tag_len)
		return false;
	sealed.len -= tag_len;
	memcpy(tag, sealed.at + sealed.len, tag_len);
	bool ok = EVP_CIPHER_CTX_ctrl(cipher->ctx, EVP_CTRL_AEAD_SET_TAG, (int)tag_len, tag) == 1 &&
		  begin(cipher, key, nonce, header, sealed.len) &&
		  EVP_CipherUpdate(cipher->ctx, ret_plain, &done, sealed.at, (int)sealed.len) ==
			  1 &&
		  (aeads[key->aead].ccm ||
			  EVP_CipherFinal_ex(cipher->ctx, ret_plain + sealed.len, &last) == 1);
	if (!ok)
		ERR_clear_error();
	return ok;
}

bool crypto_seal(struct crypto *crypto, const struct crypto_key *key, const uint8_t *nonce,
	struct bytes header, struct bytes plain, uint8_t *ret_sealed)
{
	struct cipher *cipher = &crypto->seal[key->aead];
	int tag_len = (int)aeads[key->aead].tag_len, done, last;

	bool ok = begin(cipher, key, nonce, header, plain.len) &&
		  EVP_CipherUpdate(cipher->ctx, ret_sealed, &done, plain.at, (int)plain.len) == 1 &&
		  EVP_CipherFinal_ex(cipher->ctx, ret_sealed + plain.len, &last) == 1 &&
		  EVP_CIPHER_CTX_ctrl(
			  cipher->ctx, EVP_CTRL_AEAD_GET_TAG, tag_len, ret_sealed + plain.len) == 1;
	if (!ok)
		ERR_clear_error();
	return ok;
}
