/* SPDX-License-Identifier: MIT */
#include "tests/forge.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "checker/base/buf.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"

#define PROFILE_BYTES 65536u
#define NAMES 1024
#define DAYS_BEFORE 30
#define LEAF_DAYS 199

#define HK ",L=Hong Kong,ST=Hong Kong,C=HK"

/* Names, serials and dates are the real ones; only the keys are ours. */
struct model {
	const char *id, *subject, *key, *issuer, *serial;
	const char *not_before, *not_after;
	const char *eku, *policies;
	const char *list; /* the file its issuer's list is in */
	bool pathlen_0;
};

#define SUBJECT_ROOT_3 "CN=Hongkong Post Root CA 3,O=Hongkong Post" HK
#define SUBJECT_SSL "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post" HK
#define SUBJECT_EV "CN=Hongkong Post e-Cert EV SSL CA 3 - 17,O=Hongkong Post" HK

static const struct model models[FORGE_PKI_CERTS] = {
	{ .id = "root-ca-3",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.serial = "08165F8A4CA5EC00C99340DFC4C6AE23B81C5AA4",
		.not_before = "2017-06-03T02:29:46Z",
		.not_after = "2042-06-03T02:29:46Z" },
	{ .id = "globalsign-r3",
		.subject = "CN=GlobalSign,O=GlobalSign,OU=GlobalSign Root CA - R3",
		.key = "globalsign-r3",
		.serial = "04000000000121585308A2",
		.not_before = "2009-03-18T10:00:00Z",
		.not_after = "2029-03-18T10:00:00Z" },
	{ .id = "root-ca-1",
		.subject = "CN=Hongkong Post Root CA 1,O=Hongkong Post,C=HK",
		.key = "root-ca-1",
		.serial = "03E8",
		.not_before = "2003-05-15T05:13:14Z",
		.not_after = "2023-05-15T04:52:29Z" },
	{ .id = "ssl-ca-3-17-2025",
		.subject = SUBJECT_SSL,
		.key = "ssl-ca-3-17",
		.issuer = "root-ca-3",
		.serial = "3DB180EF6FF85F7A895D16445B9FC9FC3DEFBBC7",
		.not_before = "2025-03-20T07:40:24Z",
		.not_after = "2032-06-03T04:07:50Z",
		.eku = "serverAuth",
		.policies = "2.5.29.32.0",
		.list = FORGE_PKI_ARL_FILE,
		.pathlen_0 = true },
	{ .id = "ssl-ca-3-17-2017",
		.subject = SUBJECT_SSL,
		.key = "ssl-ca-3-17",
		.issuer = "root-ca-3",
		.serial = "63FE03BD8BBB9512A4091ED93C5FED14C0E181D5",
		.not_before = "2017-06-03T04:07:50Z",
		.not_after = "2032-06-03T04:07:50Z",
		.policies = "2.5.29.32.0",
		.list = FORGE_PKI_ARL_FILE,
		.pathlen_0 = true },
	{ .id = "ev-ssl-ca-3-17-2025",
		.subject = SUBJECT_EV,
		.key = "ev-ssl-ca-3-17",
		.issuer = "root-ca-3",
		.serial = "4E92FC39E5BDFDA37B7078B86A5E007CD0E1F752",
		.not_before = "2025-03-20T07:43:17Z",
		.not_after = "2032-06-03T04:10:25Z",
		.eku = "serverAuth",
		.policies = "2.5.29.32.0",
		.list = FORGE_PKI_ARL_FILE,
		.pathlen_0 = true },
	{ .id = "ev-ssl-ca-3-17-2017",
		.subject = SUBJECT_EV,
		.key = "ev-ssl-ca-3-17",
		.issuer = "root-ca-3",
		.serial = "68ED49DDA3792592578C325120DA22E9F1E10BD4",
		.not_before = "2017-06-03T04:10:25Z",
		.not_after = "2032-06-03T04:10:25Z",
		.policies = "2.5.29.32.0",
		.list = FORGE_PKI_ARL_FILE,
		.pathlen_0 = true },
	{ .id = "root-ca-3-cross-2022",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.issuer = "globalsign-r3",
		.serial = "7D877BD11424C2260C702C5DEB33AB17",
		.not_before = "2022-11-16T03:35:08Z",
		.not_after = "2029-03-18T00:00:00Z",
		.eku = "serverAuth,clientAuth",
		.policies = "2.23.140.1.1,2.23.140.1.2.2,1.3.6.1.4.1.4146.1.1",
		.list = "root-r3.crl" },
	{ .id = "root-ca-3-cross-2017-06",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.issuer = "root-ca-1",
		.serial = "0541",
		.not_before = "2017-06-03T04:21:49Z",
		.not_after = "2023-05-15T04:52:29Z",
		.list = "RootCA1ARL.crl" },
	{ .id = "root-ca-3-cross-2017-08",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.issuer = "root-ca-1",
		.serial = "5166D495F11EFD3FDB5088CD1E8BCCE180E87EE6",
		.not_before = "2017-08-12T03:09:02Z",
		.not_after = "2023-05-15T04:52:29Z",
		.list = "RootCA1ARL.crl" },
	{ .id = "root-ca-3-cross-2022-07-a",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.issuer = "root-ca-1",
		.serial = "5A3B3E4F100990635A46CA78349035A391B08DF2",
		.not_before = "2022-07-27T03:19:10Z",
		.not_after = "2023-05-15T04:52:29Z",
		.list = "RootCA1ARL.crl" },
	{ .id = "root-ca-3-cross-2022-07-b",
		.subject = SUBJECT_ROOT_3,
		.key = "root-ca-3",
		.issuer = "root-ca-1",
		.serial = "41E6E618C38E909EC367EEBF6C270CA86345D966",
		.not_before = "2022-07-27T03:59:16Z",
		.not_after = "2029-05-15T04:52:29Z",
		.list = "RootCA1ARL.crl" },
};

