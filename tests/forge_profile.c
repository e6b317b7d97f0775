/* SPDX-License-Identifier: MIT */
#include "tests/forge.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"

#define PROFILE_BYTES 65536u

/* What the profile says of a certificate beyond what the certificate says itself. */
struct entry {
	const char *id, *role, *name, *issuer, *replaced_by;
	const char *not_before, *not_after;
	const char *more; /* further lines */
	bool url;
};

#define SSL_NAME "Hongkong Post e-Cert SSL CA 3 - 17"
#define EV_NAME "Hongkong Post e-Cert EV SSL CA 3 - 17"
#define ROOT_3_NAME "Hongkong Post Root CA 3"
#define SINCE "    since: 2025-05-01\n    eku: [serverAuth]\n"
#define REMOVE_BY "    remove_by: 2026-06-15\n"
#define CROSS "root-ca-3-cross-2022"

static const struct entry entries[FORGE_PKI_CERTS] = {
	{ "root-ca-3", "root", ROOT_3_NAME, NULL, NULL, NULL, "2042-06-03", "", true },
	{ "globalsign-r3", "root", "GlobalSign Root CA - R3", NULL, NULL, NULL, "2029-03-18", "",
		true },
	{ "root-ca-1", "root", "Hongkong Post Root CA 1", NULL, NULL, NULL, "2023-05-15", "",
		false },
	{ "ssl-ca-3-17-2025", "issuing", SSL_NAME, "root-ca-3", NULL, "2025-03-20", "2032-06-03",
		SINCE, true },
	{ "ssl-ca-3-17-2017", "issuing", SSL_NAME, "root-ca-3", "ssl-ca-3-17-2025", "2017-06-03",
		"2032-06-03", REMOVE_BY, false },
	{ "ev-ssl-ca-3-17-2025", "issuing", EV_NAME, "root-ca-3", NULL, "2025-03-20", "2032-06-03",
		SINCE, true },
	{ "ev-ssl-ca-3-17-2017", "issuing", EV_NAME, "root-ca-3", "ev-ssl-ca-3-17-2025",
		"2017-06-03", "2032-06-03", REMOVE_BY, false },
	{ CROSS, "cross", ROOT_3_NAME, "globalsign-r3", NULL, "2022-11-16", "2029-03-18", "",
		true },
	{ "root-ca-3-cross-2017-06", "cross", ROOT_3_NAME, "root-ca-1", CROSS, "2017-06-03",
		"2023-05-15", "", false },
	{ "root-ca-3-cross-2017-08", "cross", ROOT_3_NAME, "root-ca-1", CROSS, "2017-08-12",
		"2023-05-15", "", false },
	{ "root-ca-3-cross-2022-07-a", "cross", ROOT_3_NAME, "root-ca-1", CROSS, "2022-07-27",
		"2023-05-15", "", false },
	{ "root-ca-3-cross-2022-07-b", "cross", ROOT_3_NAME, "root-ca-1", CROSS, "2022-07-27",
		"2029-05-15", "", false },
};

static const char head[] = "schema: chainmend.profile/1\n"
			   "id: hongkong-post\n"
			   "title:\n"
			   "  en: Hongkong Post e-Cert (Server), 2025 intermediates\n"
			   "  zh-Hant: 香港郵政電子證書（伺服器），2025 年中繼證書\n"
			   "  zh-Hans: 香港邮政电子证书（伺服器），2025 年中继证书\n"
			   "certificates:\n";

static const char serve[] =
	"serve:\n"
	"  - {role: issuing, need: required}\n"
	"  - {role: cross,   need: recommended, serves: [stock-java, legacy-devices]}\n"
	"  - {role: root,    need: unwanted}\n"
	"trust_stores:\n"
	"  - {id: current,        anchors: [root-ca-3, globalsign-r3], title: {en: \"Browsers and "
	"systems kept up to date\"}}\n"
	"  - {id: stock-java,     anchors: [globalsign-r3],            title: {en: \"Java with the "
	"JDK's own store\"}}\n"
	"  - {id: legacy-devices, anchors: [globalsign-r3],            title: {en: \"Android 10 "
	"and older\"}}\n";

