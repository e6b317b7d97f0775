/* SPDX-License-Identifier: MIT */
/* Certificates as chainmend reads them against the same as OpenSSL does, over all there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_file.h"
#include "checker/cert/cert_holder.h"
#include "tests/cert_oracle.h"
#include "tests/forge.h"
#include "tests/suites.h"

#define GROUP 24

/* Certificates of one test case, as both read them. */
struct group {
	const struct cert *certs[GROUP];
	struct oracle *oracles[GROUP];
	size_t count;
};

struct tally {
	size_t certs, readable, ordinary, pairs, issued;
};

static bool add(void *arg, const uint8_t *der, size_t len, struct error *err)
{
	struct group *group = arg;

	if (group->count == GROUP)
		return true;
	const struct cert *cert = cert_new(der, len, err);
	if (!cert)
		return false;
	group->certs[group->count] = cert;
	group->oracles[group->count++] = oracle_new(cert_der(cert, &len), len);
	return true;
}

static void expect_one(const struct cert *cert, const struct oracle *oracle, const char *descr)
{
	const char *field = oracle_differs(oracle, cert);

	cr_expect_null(field, "%s: %s differs", descr, field);
}

/* Each alone, and who names and issued whom. */
static void expect_group(const struct group *group, const char *descr, struct tally *tally)
{
	for (size_t i = 0; i < group->count; i++) {
		expect_one(group->certs[i], group->oracles[i], descr);
		tally->certs++;
		tally->readable += group->certs[i]->readable;
		tally->ordinary += cert_holder(group->certs[i])->ordinary;
		for (size_t k = 0; k < group->count; k++) {
			const struct cert *a = group->certs[i], *b = group->certs[k];
			const struct oracle *c = group->oracles[i], *d = group->oracles[k];
			bool issued = oracle_issued_by(c, d);

			cr_expect_eq(cert_names_issuer(a, b), oracle_names_issuer(c, d),
				"%s: names", descr);
			cr_expect_eq(cert_issued_by(a, b), issued, "%s: issued", descr);
			cr_expect_eq(
				cert_issued_by(a, b), issued, "%s: issued, asked again", descr);
			cr_expect_eq(cert_is_twin(a, b), oracle_is_twin(c, d), "%s: twins", descr);
			tally->pairs++;
			tally->issued += issued;
		}
	}
}

static void group_release(struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		cert_unref(group->certs[i]);
		oracle_free(group->oracles[i]);
	}
	group->count = 0;
}

/* --- What is forged, whole and damaged --- */

static const char *const sans[] = { "DNS:www.example.hk", "DNS:*.example.hk", "IP:192.0.2.1",
	"IP:2001:db8::1", "email:a@example.hk", "URI:https://example.hk/", "DNS:b\\x0a\\xff.hk",
	NULL };

static const struct forge_extension odd_extensions[] = {
	{ "1.2.3.4", "DER:0500" },
	{ "certificatePolicies", "2.23.140.1.2.2" },
	{ "noCheck", "critical,ignored" },
	{ NULL, NULL },
};
static const struct forge_extension other_names[] = {
	{ "subjectAltName", "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b.hk,RID:1.2.3,DNS:c.hk" },
	{ NULL, NULL },
};
static const struct forge_extension constraints[] = {
	{ "nameConstraints", "critical,permitted;DNS:example.hk" },
	{ "policyConstraints", "requireExplicitPolicy:1" },
	{ NULL, NULL },
};
static const struct forge_extension netscape[] = {
	{ "nsCertType", "server" },
	{ NULL, NULL },
};
static const struct forge_extension points[] = {
	{ "crlDistributionPoints", "URI:http://a.hk/1.crl,URI:ldap://b.hk/,URI:https://c.hk/3" },
	{ NULL, NULL },
};
static const struct forge_extension broken_san[] = {
	{ "subjectAltName", "DER:3003820561" },
	{ NULL, NULL },
};
static const struct forge_extension trailing_basic[] = {
	{ "basicConstraints", "DER:30030101FF0500" },
	{ NULL, NULL },
};
static const struct forge_extension empty_usage[] = {
	{ "keyUsage", "DER:03020700" },
	{ NULL, NULL },
};
static const struct forge_extension twice[] = {
	{ "extendedKeyUsage", "serverAuth" },
	{ "extendedKeyUsage", "clientAuth" },
	{ NULL, NULL },
};

