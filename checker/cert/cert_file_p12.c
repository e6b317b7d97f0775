/* SPDX-License-Identifier: MIT */
#include "checker/cert/cert_file_p12.h"

#include "checker/base/phrase.h"

#include <limits.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

/* Bags in bags; nobody is known to write any. */
#define DEPTH 4
/* Some seconds of hashing; the largest in use is a million or two. */
#define ITERATIONS 10000000

/* The ciphers of old Windows and Java files (RC2-40) are in a provider that
 * no program has unless it asks; a context of our own keeps them out of TLS. */
struct library {
	OSSL_LIB_CTX *ctx;
	OSSL_PROVIDER *usual, *legacy;
};

struct opening {
	struct library library;
	PKCS12 *p12;
	const char *password;
	int password_len;          /* -1: as long as it is; none and the empty one are two things */
	ASN1_OCTET_STRING *key_id; /* of the first private key */
	STACK_OF(X509) * certs;    /* each with its own key id beside it */
};

static void opening_release(struct opening *o)
{
	/* The context goes last: certificates may have been made in it. */
	sk_X509_pop_free(o->certs, X509_free);
	ASN1_OCTET_STRING_free(o->key_id);
	PKCS12_free(o->p12);
	if (o->library.legacy)
		OSSL_PROVIDER_unload(o->library.legacy);
	if (o->library.usual)
		OSSL_PROVIDER_unload(o->library.usual);
	OSSL_LIB_CTX_free(o->library.ctx);
}

static bool opening_init(struct opening *o, const uint8_t *der, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(der, (int)len) : NULL;

	*o = (struct opening){ .library.ctx = OSSL_LIB_CTX_new(), .certs = sk_X509_new_null() };
	if (o->library.ctx) {
		o->library.usual = OSSL_PROVIDER_load(o->library.ctx, "default");
		o->library.legacy = OSSL_PROVIDER_load(o->library.ctx, "legacy");
		o->p12 = PKCS12_init_ex(NID_pkcs7_data, o->library.ctx, NULL);
	}
	/* d2i frees p12 and makes it NULL when it fails. */
	bool ok = bio && o->p12 && o->certs && d2i_PKCS12_bio(bio, &o->p12);

	BIO_free(bio);
	return ok;
}

static bool is_too_slow(const PKCS12 *p12)
{
	const ASN1_INTEGER *iterations = NULL;

	PKCS12_get0_mac(NULL, NULL, NULL, &iterations, p12);
	long count = iterations ? ASN1_INTEGER_get(iterations) : 1;

	return count < 0 || count > ITERATIONS;
}

static bool password_fits(struct opening *o, const char *password)
{
	o->password = password;
	o->password_len = password ? -1 : 0;
	if (!PKCS12_mac_present(o->p12))
		return true;
	if (password && *password)
		return PKCS12_verify_mac(o->p12, password, -1) == 1;

	/* RFC 7292, B.1: the empty password has two bytes; some write none at all. */
	o->password = NULL;
	o->password_len = 0;
	if (PKCS12_verify_mac(o->p12, NULL, 0) == 1)
		return true;
	o->password = "";
	return PKCS12_verify_mac(o->p12, "", 0) == 1;
}

static bool cert_keep(struct opening *o, const PKCS12_SAFEBAG *bag, const ASN1_TYPE *id)
{
	X509 *x509 = PKCS12_SAFEBAG_get1_cert(bag);

	if (!x509)
		return false;
	if (id && id->type == V_ASN1_OCTET_STRING)
		X509_keyid_set1(x509, ASN1_STRING_get0_data(id->value.octet_string),
			ASN1_STRING_length(id->value.octet_string));
	if (sk_X509_push(o->certs, x509) > 0)
		return true;
	X509_free(x509);
	return false;
}