static const char leaf[] =
	"leaf:\n"
	"  authority: [ssl-ca-3-17-2025, ev-ssl-ca-3-17-2025]\n"
	"  client_auth_until: 2025-04-30\n"
	"  validity_days: [{from: 2020-09-01, max: 398}, {from: 2026-03-15, max: 200}, "
	"{from: 2027-03-15, max: 100}, {from: 2029-03-15, max: 47}]\n"
	"  keys: {rsa_min_bits: 2048, curves: [P-256, P-384, P-521]}\n"
	"  expires_soon_days: [30, 7]\n"
	"request:\n"
	"  country: HK\n"
	"  state: Hong Kong\n"
	"  locality: Hong Kong\n"
	"  key: {type: rsa, bits: 2048}\n"
	"  products:\n"
	"    - {id: server,       names: 1,  wildcard: false, dcv: [file, dns, email]}\n"
	"    - {id: wildcard,     names: 1,  wildcard: true,  dcv: [dns, email]}\n"
	"    - {id: multi-domain, names: 50, wildcard: false, dcv: [file, dns]}\n"
	"    - {id: ev,           names: 1,  wildcard: false}\n"
	"    - {id: ev-multi-domain, names: 50, wildcard: false}\n"
	"dcv:\n"
	"  from: 2026-03-15\n"
	"  days: 30\n"
	"  file: /.well-known/pki-validation/fileauth.txt\n"
	"  txt_ttl: 3600\n"
	"  email: [admin, administrator, webmaster, hostmaster, postmaster]\n"
	"  caa: [ecert.gov.hk, hongkongpost.gov.hk]\n";

static void digests_add(struct buf *buf, struct forge *forge, const struct forge_cert *cert)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1];
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert->x509), &spki);

	buf_addf(buf, "    sha256: %s\n", forge_sha256(forge, cert));
	forge_must(EVP_Digest(cert->der, cert->der_len, digest, NULL, EVP_sha1(), NULL), "SHA-1");
	text_from_bytes(digest, 20, text);
	buf_addf(buf, "    sha1: %s\n", text);
	forge_must(len > 0 && EVP_Digest(spki, (size_t)len, digest, NULL, EVP_sha256(), NULL),
		"SHA-256");
	text_from_bytes(digest, FINGERPRINT_BYTES, text);
	buf_addf(buf, "    spki_sha256: %s\n", text);
	OPENSSL_free(spki);
}

static void entry_add(
	struct buf *buf, struct forge_pki *pki, const struct entry *entry, const char *base)
{
	const struct forge_cert *cert = forge_pki_find(pki, entry->id);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert->x509);
	char text[2 * 20 + 1];

	buf_addf(buf, "  - id: %s\n    role: %s\n", entry->id, entry->role);
	if (entry->issuer)
		buf_addf(buf, "    state: %s\n", entry->replaced_by ? "retired" : "current");
	if (entry->replaced_by)
		buf_addf(buf, "    replaced_by: %s\n", entry->replaced_by);
	buf_addf(buf, "    name: %s\n", entry->name);
	if (entry->issuer)
		buf_addf(buf, "    issuer: %s\n", entry->issuer);
	digests_add(buf, &pki->forge, cert);
	forge_must(ASN1_STRING_length(serial) <= 20, "a serial number");
	text_from_bytes(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), text);
	/* Quoted: a serial of digits alone is a number to YAML. */
	buf_addf(buf, "    serial: \"%s\"\n", text);
	if (entry->not_before)
		buf_addf(buf, "    not_before: %s\n", entry->not_before);
	buf_addf(buf, "    not_after: %s\n%s", entry->not_after, entry->more);
	if (entry->url)
		buf_addf(buf, "    url: %s/%s.pem\n", base, entry->id);
}

const char *forge_pki_profile(struct forge_pki *pki, const char *base_url)
{
	struct buf buf = BUF_INIT(PROFILE_BYTES);

	buf_add_text(&buf, head);
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		entry_add(&buf, pki, &entries[i], base_url);
	buf_add_text(&buf, serve);
	buf_addf(&buf,
		"revocation_lists:\n"
		"  - id: root-ca-3-arl\n"
		"    issuer: root-ca-3\n"
		"    url: %s/%s\n"
		"    covers: ca-certificates\n"
		"    expect_revoked: [ssl-ca-3-17-2017, ev-ssl-ca-3-17-2017]\n"
		"    expect_from: 2026-06-15\n",
		base_url, FORGE_PKI_ARL_FILE);
	buf_add_text(&buf, leaf);
	forge_must(!buf.failed, "a profile");
	const char *text = (const char *)forge_keep(&pki->forge, buf.data, buf.len).data;

	buf_release(&buf);
	return text;
}
