/* SPDX-License-Identifier: MIT */
#include "checker/key/private_key.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"

/* OWASP's number for PBKDF2 with SHA-256; a third of a second each time a server starts. */
#define ITERATIONS 600000

struct private_key {
	EVP_PKEY *pkey;
};

#define RSA_USUAL 2048

static const struct key_type types[] = {
	{ "rsa-2048", "RSA 2048", KEY_RSA, 2048, NULL },
	{ "rsa-3072", "RSA 3072", KEY_RSA, 3072, NULL },
	{ "rsa-4096", "RSA 4096", KEY_RSA, 4096, NULL },
	{ "p-256", "EC P-256", KEY_EC, 256, "P-256" },
	{ "p-384", "EC P-384", KEY_EC, 384, "P-384" },
};

const struct key_type *key_type_at(size_t number)
{
	return number < ARRAY_LEN(types) ? &types[number] : NULL;
}

const struct key_type *key_type_by_id(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].id, id) == 0)
			return &types[i];
	return NULL;
}

static struct private_key *hold(EVP_PKEY *pkey, struct error *err)
{
	struct private_key *key = pkey ? malloc(sizeof *key) : NULL;

	if (!key) {
		EVP_PKEY_free(pkey);
		(void)error_set_memory(err);
		return NULL;
	}
	key->pkey = pkey;
	return key;
}

const struct key_type *key_type_for(enum key_kind kind, unsigned bits)
{
	enum key_kind wanted = kind == KEY_EC ? KEY_EC : KEY_RSA;
	unsigned least = wanted == KEY_RSA && bits < RSA_USUAL ? RSA_USUAL : bits;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].kind == wanted && types[i].bits >= least)
			return &types[i];
	return NULL;
}

struct private_key *private_key_new(const struct key_type *type, struct error *err)
{
	EVP_PKEY *pkey = type->kind == KEY_RSA
				 ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)type->bits)
				 : EVP_PKEY_Q_keygen(NULL, NULL, "EC", type->curve);

	ERR_clear_error();
	return hold(pkey, err);
}

void private_key_free(struct private_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

EVP_PKEY *private_key_pkey(const struct private_key *key)
{
	return key->pkey;
}

/* --- Reading --- */

struct asking {
	const char *passphrase;
	bool asked;
};

static int answer(char *out, int size, int rwflag, void *arg)
{
	struct asking *asking = arg;
	size_t len = asking->passphrase ? strlen(asking->passphrase) : 0;

	(void)rwflag;
	asking->asked = true;
	if (!asking->passphrase || size < 0 || len > (size_t)size)
		return -1;
	memcpy(out, asking->passphrase, len);
	return (int)len;
}

/* What is wrong when no key came out of it. */
static bool say_why(const char *path, const struct asking *asking, struct error *err)
{
	if (asking->asked)
		return error_set(
			err, ERROR_SYNTAX, "%s: the passphrase does not open the key", path);
	return error_set(err, ERROR_SYNTAX, "%s: there is no private key in PEM in it", path);
}

enum private_key_found private_key_read(const char *path, const struct buf *bytes,
	const char *passphrase, struct private_key **ret_key, struct error *err)
{
	struct asking asking = { .passphrase = passphrase };
	BIO *bio = bytes->len <= INT_MAX ? BIO_new_mem_buf(buf_text(bytes), (int)bytes->len) : NULL;

	if (!bio)
		return error_set_memory(err), PRIVATE_KEY_WRONG;
	ERR_set_mark();
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, answer, &asking);
	ERR_pop_to_mark();
	BIO_free(bio);
	if (!pkey && asking.asked && !passphrase)
		return PRIVATE_KEY_LOCKED;
	if (!pkey)
		return say_why(path, &asking, err), PRIVATE_KEY_WRONG;
	*ret_key = hold(pkey, err);
	return *ret_key ? PRIVATE_KEY_READ : PRIVATE_KEY_WRONG;
}

/* --- Writing --- */

static bool put_encrypted(PKCS8_PRIV_KEY_INFO *info, const char *passphrase, BIO *bio)
{
	X509_ALGOR *how = PKCS5_pbe2_set_iv(
		EVP_aes_256_cbc(), ITERATIONS, NULL, 0, NULL, NID_hmacWithSHA256);
	X509_SIG *sealed = how ? PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), info, how)
			       : NULL;
	bool good = sealed && PEM_write_bio_PKCS8(bio, sealed) == 1;

	if (sealed)
		X509_SIG_free(sealed);
	else
		X509_ALGOR_free(how);
	return good;
}

bool private_key_write(
	const struct private_key *key, const char *passphrase, struct buf *out, struct error *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool good = info && bio &&
		    (passphrase ? put_encrypted(info, passphrase, bio)
				: PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1);
	long len = good ? BIO_get_mem_data(bio, &text) : 0;

	good = good && len > 0 && buf_add(out, text, (size_t)len);
	if (text && len > 0)
		OPENSSL_cleanse(text, (size_t)len);
	BIO_free(bio);
	PKCS8_PRIV_KEY_INFO_free(info); /* wipes it */
	ERR_clear_error();
	return good || error_set_memory(err);
}

bool private_key_public(const struct private_key *key, struct buf *out, struct error *err)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key->pkey, &der);
	bool good = len > 0 && buf_add(out, der, (size_t)len);

	OPENSSL_free(der);
	return good || error_set_memory(err);
}

void private_key_wipe(struct buf *buf)
{
	if (buf->data)
		OPENSSL_cleanse(buf->data, buf->room);
	buf_release(buf);
}

void private_key_wipe_bytes(void *bytes, size_t len)
{
	OPENSSL_cleanse(bytes, len);
}