static const char *joined(struct forge *forge, const char *a, const char *b, const char *c)
{
	struct buf buf = BUF_INIT(PROFILE_BYTES);

	forge_must(buf_add_text(&buf, a) && buf_add_text(&buf, b) && buf_add_text(&buf, c), "text");
	const char *text = (const char *)forge_keep(forge, buf.data, buf.len).data;

	buf_release(&buf);
	return text;
}

static const char *list_url(struct forge_pki *pki, const char *file)
{
	if (pki->base_url)
		return joined(&pki->forge, pki->base_url, "/", file);
	const char *host = strcmp(file, "root-r3.crl") == 0 ? "http://crl.globalsign.com/"
							    : "http://crl1.eCert.gov.hk/crl/";

	return joined(&pki->forge, host, file, "");
}

static struct forge_cert *mint(struct forge_pki *pki, const struct model *model)
{
	return forge_cert(&pki->forge,
		&(struct forge_spec){
			.subject = model->subject,
			.key = model->key,
			.issuer = model->issuer ? forge_pki_find(pki, model->issuer) : NULL,
			.not_before = forge_day(model->not_before),
			.not_after = forge_day(model->not_after),
			.serial = model->serial,
			.ca = true,
			.has_pathlen = model->pathlen_0,
			.eku = model->eku,
			.policies = model->policies,
			.crl_url = model->list ? list_url(pki, model->list) : NULL,
		});
}

void forge_pki_init(
	struct forge_pki *pki, struct instant day, enum forge_keys keys, const char *base_url)
{
	*pki = (struct forge_pki){ .day = day };
	forge_init(&pki->forge, keys);
	if (base_url)
		pki->base_url = joined(&pki->forge, base_url, "", "");
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++) {
		pki->certs[i] = mint(pki, &models[i]);
		pki->ids[i] = models[i].id;
	}
}

void forge_pki_release(struct forge_pki *pki)
{
	forge_release(&pki->forge);
}

