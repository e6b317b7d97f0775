/* SPDX-License-Identifier: MIT */
#include "checker/cert/p12.h"

#include <limits.h>

#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "checker/base/phrase.h"

/* Bags in bags; nobody is known to write any. */
#define DEPTH 4
/* Some seconds of hashing; the largest in use is a million or two. */
#define ROUNDS 10000000

void p12_release(struct p12 *p12)
{
	/* The context goes last: certificates may have been made in it. */
	sk_X509_pop_free(p12->certs, X509_free);
	ASN1_OCTET_STRING_free(p12->key_id);
	PKCS8_PRIV_KEY_INFO_free(p12->key); /* wipes it */
	PKCS12_free(p12->file);
	if (p12->library.legacy)
		OSSL_PROVIDER_unload(p12->library.legacy);
	if (p12->library.usual)
		OSSL_PROVIDER_unload(p12->library.usual);
	OSSL_LIB_CTX_free(p12->library.ctx);
	*p12 = (struct p12){ .file = NULL };
}

static bool begin(struct p12 *p12, const uint8_t *der, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(der, (int)len) : NULL;

	p12->library.ctx = OSSL_LIB_CTX_new();
	p12->certs = sk_X509_new_null();
	p12->rounds_left = ROUNDS;
	if (p12->library.ctx) {
		p12->library.usual = OSSL_PROVIDER_load(p12->library.ctx, "default");
		p12->library.legacy = OSSL_PROVIDER_load(p12->library.ctx, "legacy");
		p12->file = PKCS12_init_ex(NID_pkcs7_data, p12->library.ctx, NULL);
	}
	/* d2i frees the file and makes it NULL when it fails. */
	bool ok = bio && p12->file && p12->certs && d2i_PKCS12_bio(bio, &p12->file);

	BIO_free(bio);
	return ok;
}

/* --- Rounds of hashing --- */

static unsigned long number(const ASN1_INTEGER *integer)
{
	uint64_t value = 1;

	if (integer && (ASN1_INTEGER_get_uint64(&value, integer) != 1 || value > ULONG_MAX))
		return ULONG_MAX;
	return (unsigned long)value;
}

static unsigned long times(unsigned long a, unsigned long b)
{
	return b != 0 && a > ULONG_MAX / b ? ULONG_MAX : a * b;
}

/* RFC 7914, 7.1: what it costs is the product of the three. */
static unsigned long scrypt_rounds(const ASN1_TYPE *parameter)
{
	SCRYPT_PARAMS *params = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), parameter);

	if (!params)
		return 0;
	unsigned long rounds = times(
		times(number(params->costParameter), number(params->blockSize)),
		number(params->parallelizationParameter));

	SCRYPT_PARAMS_free(params);
	return rounds;
}

static unsigned long derivation_rounds(const X509_ALGOR *how)
{
	if (OBJ_obj2nid(how->algorithm) == NID_id_scrypt)
		return scrypt_rounds(how->parameter);
	PBKDF2PARAM *params = ASN1_TYPE_unpack_sequence(
		ASN1_ITEM_rptr(PBKDF2PARAM), how->parameter);
	unsigned long rounds = params ? number(params->iter) : 0;

	PBKDF2PARAM_free(params);
	return rounds;
}

/* What cannot be read is refused by who decrypts. */
unsigned long p12_rounds(const X509_ALGOR *how)
{
	unsigned long rounds = 0;

	if (!how || !how->parameter)
		return 0;
	if (OBJ_obj2nid(how->algorithm) == NID_pbes2) {
		PBE2PARAM *params = ASN1_TYPE_unpack_sequence(
			ASN1_ITEM_rptr(PBE2PARAM), how->parameter);
		if (params && params->keyfunc && params->keyfunc->parameter)
			rounds = derivation_rounds(params->keyfunc);
		PBE2PARAM_free(params);
		return rounds;
	}
	PBEPARAM *params = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), how->parameter);

	if (params)
		rounds = number(params->iter);
	PBEPARAM_free(params);
	return rounds;
}

static bool may_take(struct p12 *p12, unsigned long rounds)
{
	if (rounds > p12->rounds_left) {
		p12->too_slow = true;
		return false;
	}
	p12->rounds_left -= rounds;
	return true;
}

/* --- The password --- */

static bool may_verify(struct p12 *p12, const char *password)
{
	const ASN1_INTEGER *iterations = NULL;

	PKCS12_get0_mac(NULL, NULL, NULL, &iterations, p12->file);
	unsigned long rounds = number(iterations);

	/* Without a password there are two to be tried. */
	return may_take(p12, rounds) && (password || may_take(p12, rounds));
}

static bool password_fits(struct p12 *p12, const char *password)
{
	p12->password = password;
	p12->password_len = password ? -1 : 0;
	if (!PKCS12_mac_present(p12->file))
		return true;
	if (password && *password)
		return PKCS12_verify_mac(p12->file, password, -1) == 1;

	/* RFC 7292, B.1: the empty password has two bytes; some write none at all. */
	p12->password = NULL;
	p12->password_len = 0;
	if (PKCS12_verify_mac(p12->file, NULL, 0) == 1)
		return true;
	p12->password = "";
	return PKCS12_verify_mac(p12->file, "", 0) == 1;
}

/* --- Bags --- */

