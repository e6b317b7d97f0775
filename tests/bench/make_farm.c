/* SPDX-License-Identifier: MIT */
/*
 * make_farm KIND DIR COUNT URL - what a farm of TLS servers needs: COUNT leafs, each another one
 *
 * KIND is "rsa" (RSA 2048 under RSA 2048), "ec" (P-256 under P-256) or "ec384" (P-256 under
 * P-384).  The hierarchy is the one that the unit tests judge (forge.h), and each leaf has its own
 * key, serial, subject and names.  Written into DIR:
 *
 *	leafs                       certificates and keys (leafs.h)
 *	chain.pem                   what a server sends after its leaf: issuing, cross certificate
 *	profile.yaml                under which these chains are faultless on FARM_DAY
 *	current.pem, stock-java.pem, legacy-devices.pem    for --trust-store
 *	web/                        what the profile's URLs, below URL, lead to
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checker/base/text.h"
#include "tests/bench/keyring.h"
#include "tests/bench/leafs.h"
#include "tests/forge.h"

#define FARM_DAY "2026-07-15" /* after the retired intermediates had to be gone */
#define MOST_LEAFS 1000000
#define SERIAL_BYTES 19 /* positive, and at most 20 with its sign (RFC 5280, 4.1.2.2) */

static const struct kind {
	const char *name;
	enum forge_keys authority;
	enum keyring_kind leaf;
} kinds[] = {
	{ "rsa", FORGE_KEYS_RSA, KEYRING_RSA_2048 },
	{ "ec", FORGE_KEYS_FAST, KEYRING_P256 },
	{ "ec384", FORGE_KEYS_P384, KEYRING_P256 },
};

static FILE *open_in(const char *folder, const char *name)
{
	char path[512];
	int len = snprintf(path, sizeof path, "%s/%s", folder, name);

	forge_must(len > 0 && (size_t)len < sizeof path, "a path");
	FILE *file = fopen(path, "wb");

	if (!file)
		fprintf(stderr, "make_farm: %s: %s\n", path, strerror(errno));
	forge_must(file != NULL, path);
	return file;
}

static void write_bytes(const char *folder, const char *name, const void *bytes, size_t len)
{
	FILE *file = open_in(folder, name);
	bool whole = fwrite(bytes, 1, len, file) == len;

	forge_must(fclose(file) == 0 && whole, name);
}

static void write_certs(struct forge_pki *pki, const char *folder, const char *name,
	const char *first, const char *second)
{
	FILE *file = open_in(folder, name);
	bool whole = fputs(forge_cert_pem(&pki->forge, forge_pki_find(pki, first)), file) >= 0;

	if (second)
		whole = fputs(forge_cert_pem(&pki->forge, forge_pki_find(pki, second)), file) >=
				0 &&
			whole;
	forge_must(fclose(file) == 0 && whole, name);
}

static void write_world(struct forge_pki *pki, const char *dir, const char *url)
{
	char web[512], name[80];
	struct forge_bytes arl = forge_pki_arl(pki, true);
	const char *profile = forge_pki_profile(pki, url);

	snprintf(web, sizeof web, "%s/web", dir);
	forge_must(mkdir(web, 0777) == 0, web);
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++) {
		snprintf(name, sizeof name, "%s.pem", pki->ids[i]);
		write_certs(pki, web, name, pki->ids[i], NULL);
	}
	write_bytes(web, FORGE_PKI_ARL_FILE, arl.data, arl.len);
	write_bytes(dir, "profile.yaml", profile, strlen(profile));
	write_certs(pki, dir, "chain.pem", "ssl-ca-3-17-2025", "root-ca-3-cross-2022");
	write_certs(pki, dir, "current.pem", "root-ca-3", "globalsign-r3");
	write_certs(pki, dir, "stock-java.pem", "globalsign-r3", NULL);
	write_certs(pki, dir, "legacy-devices.pem", "globalsign-r3", NULL);
}

/* --- The leafs --- */

static void set_serial(X509 *x, size_t number)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	ASN1_INTEGER *serial = X509_get_serialNumber(x);

	forge_must(
		EVP_Digest(&number, sizeof number, digest, NULL, EVP_sha256(), NULL), "a serial");
	digest[0] = (uint8_t)((digest[0] & 0x3f) | 0x40); /* no zero in front, no sign */
	forge_must(ASN1_STRING_set(serial, digest, SERIAL_BYTES), "a serial");
}