static bool bags_read(struct opening *o, const STACK_OF(PKCS12_SAFEBAG) * bags, unsigned depth)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
		const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
		int nid = PKCS12_SAFEBAG_get_nid(bag);
		bool is_key = nid == NID_keyBag || nid == NID_pkcs8ShroudedKeyBag;

		if (is_key && !o->key_id && id && id->type == V_ASN1_OCTET_STRING)
			o->key_id = ASN1_OCTET_STRING_dup(id->value.octet_string);
		if (nid == NID_certBag && PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate &&
			!cert_keep(o, bag, id))
			return false;
		if (nid == NID_safeContentsBag &&
			(depth == DEPTH ||
				!bags_read(o, PKCS12_SAFEBAG_get0_safes(bag), depth + 1)))
			return false;
	}
	return true;
}

static bool safe_read(struct opening *o, PKCS7 *safe)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

	if (PKCS7_type_is_data(safe))
		bags = PKCS12_unpack_p7data(safe);
	else if (PKCS7_type_is_encrypted(safe))
		bags = PKCS12_unpack_p7encdata(safe, o->password, o->password_len);
	else
		return true; /* public-key privacy mode: not for a password */
	bool ok = bags && bags_read(o, bags, 1);

	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return ok;
}

static bool safes_read(struct opening *o)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(o->p12);
	bool ok = safes != NULL;

	for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
		ok = safe_read(o, sk_PKCS7_value(safes, i));
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return ok;
}

static bool belongs_to_key(const struct opening *o, X509 *x509)
{
	int len = 0;
	const unsigned char *id = X509_keyid_get0(x509, &len);
	ASN1_OCTET_STRING *own = id ? ASN1_OCTET_STRING_new() : NULL;
	bool same = own && o->key_id && ASN1_OCTET_STRING_set(own, id, len) &&
		    ASN1_OCTET_STRING_cmp(own, o->key_id) == 0;

	ASN1_OCTET_STRING_free(own);
	return same;
}

/* What EACH is called with, and where to say why not. */
struct outlet {
	cert_file_p12_each *each;
	void *arg;
	const char *why;
};

static bool give(struct outlet *outlet, const X509 *x509)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);

	if (len <= 0)
		outlet->why = PHRASE("a certificate in the PKCS#12 file is damaged");
	bool ok = len > 0 && outlet->each(outlet->arg, der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}

static bool give_all(const struct opening *o, struct outlet *outlet)
{
	int first = -1, count = sk_X509_num(o->certs);

	for (int i = 0; i < count && first < 0; i++)
		if (belongs_to_key(o, sk_X509_value(o->certs, i)))
			first = i;
	if (first >= 0 && !give(outlet, sk_X509_value(o->certs, first)))
		return false;
	for (int i = 0; i < count; i++)
		if (i != first && !give(outlet, sk_X509_value(o->certs, i)))
			return false;
	return true;
}

static const char *open_why(struct opening *o, const uint8_t *der, size_t len, const char *password)
{
	if (!opening_init(o, der, len))
		return PHRASE("the PKCS#12 structure is damaged");
	if (is_too_slow(o->p12))
		return PHRASE("the PKCS#12 file asks for more than ten million rounds of hashing");
	if (!password_fits(o, password))
		return password && *password
			       ? PHRASE("the password does not open this PKCS#12 file")
			       : PHRASE("this PKCS#12 file needs a password");
	if (safes_read(o))
		return NULL;
	if (!o->library.legacy)
		return PHRASE(
			"the PKCS#12 file is damaged, or encrypted the old way (RC2), for which "
			"OpenSSL's "
			"legacy provider is not installed here; export it again with AES");
	if (!PKCS12_mac_present(o->p12))
		return PHRASE("the PKCS#12 file is damaged or the password does not open it");
	return PHRASE("the PKCS#12 file is damaged, or encrypted in a way OpenSSL does not know");
}

bool cert_file_p12_read(const uint8_t *der, size_t len, const char *password,
	cert_file_p12_each *each, void *arg, const char **ret_why)
{
	struct opening o;
	struct outlet outlet = { each, arg, NULL };

	outlet.why = open_why(&o, der, len, password);
	bool ok = !outlet.why && give_all(&o, &outlet);

	opening_release(&o);
	*ret_why = outlet.why;
	return ok;
}
