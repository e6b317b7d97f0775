/* SPDX-License-Identifier: MIT */
#include "checker/key/key_file.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_x509.h"
#include "checker/cert/p12.h"
#include "checker/key/private_key.h"

/* Some seconds, as for PKCS#12. */
#define ROUNDS 10000000UL
#define KEY_BYTES (1u << 20) /* of one key, as text */

DEFINE_CLEANUP(BIO *, BIO_free_all);
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free);
DEFINE_CLEANUP(EVP_PKEY_CTX *, EVP_PKEY_CTX_free);
DEFINE_CLEANUP(PKCS8_PRIV_KEY_INFO *, PKCS8_PRIV_KEY_INFO_free);
DEFINE_CLEANUP(X509_SIG *, X509_SIG_free);

static enum key_file_found wrong(const char *path, const char *why, struct error *err)
{
	(void)error_set(err, ERROR_SYNTAX, "%s: %s", path, why);
	return KEY_FILE_WRONG;
}

/* --- From what OpenSSL has to a key of our own --- */

static enum key_file_found hold_info(const char *path, PKCS8_PRIV_KEY_INFO *info,
	struct private_key **ret_key, struct error *err)
{
	CLEANUP(private_key_wipe) struct buf text = BUF_INIT(KEY_BYTES);
	CLEANUP(BIO_free_allp) BIO *bio = BIO_new(BIO_s_secmem());
	char *pem = NULL;

	if (!bio || PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) != 1)
		return error_set_memory(err), KEY_FILE_WRONG;
	long len = BIO_get_mem_data(bio, &pem);
	bool kept = len > 0 && buf_add(&text, pem, (size_t)len);

	if (pem && len > 0)
		OPENSSL_cleanse(pem, (size_t)len);
	if (!kept)
		return error_set_memory(err), KEY_FILE_WRONG;
	return private_key_read(path, &text, NULL, ret_key, err) == PRIVATE_KEY_READ
		       ? KEY_FILE_KEY
		       : KEY_FILE_WRONG;
}

/* --- PKCS#12 --- */

bool key_file_is_pkcs12(const struct buf *bytes)
{
	const uint8_t *der = (const uint8_t *)buf_text(bytes), *at = der;
	long content = 0;
	int tag = 0, class = 0;

	if (bytes->len < 8 || bytes->len > LONG_MAX || der[0] != 0x30)
		return false;
	/* One that was cut short is one, too: only its beginning counts. */
	ERR_set_mark();
	(void)ASN1_get_object(&at, &content, &tag, &class, (long)bytes->len);
	ERR_pop_to_mark();
	/* RFC 7292, 4: its version is 3; those of keys are 0 and 1. */
	return at > der && (size_t)(at - der) + 3 <= bytes->len && at[0] == V_ASN1_INTEGER &&
	       at[1] == 1 && at[2] == 3;
}

static enum key_file_found read_p12(const char *path, const struct buf *bytes, const char *password,
	struct private_key **ret_key, struct error *err)
{
	struct p12 p12;
	enum key_file_found found = KEY_FILE_NONE;
	const char *why = p12_open(&p12, (const uint8_t *)bytes->data, bytes->len, password, true);

	if (why && p12.locked)
		found = password && *password ? KEY_FILE_SHUT : KEY_FILE_LOCKED;
	else if (why)
		found = KEY_FILE_WRONG;
	else if (p12.key_count > 1) {
		found = KEY_FILE_WRONG;
		why = PHRASE("there are several private keys in it, and which is meant nobody can "
			     "know");
	} else if (p12.key)
		found = hold_info(path, p12.key, ret_key, err);
	if (why && found != KEY_FILE_LOCKED)
		(void)error_set(err, ERROR_SYNTAX, "%s: %s", path, why);
	p12_release(&p12);
	return found;
}

/* --- PEM --- */

/* An encrypted PKCS#8 in it may ask for any number of rounds. */
static bool takes_too_long(const struct buf *bytes)
{
	CLEANUP(BIO_free_allp) BIO *bio = BIO_new_mem_buf(buf_text(bytes), (int)bytes->len);
	CLEANUP(X509_SIG_freep)
	X509_SIG *sealed = bio ? PEM_read_bio_PKCS8(bio, NULL, NULL, NULL) : NULL;
	const X509_ALGOR *how = NULL;

	if (sealed)
		X509_SIG_get0(sealed, &how, NULL);
	return how && p12_rounds(how) > ROUNDS;
}