static void set_names(X509 *x, size_t number)
{
	X509_NAME *subject = X509_NAME_dup(X509_get_subject_name(x));
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	char text[2][64];

	snprintf(text[0], sizeof text[0], "h%zu.fleet.example", number);
	snprintf(text[1], sizeof text[1], "www.h%zu.fleet.example", number);
	forge_must(subject && names, "names");
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	forge_must(at >= 0, "a common name");
	X509_NAME_ENTRY_free(X509_NAME_delete_entry(subject, at));
	forge_must(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
			   (const unsigned char *)text[0], -1, at, 0) &&
			   X509_set_subject_name(x, subject),
		"a subject");
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		GENERAL_NAME *name = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, text[i], 0);

		forge_must(name && sk_GENERAL_NAME_push(names, name), "a name");
	}
	forge_must(X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_REPLACE) == 1,
		"names");
	GENERAL_NAMES_free(names);
	X509_NAME_free(subject);
}

/* The identifier is the SHA-1 of the key (RFC 5280, 4.2.1.2). */
static void set_key(X509 *x, EVP_PKEY *key)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len;
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

	forge_must(id && X509_set_pubkey(x, key) &&
			   X509_pubkey_digest(x, EVP_sha1(), digest, &len) &&
			   ASN1_OCTET_STRING_set(id, digest, (int)len) &&
			   X509_add1_ext_i2d(
				   x, NID_subject_key_identifier, id, 0, X509V3_ADD_REPLACE) == 1,
		"a public key");
	ASN1_OCTET_STRING_free(id);
}

/* X is changed in place: what all leafs have in common is made once. */
static void write_leaf(X509 *x, size_t number, EVP_PKEY *key, EVP_PKEY *issuer, FILE *file)
{
	unsigned char *cert = NULL, *private = NULL;

	set_serial(x, number);
	set_names(x, number);
	set_key(x, key);
	forge_must(X509_sign(x, issuer, EVP_sha256()) > 0, "a signature");
	int cert_len = i2d_X509(x, &cert), key_len = i2d_PrivateKey(key, &private);

	forge_must(cert_len > 0 && key_len > 0 &&
			   leafs_append(file, (struct leaf){ .cert = cert,
						      .cert_len = (size_t)cert_len,
						      .key = private,
						      .key_len = (size_t)key_len }),
		"a leaf");
	OPENSSL_free(cert);
	OPENSSL_free(private);
}

static void write_leafs(
	struct forge_pki *pki, const struct kind *kind, const char *dir, size_t count)
{
	struct forge_cert *model = forge_leaf(pki, "ssl-ca-3-17-2025",
		"h.fleet.example,www.h.fleet.example", (struct instant){ 0 },
		(struct instant){ 0 });
	EVP_PKEY *issuer = forge_key(&pki->forge, forge_pki_find(pki, "ssl-ca-3-17-2025")->key);
	struct keyring *keyring = keyring_new(kind->leaf, count);
	FILE *file = open_in(dir, "leafs");

	for (size_t i = 0; i < count; i++) {
		EVP_PKEY *key = keyring_next(keyring);

		write_leaf(model->x509, i, key, issuer, file);
		EVP_PKEY_free(key);
	}
	forge_must(fclose(file) == 0, "leafs");
	keyring_free(keyring);
}

int main(int argc, char *argv[])
{
	const struct kind *kind = NULL;
	struct forge_pki pki;
	uint64_t count = 0;

	for (size_t i = 0; argc == 5 && i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, argv[1]) == 0)
			kind = &kinds[i];
	if (!kind || !text_to_uint(argv[3], MOST_LEAFS, &count) || count == 0) {
		fputs("usage: make_farm rsa|ec|ec384 DIR COUNT URL\n", stderr);
		return 2;
	}
	if (mkdir(argv[2], 0777) != 0) {
		fprintf(stderr, "make_farm: %s: %s\n", argv[2], strerror(errno));
		return 2;
	}
	forge_pki_init(&pki, forge_day(FARM_DAY), kind->authority, argv[4]);
	write_world(&pki, argv[2], argv[4]);
	write_leafs(&pki, kind, argv[2], (size_t)count);
	forge_pki_release(&pki);
	return 0;
}