static const struct shape {
	const char *descr;
	struct forge_spec spec; /* without dates, which all get */
} shapes[] = {
	{ "a leaf", { .subject = "CN=www.example.hk,O=Example\\, Ltd,C=HK",
			    .san = sans,
			    .eku = "serverAuth,clientAuth,1.2.3.4",
			    .crl_url = "http://a.hk/a.crl",
			    .aia_url = "http://a.hk/a.cer",
			    .ocsp_url = "http://a.hk/",
			    .policies = "2.23.140.1.2.2" } },
	{ "an RSA leaf", { .subject = "CN=rsa.example.hk", .key = "rsa:a", .san = sans } },
	{ "a small RSA key", { .subject = "CN=rsa.example.hk", .key = "rsa1024:b" } },
	{ "a large exponent", { .subject = "CN=rsa.example.hk", .key = "rsa-e:c" } },
	{ "P-384", { .subject = "CN=384.example.hk", .key = "p384:a", .digest = "SHA384" } },
	{ "Ed25519", { .subject = "CN=ed.example.hk", .key = "ed25519:a" } },
	{ "SHA-1", { .subject = "CN=old.example.hk", .key = "rsa:a", .digest = "SHA1" } },
	{ "a CA",
		{ .subject = "CN=CA,O=Test,C=HK", .key = "ca", .ca = true, .has_pathlen = true } },
	{ "no names", { .subject = NULL } },
	{ "version 1", { .subject = "CN=v1", .version1 = true } },
	{ "names of all types",
		{ .subject = "CN=\xe9\x83\xb5\xe6\x94\xbf,O=a\\xff\\x00b,OU=  A  b ,C=HK,"
			     "emailAddress=a@b.hk,1.2.3.4=x,dnQualifier=q" } },
	{ "hostile names",
		{ .subject = "CN=a\\x1b[2J\\x0ab,O=\\xe2\\x80\\xae,C=HK", .san = sans } },
	{ "a long serial",
		{ .subject = "CN=s", .serial = "00FF0102030405060708090A0B0C0D0E0F1011" } },
	{ "a serial of zero", { .subject = "CN=s", .serial = "00" } },
	{ "a wrong signature", { .subject = "CN=s", .broken_signature = true } },
	{ "unknown extensions", { .subject = "CN=x", .extra = odd_extensions } },
	{ "other names", { .subject = "CN=x", .extra = other_names } },
	{ "constraints", { .subject = "CN=x", .ca = true, .extra = constraints } },
	{ "Netscape's type", { .subject = "CN=x", .extra = netscape } },
	{ "several points", { .subject = "CN=x", .extra = points } },
	{ "broken names", { .subject = "CN=x", .extra = broken_san } },
	{ "something behind",
		{ .subject = "CN=x", .no_basic_constraints = true, .extra = trailing_basic } },
	{ "no usage", { .subject = "CN=x", .key_usage = "", .extra = empty_usage } },
	{ "purposes twice", { .subject = "CN=x", .extra = twice } },
};

static struct forge_cert *mint(struct forge *forge, const struct shape *shape)
{
	struct forge_spec spec = shape->spec;

	spec.not_before = forge_day("2026-01-01");
	spec.not_after = forge_day("2026-07-18T23:59:59Z");
	return forge_cert(forge, &spec);
}

Test(cert_oracle, forged)
{
	struct forge forge;
	struct tally tally = { 0 };

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct forge_cert *cert = mint(&forge, &shapes[i]);
		struct group group = { .count = 0 };

		cr_assert(add(&group, cert->der, cert->der_len, NULL));
		expect_group(&group, shapes[i].descr, &tally);
		group_release(&group);
	}
	cr_expect_eq(tally.readable, ARRAY_LEN(shapes));
	cr_expect_geq(tally.ordinary, 14, "%zu are read without OpenSSL", tally.ordinary);
	forge_release(&forge);
}

/* Every byte of every shape, changed in the ways that lengths, tags and text break. */
static void expect_damaged(const struct forge_cert *cert, const char *descr, size_t step)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0x1f, 0xff };
	uint8_t bytes[4096];

	cr_assert_leq(cert->der_len, sizeof bytes);
	for (size_t at = 0; at < cert->der_len; at += step) {
		for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
			char what[128];

			memcpy(bytes, cert->der, cert->der_len);
			bytes[at] ^= changes[i];
			(void)snprintf(what, sizeof what, "%s, byte %zu ^ %02x", descr, at,
				(unsigned)changes[i]);
			CLEANUP(cert_unrefp)
			const struct cert *read = cert_new(bytes, cert->der_len, NULL);
			CLEANUP(oracle_freep)
			struct oracle *oracle = oracle_new(bytes, cert->der_len);
			expect_one(read, oracle, what);
		}
	}
}