struct forge_cert *forge_pki_find(const struct forge_pki *pki, const char *id)
{
	for (size_t i = 0; i < FORGE_PKI_CERTS; i++)
		if (pki->ids[i] && strcmp(pki->ids[i], id) == 0)
			return pki->certs[i];
	forge_must(false, id);
	return NULL;
}

const struct cert *forge_pki_cert(const struct forge_pki *pki, const char *id)
{
	return forge_as_cert(forge_pki_find(pki, id));
}

/* --- Leafs --- */

/* "a.hk,192.0.2.1" as "DNS:a.hk" and "IP:192.0.2.1"; the first name as it stands. */
static const char *names_split(struct forge *forge, const char *names, const char *san[NAMES])
{
	const char *first = NULL;
	size_t count = 0;

	while (*names) {
		size_t len = strcspn(names, ",");
		const char *name = (const char *)forge_keep(forge, names, len).data;
		uint8_t address[16];
		bool numeric = inet_pton(AF_INET, name, address) == 1 ||
			       inet_pton(AF_INET6, name, address) == 1;

		forge_must(count + 1 < NAMES, "a leaf of that many names");
		san[count++] = joined(forge, numeric ? "IP:" : "DNS:", name, "");
		first = first ? first : name;
		names += len + (names[len] == ',');
	}
	san[count] = NULL;
	return first;
}

struct forge_cert *forge_leaf_as(struct forge_pki *pki, const char *issuer_id, const char *names,
	const struct forge_spec *spec)
{
	struct forge_spec leaf = *spec;
	const char *san[NAMES];
	const char *first = names_split(&pki->forge, names, san);
	bool ev = strncmp(issuer_id, "ev-", 3) == 0;

	if (!leaf.issuer)
		leaf.issuer = forge_pki_find(pki, issuer_id);
	if (!leaf.subject)
		leaf.subject = joined(
			&pki->forge, "CN=", first ? first : "", ",O=Example Bureau" HK);
	if (!leaf.san && first)
		leaf.san = san;
	if (!leaf.eku)
		leaf.eku = "serverAuth";
	if (!leaf.policies)
		leaf.policies = ev ? "2.23.140.1.1" : "2.23.140.1.2.2";
	if (!leaf.crl_url)
		leaf.crl_url = list_url(pki, ev ? "eCertESCA3-17CRL1.crl" : "eCertSCA3-17CRL1.crl");
	if (!leaf.not_before.seconds)
		leaf.not_before.seconds = pki->day.seconds - DAYS_BEFORE * SECONDS_A_DAY;
	/* notAfter is inclusive, so a second less makes the days whole (BR, 6.3.2). */
	if (!leaf.not_after.seconds)
		leaf.not_after.seconds = leaf.not_before.seconds + LEAF_DAYS * SECONDS_A_DAY - 1;
	return forge_cert(&pki->forge, &leaf);
}

struct forge_cert *forge_leaf(struct forge_pki *pki, const char *issuer_id, const char *names,
	struct instant not_before, struct instant not_after)
{
	return forge_leaf_as(pki, issuer_id, names,
		&(struct forge_spec){ .not_before = not_before, .not_after = not_after });
}

struct forge_bytes forge_pki_arl(struct forge_pki *pki, bool retired_revoked)
{
	struct instant when = { pki->day.seconds - SECONDS_A_DAY };
	const struct forge_revoked retired[] = {
		{ forge_pki_find(pki, "ssl-ca-3-17-2017"), NULL, when, "superseded", false, NULL },
		{ forge_pki_find(pki, "ev-ssl-ca-3-17-2017"), NULL, when, "superseded", false,
			NULL },
	};

	return forge_crl(
		&pki->forge, &(struct forge_list){
				     .issuer = forge_pki_find(pki, "root-ca-3"),
				     .this_update = when,
				     .next_update = { pki->day.seconds + 30 * SECONDS_A_DAY },
				     .number = 7,
				     .revoked = retired,
				     .revoked_count = retired_revoked ? ARRAY_LEN(retired) : 0,
				     .only_ca = true,
				     .url = list_url(pki, FORGE_PKI_ARL_FILE),
			     });
}
