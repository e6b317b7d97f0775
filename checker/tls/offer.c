/* SPDX-License-Identifier: MIT */
#include "checker/tls/offer.h"

#define MODERN (1u << HANDSHAKE_OFFER_MODERN)
#define LEGACY (1u << HANDSHAKE_OFFER_LEGACY)
#define TLS12 (1u << HANDSHAKE_OFFER_TLS12)
/* Of the two narrow offers those that a key of this kind answers. */
#define OF_AUTH_RSA (1u << HANDSHAKE_OFFER_RSA)
#define OF_AUTH_ECDSA (1u << HANDSHAKE_OFFER_ECDSA)
#define OF_AUTH_DSA 0u
#define NARROW (OF_AUTH_RSA | OF_AUTH_ECDSA)
#define TODAY (MODERN | TLS12 | NARROW)
#define BOTH (MODERN | LEGACY)
#define ALL (TODAY | LEGACY)

/* A row of TLS 1.2 and older; hash and cipher of those are of no concern here. */
#define SUITE(code_, oldest_, exchange_, auth_, offers_, name_)                               \
	{                                                                                     \
		.code = (code_), .oldest = OFFER_##oldest_, .exchange = EXCHANGE_##exchange_, \
		.auth = AUTH_##auth_, .name = (name_),                                        \
		.offers = (offers_) | ((offers_)&MODERN ? TLS12 | OF_AUTH_##auth_ : 0u)       \
	}

#define SUITE13(code_, hash_, aead_, name_)                                         \
	{                                                                           \
		.code = (code_), .oldest = OFFER_TLS13, .exchange = EXCHANGE_TLS13, \
		.auth = AUTH_ANY, .hash = CRYPTO_##hash_, .aead = CRYPTO_##aead_,   \
		.offers = MODERN | NARROW, .name = (name_)                          \
	}

/*
 * Ordered by how well they serve us, then by strength.  Windows Server 2003 reads no more than
 * the first 64 suites of a ClientHello, so what it has (RC4, 3DES) stands before rare ciphers.
 */
static const struct offer_suite suites[] = {
	/* RFC 8446, B.4.  AES-128 first: it is the cheapest for both sides. */
	SUITE13(0x1301, SHA256, AES_128_GCM, "TLS_AES_128_GCM_SHA256"),
	SUITE13(0x1302, SHA384, AES_256_GCM, "TLS_AES_256_GCM_SHA384"),
	SUITE13(0x1303, SHA256, CHACHA20_POLY1305, "TLS_CHACHA20_POLY1305_SHA256"),
	SUITE13(0x1304, SHA256, AES_128_CCM, "TLS_AES_128_CCM_SHA256"),
	SUITE13(0x1305, SHA256, AES_128_CCM_8, "TLS_AES_128_CCM_8_SHA256"),

	/* RFC 5289, 7905 */
	SUITE(0xc02b, TLS12, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES128-GCM-SHA256"),
	SUITE(0xc02f, TLS12, ECDHE, RSA, BOTH, "ECDHE-RSA-AES128-GCM-SHA256"),
	SUITE(0xc02c, TLS12, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES256-GCM-SHA384"),
	SUITE(0xc030, TLS12, ECDHE, RSA, BOTH, "ECDHE-RSA-AES256-GCM-SHA384"),
	SUITE(0xcca9, TLS12, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-CHACHA20-POLY1305"),
	SUITE(0xcca8, TLS12, ECDHE, RSA, BOTH, "ECDHE-RSA-CHACHA20-POLY1305"),
	SUITE(0xc023, TLS12, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES128-SHA256"),
	SUITE(0xc027, TLS12, ECDHE, RSA, BOTH, "ECDHE-RSA-AES128-SHA256"),
	SUITE(0xc024, TLS12, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES256-SHA384"),
	SUITE(0xc028, TLS12, ECDHE, RSA, BOTH, "ECDHE-RSA-AES256-SHA384"),
	/* RFC 8422 */
	SUITE(0xc009, TLS10, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES128-SHA"),
	SUITE(0xc013, TLS10, ECDHE, RSA, BOTH, "ECDHE-RSA-AES128-SHA"),
	SUITE(0xc00a, TLS10, ECDHE, ECDSA, BOTH, "ECDHE-ECDSA-AES256-SHA"),
	SUITE(0xc014, TLS10, ECDHE, RSA, BOTH, "ECDHE-RSA-AES256-SHA"),
	/* RFC 5288, 7905, 5246 */
	SUITE(0x009e, TLS12, DHE, RSA, BOTH, "DHE-RSA-AES128-GCM-SHA256"),
	SUITE(0x009f, TLS12, DHE, RSA, BOTH, "DHE-RSA-AES256-GCM-SHA384"),
	SUITE(0xccaa, TLS12, DHE, RSA, BOTH, "DHE-RSA-CHACHA20-POLY1305"),
	SUITE(0x0067, TLS12, DHE, RSA, BOTH, "DHE-RSA-AES128-SHA256"),
	SUITE(0x006b, TLS12, DHE, RSA, BOTH, "DHE-RSA-AES256-SHA256"),
	SUITE(0x0033, SSL3, DHE, RSA, BOTH, "DHE-RSA-AES128-SHA"),
	SUITE(0x0039, SSL3, DHE, RSA, BOTH, "DHE-RSA-AES256-SHA"),
	SUITE(0x00a2, TLS12, DHE, DSA, LEGACY, "DHE-DSS-AES128-GCM-SHA256"),
	SUITE(0x00a3, TLS12, DHE, DSA, LEGACY, "DHE-DSS-AES256-GCM-SHA384"),
	SUITE(0x0040, TLS12, DHE, DSA, LEGACY, "DHE-DSS-AES128-SHA256"),
	SUITE(0x006a, TLS12, DHE, DSA, LEGACY, "DHE-DSS-AES256-SHA256"),
	SUITE(0x0032, SSL3, DHE, DSA, LEGACY, "DHE-DSS-AES128-SHA"),
	SUITE(0x0038, SSL3, DHE, DSA, LEGACY, "DHE-DSS-AES256-SHA"),
	SUITE(0xc008, TLS10, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-DES-CBC3-SHA"),
	SUITE(0xc012, TLS10, ECDHE, RSA, LEGACY, "ECDHE-RSA-DES-CBC3-SHA"),
	SUITE(0x0016, SSL3, DHE, RSA, LEGACY, "DHE-RSA-DES-CBC3-SHA"),
	SUITE(0x0013, SSL3, DHE, DSA, LEGACY, "DHE-DSS-DES-CBC3-SHA"),
	SUITE(0xc007, TLS10, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-RC4-SHA"),
	SUITE(0xc011, TLS10, ECDHE, RSA, LEGACY, "ECDHE-RSA-RC4-SHA"),
	SUITE(0x0066, SSL3, DHE, DSA, LEGACY, "DHE-DSS-RC4-SHA"),

	/* The key is encrypted to, and nothing is signed: RFC 5246, 7.4.3 */
	SUITE(0x009c, TLS12, RSA, RSA, BOTH, "AES128-GCM-SHA256"),
	SUITE(0x009d, TLS12, RSA, RSA, BOTH, "AES256-GCM-SHA384"),
	SUITE(0x003c, TLS12, RSA, RSA, BOTH, "AES128-SHA256"),
	SUITE(0x003d, TLS12, RSA, RSA, BOTH, "AES256-SHA256"),
	SUITE(0x002f, SSL3, RSA, RSA, BOTH, "AES128-SHA"),
	SUITE(0x0035, SSL3, RSA, RSA, BOTH, "AES256-SHA"),
	SUITE(0x000a, SSL3, RSA, RSA, LEGACY, "DES-CBC3-SHA"),
	SUITE(0x0005, SSL3, RSA, RSA, LEGACY, "RC4-SHA"),
	SUITE(0x0004, SSL3, RSA, RSA, LEGACY, "RC4-MD5"),

	/* Rare ciphers: RFC 7251, 6655 (CCM), 6209 (ARIA), 6367, 5932 (Camellia), 4162, 5469 */
	SUITE(0xc0ac, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-AES128-CCM"),
	SUITE(0xc0ad, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-AES256-CCM"),
	SUITE(0xc0ae, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-AES128-CCM8"),
	SUITE(0xc0af, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-AES256-CCM8"),
	SUITE(0xc05c, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-ARIA128-GCM-SHA256"),
	SUITE(0xc05d, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-ARIA256-GCM-SHA384"),
	SUITE(0xc060, TLS12, ECDHE, RSA, LEGACY, "ECDHE-ARIA128-GCM-SHA256"),
	SUITE(0xc061, TLS12, ECDHE, RSA, LEGACY, "ECDHE-ARIA256-GCM-SHA384"),
	SUITE(0xc072, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-CAMELLIA128-SHA256"),
	SUITE(0xc073, TLS12, ECDHE, ECDSA, LEGACY, "ECDHE-ECDSA-CAMELLIA256-SHA384"),
	SUITE(0xc076, TLS12, ECDHE, RSA, LEGACY, "ECDHE-RSA-CAMELLIA128-SHA256"),
	SUITE(0xc077, TLS12, ECDHE, RSA, LEGACY, "ECDHE-RSA-CAMELLIA256-SHA384"),
	SUITE(0xc09e, TLS12, DHE, RSA, LEGACY, "DHE-RSA-AES128-CCM"),
	SUITE(0xc09f, TLS12, DHE, RSA, LEGACY, "DHE-RSA-AES256-CCM"),
	SUITE(0xc0a2, TLS12, DHE, RSA, LEGACY, "DHE-RSA-AES128-CCM8"),
	SUITE(0xc0a3, TLS12, DHE, RSA, LEGACY, "DHE-RSA-AES256-CCM8"),
	SUITE(0xc052, TLS12, DHE, RSA, LEGACY, "DHE-RSA-ARIA128-GCM-SHA256"),
	SUITE(0xc053, TLS12, DHE, RSA, LEGACY, "DHE-RSA-ARIA256-GCM-SHA384"),
	SUITE(0xc056, TLS12, DHE, DSA, LEGACY, "DHE-DSS-ARIA128-GCM-SHA256"),
	SUITE(0xc057, TLS12, DHE, DSA, LEGACY, "DHE-DSS-ARIA256-GCM-SHA384"),
	SUITE(0x00be, TLS12, DHE, RSA, LEGACY, "DHE-RSA-CAMELLIA128-SHA256"),
	SUITE(0x00c4, TLS12, DHE, RSA, LEGACY, "DHE-RSA-CAMELLIA256-SHA256"),
	SUITE(0x00bd, TLS12, DHE, DSA, LEGACY, "DHE-DSS-CAMELLIA128-SHA256"),
	SUITE(0x00c3, TLS12, DHE, DSA, LEGACY, "DHE-DSS-CAMELLIA256-SHA256"),
	SUITE(0x0045, SSL3, DHE, RSA, LEGACY, "DHE-RSA-CAMELLIA128-SHA"),
	SUITE(0x0088, SSL3, DHE, RSA, LEGACY, "DHE-RSA-CAMELLIA256-SHA"),
	SUITE(0x0044, SSL3, DHE, DSA, LEGACY, "DHE-DSS-CAMELLIA128-SHA"),
	SUITE(0x0087, SSL3, DHE, DSA, LEGACY, "DHE-DSS-CAMELLIA256-SHA"),
	SUITE(0x009a, SSL3, DHE, RSA, LEGACY, "DHE-RSA-SEED-SHA"),
	SUITE(0x0099, SSL3, DHE, DSA, LEGACY, "DHE-DSS-SEED-SHA"),
	SUITE(0xc09c, TLS12, RSA, RSA, LEGACY, "AES128-CCM"),
	SUITE(0xc09d, TLS12, RSA, RSA, LEGACY, "AES256-CCM"),
	SUITE(0xc0a0, TLS12, RSA, RSA, LEGACY, "AES128-CCM8"),
	SUITE(0xc0a1, TLS12, RSA, RSA, LEGACY, "AES256-CCM8"),
	SUITE(0xc050, TLS12, RSA, RSA, LEGACY, "ARIA128-GCM-SHA256"),
	SUITE(0xc051, TLS12, RSA, RSA, LEGACY, "ARIA256-GCM-SHA384"),
	SUITE(0x00ba, TLS12, RSA, RSA, LEGACY, "CAMELLIA128-SHA256"),
	SUITE(0x00c0, TLS12, RSA, RSA, LEGACY, "CAMELLIA256-SHA256"),
	SUITE(0x0041, SSL3, RSA, RSA, LEGACY, "CAMELLIA128-SHA"),
	SUITE(0x0084, SSL3, RSA, RSA, LEGACY, "CAMELLIA256-SHA"),
	SUITE(0x0096, SSL3, RSA, RSA, LEGACY, "SEED-SHA"),
	SUITE(0x0007, SSL3, RSA, RSA, LEGACY, "IDEA-CBC-SHA"),

	/* Broken since long: RFC 5469; RFC 2246, A.5 and D.2 */
	SUITE(0x0015, SSL3, DHE, RSA, LEGACY, "DHE-RSA-DES-CBC-SHA"),
	SUITE(0x0012, SSL3, DHE, DSA, LEGACY, "DHE-DSS-DES-CBC-SHA"),
	SUITE(0x0009, SSL3, RSA, RSA, LEGACY, "DES-CBC-SHA"),
	SUITE(0x0014, SSL3, DHE, RSA, LEGACY, "EXP-DHE-RSA-DES-CBC-SHA"),
	SUITE(0x0011, SSL3, DHE, DSA, LEGACY, "EXP-DHE-DSS-DES-CBC-SHA"),
	SUITE(0x0008, SSL3, RSA_EXPORT, RSA, LEGACY, "EXP-DES-CBC-SHA"),
	SUITE(0x0006, SSL3, RSA_EXPORT, RSA, LEGACY, "EXP-RC2-CBC-MD5"),
	SUITE(0x0003, SSL3, RSA_EXPORT, RSA, LEGACY, "EXP-RC4-MD5"),
};

/* RFC 8446, 4.2.7; RFC 7919; brainpool: RFC 7027 */
static const struct offer_group groups[] = {
	{ 0x001d, 32, 32, true, ALL, "X25519" },
	{ 0x0017, 65, 32, true, ALL, "P-256" },
	{ 0x0018, 97, 48, true, ALL, "P-384" },
	{ 0x0019, 133, 66, false, ALL, "P-521" },
	{ 0x001e, 56, 56, false, ALL, "X448" },
	{ 0x0100, 256, 256, false, TODAY, "ffdhe2048" },
	{ 0x0101, 384, 384, false, TODAY, "ffdhe3072" },
	{ 0x0102, 512, 512, false, TODAY, "ffdhe4096" },
	{ 0x0103, 768, 768, false, TODAY, "ffdhe6144" },
	{ 0x0104, 1024, 1024, false, TODAY, "ffdhe8192" },
	{ 0x001a, 0, 0, false, LEGACY, "brainpoolP256r1" },
	{ 0x001b, 0, 0, false, LEGACY, "brainpoolP384r1" },
	{ 0x001c, 0, 0, false, LEGACY, "brainpoolP512r1" },
	{ 0x0016, 0, 0, false, LEGACY, "secp256k1" },
	{ 0x0015, 0, 0, false, LEGACY, "P-224" },
	{ 0x0013, 0, 0, false, LEGACY, "P-192" },
};

/*
 * RFC 8446, 4.2.3; the last ones: RFC 5246, 7.4.1.4.1.  Schemes also say how certificates may be
 * signed, and many a leaf with an elliptic-curve key was signed by an RSA CA: so the offer for
 * such keys has RSA with PKCS #1 v1.5, which no handshake of TLS 1.3 may be signed with, and
 * which in TLS 1.2 goes with none of its suites.
 */
#define EC_KEY (MODERN | LEGACY | TLS12 | OF_AUTH_ECDSA)
#define RSA_KEY (MODERN | LEGACY | TLS12 | OF_AUTH_RSA)
#define RSA_CERTS (RSA_KEY | OF_AUTH_ECDSA)
static const struct offer_scheme schemes[] = {
	{ 0x0403, OFFER_KEY_ECDSA, false, true, 0x0017, CRYPTO_SHA256, EC_KEY,
		"ecdsa_secp256r1_sha256" },
	{ 0x0503, OFFER_KEY_ECDSA, false, true, 0x0018, CRYPTO_SHA384, EC_KEY,
		"ecdsa_secp384r1_sha384" },
	{ 0x0603, OFFER_KEY_ECDSA, false, true, 0x0019, CRYPTO_SHA512, EC_KEY,
		"ecdsa_secp521r1_sha512" },
	{ 0x0807, OFFER_KEY_EDDSA, false, true, 0x001d, CRYPTO_SHA512, EC_KEY, "ed25519" },
	{ 0x0808, OFFER_KEY_EDDSA, false, true, 0x001e, CRYPTO_SHA512, EC_KEY, "ed448" },
	{ 0x0804, OFFER_KEY_RSA, true, true, 0, CRYPTO_SHA256, RSA_KEY, "rsa_pss_rsae_sha256" },
	{ 0x0805, OFFER_KEY_RSA, true, true, 0, CRYPTO_SHA384, RSA_KEY, "rsa_pss_rsae_sha384" },
	{ 0x0806, OFFER_KEY_RSA, true, true, 0, CRYPTO_SHA512, RSA_KEY, "rsa_pss_rsae_sha512" },
	{ 0x0809, OFFER_KEY_RSA_PSS, true, true, 0, CRYPTO_SHA256, RSA_KEY, "rsa_pss_pss_sha256" },
	{ 0x080a, OFFER_KEY_RSA_PSS, true, true, 0, CRYPTO_SHA384, RSA_KEY, "rsa_pss_pss_sha384" },
	{ 0x080b, OFFER_KEY_RSA_PSS, true, true, 0, CRYPTO_SHA512, RSA_KEY, "rsa_pss_pss_sha512" },
	{ 0x0401, OFFER_KEY_RSA, false, false, 0, CRYPTO_SHA256, RSA_CERTS, "rsa_pkcs1_sha256" },
	{ 0x0501, OFFER_KEY_RSA, false, false, 0, CRYPTO_SHA384, RSA_CERTS, "rsa_pkcs1_sha384" },
	{ 0x0601, OFFER_KEY_RSA, false, false, 0, CRYPTO_SHA512, RSA_CERTS, "rsa_pkcs1_sha512" },
	{ 0x0402, OFFER_KEY_DSA, false, false, 0, CRYPTO_SHA256, LEGACY, "DSA+SHA256" },
	{ 0x0303, OFFER_KEY_ECDSA, false, false, 0, CRYPTO_SHA224, LEGACY, "ECDSA+SHA224" },
	{ 0x0301, OFFER_KEY_RSA, false, false, 0, CRYPTO_SHA224, LEGACY, "RSA+SHA224" },
	{ 0x0302, OFFER_KEY_DSA, false, false, 0, CRYPTO_SHA224, LEGACY, "DSA+SHA224" },
	{ 0x0203, OFFER_KEY_ECDSA, false, false, 0, CRYPTO_SHA1, EC_KEY, "ECDSA+SHA1" },
	{ 0x0201, OFFER_KEY_RSA, false, false, 0, CRYPTO_SHA1, RSA_KEY, "RSA+SHA1" },
	{ 0x0202, OFFER_KEY_DSA, false, false, 0, CRYPTO_SHA1, LEGACY, "DSA+SHA1" },
};

const char *offer_version_name(unsigned version)
{
	static const char *const names[] = { "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3" };

	if (version < OFFER_SSL3 || version - OFFER_SSL3 >= ARRAY_LEN(names))
		return NULL;
	return names[version - OFFER_SSL3];
}

unsigned offer_newest(enum handshake_offer offer)
{
	return offer == HANDSHAKE_OFFER_LEGACY || offer == HANDSHAKE_OFFER_TLS12 ? OFFER_TLS12
										 : OFFER_TLS13;
}

unsigned offer_oldest(enum handshake_offer offer)
{
	(void)offer;
	return OFFER_TLS10;
}

const struct offer_suite *offer_suites(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(suites);
	return suites;
}

const struct offer_group *offer_groups(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(groups);
	return groups;
}

const struct offer_scheme *offer_schemes(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(schemes);
	return schemes;
}

const struct offer_suite *offer_suite(enum handshake_offer offer, unsigned code)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (suites[i].code == code && offer_has(suites[i].offers, offer))
			return &suites[i];
	return NULL;
}

const struct offer_group *offer_group(enum handshake_offer offer, unsigned code)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (groups[i].code == code && offer_has(groups[i].offers, offer))
			return &groups[i];
	return NULL;
}

const struct offer_scheme *offer_scheme(enum handshake_offer offer, unsigned code)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (schemes[i].code == code && offer_has(schemes[i].offers, offer))
			return &schemes[i];
	return NULL;
}

/* The name at I of a list, NULL at its end; "" for what is not in this offer. */
static const char *name_at(enum handshake_offer offer, enum offer_list list, size_t i)
{
	const char *name = NULL;
	unsigned offers = 0;

	switch (list) {
	case OFFER_LIST_TLS13:
	case OFFER_LIST_SUITES:
		if (i == ARRAY_LEN(suites))
			return NULL;
		if ((suites[i].exchange == EXCHANGE_TLS13) != (list == OFFER_LIST_TLS13))
			return "";
		offers = suites[i].offers;
		name = suites[i].name;
		break;
	case OFFER_LIST_GROUPS:
		if (i == ARRAY_LEN(groups))
			return NULL;
		offers = groups[i].offers;
		name = groups[i].name;
		break;
	case OFFER_LIST_SCHEMES:
		if (i == ARRAY_LEN(schemes))
			return NULL;
		offers = schemes[i].offers;
		name = schemes[i].name;
		break;
	}
	return offer_has(offers, offer) ? name : "";
}

bool offer_write_list(enum handshake_offer offer, enum offer_list list, struct buf *out)
{
	const char *name, *colon = "";

	for (size_t i = 0; (name = name_at(offer, list, i)) != NULL; i++) {
		if (!*name)
			continue;
		if (!buf_add_text(out, colon) || !buf_add_text(out, name))
			return false;
		colon = ":";
	}
	return true;
}