Test(cert_oracle, damaged)
{
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		expect_damaged(mint(&forge, &shapes[i]), shapes[i].descr, i < 2 ? 1 : 5);
	forge_release(&forge);
}

/* --- RSASSA-PSS (RFC 4055), in the form that is checked here and in others --- */

static void sign_pss(struct forge *forge, X509 *x509, const char *digest, int salt)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key = NULL;

	forge_must(ctx &&
			   EVP_DigestSignInit_ex(ctx, &key, digest, NULL, NULL,
				   forge_key(forge, "rsa:pss"), NULL) == 1 &&
			   EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING) == 1 &&
			   EVP_PKEY_CTX_set_rsa_pss_saltlen(key, salt) == 1 &&
			   X509_sign_ctx(x509, ctx) > 0,
		"RSASSA-PSS");
	EVP_MD_CTX_free(ctx);
}

Test(cert_oracle, pss)
{
	static const struct {
		const char *descr, *digest;
		int salt;
		bool ordinary;
	} cases[] = {
		{ "SHA-256", "SHA256", 32, true },
		{ "SHA-384", "SHA384", 48, true },
		{ "SHA-512", "SHA512", 64, true },
		{ "a short salt", "SHA256", 20, false },
		{ "all by default", "SHA1", 20, false },
	};
	const struct shape shape = { "PSS", { .subject = "CN=pss", .key = "rsa:pss" } };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct group group = { .count = 0 };
		struct tally tally = { 0 };
		X509 *x509 = mint(&forge, &shape)->x509;
		unsigned char *der = NULL;

		sign_pss(&forge, x509, cases[i].digest, cases[i].salt);
		int len = i2d_X509(x509, &der);
		cr_assert(len > 0 && add(&group, der, (size_t)len, NULL));
		expect_group(&group, cases[i].descr, &tally);
		cr_expect_eq(tally.ordinary, cases[i].ordinary, "%s", cases[i].descr);
		cr_expect_eq(tally.issued, 1, "%s", cases[i].descr);
		der[len - 1] ^= 1;
		cr_assert(add(&group, der, (size_t)len, NULL));
		expect_group(&group, cases[i].descr, &tally);
		cr_expect_not(cert_issued_by(group.certs[1], group.certs[0]));
		group_release(&group);
		OPENSSL_free(der);
	}
	forge_release(&forge);
}

/* --- What others made: the suites and the real ones, where they are at hand --- */

static void expect_case(void *arg, const struct suite_case *test)
{
	struct group group = { .count = 0 };

	for (size_t i = 0; i < test->served_count + test->trusted_count; i++) {
		size_t len = 0;
		const uint8_t *der = cert_der(i < test->served_count
						      ? test->served[i]
						      : test->trusted[i - test->served_count],
			&len);
		cr_assert(add(&group, der, len, NULL));
	}
	expect_group(&group, test->id, arg);
	group_release(&group);
}

Test(cert_oracle, suites, .timeout = 300)
{
	struct tally tally = { 0 };

	if (!suites_folder())
		cr_skip_test("CHAINMEND_SHARED is not set: not held against the suites");
	suites_each(expect_case, &tally);
	cr_log_info("%zu certificates, %zu readable, %zu without OpenSSL; %zu pairs, %zu issued",
		tally.certs, tally.readable, tally.ordinary, tally.pairs, tally.issued);
	cr_expect_gt(tally.certs, 10000);
	cr_expect_gt(tally.ordinary, tally.readable / 2);
}

Test(cert_oracle, real)
{
	const char *shared = suites_folder();
	struct tally tally = { 0 };
	char command[512], path[512];

	if (!shared)
		cr_skip_test("CHAINMEND_SHARED is not set: not held against the real ones");
	(void)snprintf(command, sizeof command, "find '%s/pki/real' -name '*.pem'", shared);
	FILE *pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	struct group group = { .count = 0 };
	while (fgets(path, sizeof path, pipe)) {
		struct buf buf = BUF_INIT(1 << 20);
		path[strcspn(path, "\n")] = '\0';
		cr_assert(buf_read_file(&buf, path, NULL));
		struct cert_file file = {
			.path = path, .bytes = (const uint8_t *)buf.data, .len = buf.len
		};
		cr_expect(cert_file_read(&file, add, &group, NULL), "%s", path);
		buf_release(&buf);
	}
	cr_expect_eq(pclose(pipe), 0);
	expect_group(&group, "real", &tally);
	cr_expect_gt(tally.issued, 10);
	group_release(&group);
}