static enum key_file_found read_pem(const char *path, const struct buf *bytes, const char *password,
	struct private_key **ret_key, struct error *err)
{
	if (!strstr(buf_text(bytes), "PRIVATE KEY-----"))
		return KEY_FILE_NONE;
	if (takes_too_long(bytes))
		return wrong(path,
			PHRASE("the key asks for more than ten million rounds of hashing"), err);
	switch (private_key_read(path, bytes, password, ret_key, err)) {
	case PRIVATE_KEY_READ:
		return KEY_FILE_KEY;
	case PRIVATE_KEY_LOCKED:
		return KEY_FILE_LOCKED;
	case PRIVATE_KEY_WRONG:
		break;
	}
	return password && strstr(buf_text(bytes), "ENCRYPTED") ? KEY_FILE_SHUT : KEY_FILE_WRONG;
}

/* --- DER --- */

static enum key_file_found open_sealed(const char *path, const X509_SIG *sealed,
	const char *password, struct private_key **ret_key, struct error *err)
{
	const X509_ALGOR *how = NULL;

	X509_SIG_get0(sealed, &how, NULL);
	if (p12_rounds(how) > ROUNDS)
		return wrong(path,
			PHRASE("the key asks for more than ten million rounds of hashing"), err);
	if (!password)
		return KEY_FILE_LOCKED;
	CLEANUP(PKCS8_PRIV_KEY_INFO_freep)
	PKCS8_PRIV_KEY_INFO *info = PKCS8_decrypt(sealed, password, (int)strlen(password));
	if (info)
		return hold_info(path, info, ret_key, err);
	(void)wrong(path, PHRASE("the password does not open the key"), err);
	return KEY_FILE_SHUT;
}

static enum key_file_found read_der(const char *path, const struct buf *bytes, const char *password,
	struct private_key **ret_key, struct error *err)
{
	const uint8_t *at = (const uint8_t *)bytes->data;
	const uint8_t *end = at;
	CLEANUP(EVP_PKEY_freep)
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &end, (long)bytes->len);

	if (pkey) {
		CLEANUP(PKCS8_PRIV_KEY_INFO_freep)
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
		if (info)
			return hold_info(path, info, ret_key, err);
		return wrong(path, PHRASE("a key of a kind that is not known"), err);
	}
	end = at;
	CLEANUP(X509_SIG_freep) X509_SIG *sealed = d2i_X509_SIG(NULL, &end, (long)bytes->len);
	return sealed ? open_sealed(path, sealed, password, ret_key, err) : KEY_FILE_NONE;
}

enum key_file_found key_file_read(const char *path, const struct buf *bytes, const char *password,
	struct private_key **ret_key, struct error *err)
{
	enum key_file_found found = KEY_FILE_NONE;

	*ret_key = NULL;
	if (bytes->len == 0 || bytes->len > INT_MAX)
		return KEY_FILE_NONE;
	ERR_set_mark();
	if (key_file_is_pkcs12(bytes))
		found = read_p12(path, bytes, password, ret_key, err);
	else if (bytes->data[0] == 0x30 && (bytes->data[1] & 0x80))
		found = read_der(path, bytes, password, ret_key, err);
	else
		found = read_pem(path, bytes, password, ret_key, err);
	ERR_pop_to_mark();
	return found;
}

bool key_file_fits(const struct private_key *key, const struct cert *cert)
{
	X509 *x509 = cert->readable ? cert_x509(cert) : NULL;

	ERR_set_mark();
	bool fits = x509 && X509_check_private_key(x509, private_key_pkey(key)) == 1;
	ERR_pop_to_mark();
	return fits;
}

bool key_file_whole(const struct private_key *key)
{
	CLEANUP(EVP_PKEY_CTX_freep)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, private_key_pkey(key), NULL);

	ERR_set_mark();
	/* -2: keys of that kind have nothing to compare. */
	int answer = ctx ? EVP_PKEY_pairwise_check(ctx) : 0;
	ERR_pop_to_mark();
	return answer == 1 || answer == -2;
}