static bool cert_keep(struct p12 *p12, const PKCS12_SAFEBAG *bag, const ASN1_TYPE *id)
{
	X509 *x509 = PKCS12_SAFEBAG_get1_cert(bag);

	if (!x509)
		return false;
	if (id && id->type == V_ASN1_OCTET_STRING)
		X509_keyid_set1(x509, ASN1_STRING_get0_data(id->value.octet_string),
			ASN1_STRING_length(id->value.octet_string));
	if (sk_X509_push(p12->certs, x509) > 0)
		return true;
	X509_free(x509);
	return false;
}

static bool key_decrypt(struct p12 *p12, const PKCS12_SAFEBAG *bag)
{
	const X509_SIG *sealed = PKCS12_SAFEBAG_get0_pkcs8(bag);
	const X509_ALGOR *how = NULL;

	if (sealed)
		X509_SIG_get0(sealed, &how, NULL);
	if (!how || !may_take(p12, p12_rounds(how)))
		return false;
	p12->key = PKCS12_decrypt_skey_ex(
		bag, p12->password, p12->password_len, p12->library.ctx, NULL);
	return p12->key;
}

static bool key_keep(struct p12 *p12, const PKCS12_SAFEBAG *bag, const ASN1_TYPE *id)
{
	bool is_plain = PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag;

	if (p12->key_count++ > 0)
		return true;
	if (id && id->type == V_ASN1_OCTET_STRING)
		p12->key_id = ASN1_OCTET_STRING_dup(id->value.octet_string);
	if (!p12->wants_key)
		return true;
	if (!is_plain)
		return key_decrypt(p12, bag);
	const PKCS8_PRIV_KEY_INFO *info = PKCS12_SAFEBAG_get0_p8inf(bag);

	p12->key = info ? ASN1_item_dup(ASN1_ITEM_rptr(PKCS8_PRIV_KEY_INFO), info) : NULL;
	return p12->key;
}

static bool bags_read(struct p12 *p12, const STACK_OF(PKCS12_SAFEBAG) * bags, unsigned depth)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
		const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
		int nid = PKCS12_SAFEBAG_get_nid(bag);

		if ((nid == NID_keyBag || nid == NID_pkcs8ShroudedKeyBag) &&
			!key_keep(p12, bag, id))
			return false;
		if (nid == NID_certBag && PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate &&
			!cert_keep(p12, bag, id))
			return false;
		if (nid == NID_safeContentsBag &&
			(depth == DEPTH ||
				!bags_read(p12, PKCS12_SAFEBAG_get0_safes(bag), depth + 1)))
			return false;
	}
	return true;
}

static bool may_decrypt(struct p12 *p12, const PKCS7 *safe)
{
	const PKCS7_ENC_CONTENT *content = safe->d.encrypted ? safe->d.encrypted->enc_data : NULL;

	return content && may_take(p12, p12_rounds(content->algorithm));
}

static bool safe_read(struct p12 *p12, PKCS7 *safe)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

	if (PKCS7_type_is_data(safe))
		bags = PKCS12_unpack_p7data(safe);
	else if (!PKCS7_type_is_encrypted(safe))
		return true; /* public-key privacy mode: not for a password */
	else if (may_decrypt(p12, safe))
		bags = PKCS12_unpack_p7encdata(safe, p12->password, p12->password_len);
	bool ok = bags && bags_read(p12, bags, 1);

	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return ok;
}

static bool safes_read(struct p12 *p12)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12->file);
	bool ok = safes != NULL;

	for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
		ok = safe_read(p12, sk_PKCS7_value(safes, i));
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return ok;
}

/* --- All together --- */

static const char *too_slow(void)
{
	return PHRASE("the PKCS#12 file asks for more than ten million rounds of hashing");
}

const char *p12_open(
	struct p12 *p12, const uint8_t *der, size_t len, const char *password, bool wants_key)
{
	*p12 = (struct p12){ .wants_key = wants_key };
	if (!begin(p12, der, len))
		return PHRASE("the PKCS#12 structure is damaged");
	if (!may_verify(p12, password))
		return too_slow();
	if (!password_fits(p12, password)) {
		p12->locked = true;
		return password && *password
			       ? PHRASE("the password does not open this PKCS#12 file")
			       : PHRASE("this PKCS#12 file needs a password");
	}
	if (safes_read(p12))
		return NULL;
	if (p12->too_slow)
		return too_slow();
	if (!p12->library.legacy)
		return PHRASE(
			"the PKCS#12 file is damaged, or encrypted the old way (RC2), for which "
			"OpenSSL's "
			"legacy provider is not installed here; export it again with AES");
	if (!PKCS12_mac_present(p12->file) && !password) {
		p12->locked = true;
		return PHRASE("this PKCS#12 file needs a password");
	}
	if (!PKCS12_mac_present(p12->file))
		return PHRASE("the PKCS#12 file is damaged or the password does not open it");
	return PHRASE("the PKCS#12 file is damaged, or encrypted in a way OpenSSL does not know");
}

static bool belongs_to_key(const struct p12 *p12, X509 *x509)
{
	int len = 0;
	const unsigned char *id = X509_keyid_get0(x509, &len);
	ASN1_OCTET_STRING *own = id ? ASN1_OCTET_STRING_new() : NULL;
	bool same = own && p12->key_id && ASN1_OCTET_STRING_set(own, id, len) &&
		    ASN1_OCTET_STRING_cmp(own, p12->key_id) == 0;

	ASN1_OCTET_STRING_free(own);
	return same;
}

int p12_own(const struct p12 *p12)
{
	int count = sk_X509_num(p12->certs);

	for (int i = 0; i < count; i++)
		if (belongs_to_key(p12, sk_X509_value(p12->certs, i)))
			return i;
	return -1;
}
