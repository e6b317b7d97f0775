/* SPDX-License-Identifier: MIT */
#include "tests/sample.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"

#define DAY(days)                               \
	{                                       \
		(int64_t)(days) * SECONDS_A_DAY \
	}

/* Days since 1970. */
#define DAY_2017_06_03 17320
#define DAY_2025_03_20 20167
#define DAY_2026_01_13 20466
#define DAY_2026_06_15 20619
#define DAY_2026_06_20 20624
#define DAY_2026_07_31 20665
#define DAY_2029_03_18 21626
#define DAY_2032_06_03 22799

enum { ROOT, R3, SSL_NEW, SSL_OLD, CROSS, KNOWN };

static const struct profile_certificate known[KNOWN] = {
	[ROOT] = { .id = "root-ca-3",
		.role = PROFILE_ROLE_ROOT,
		.name = "Hongkong Post Root CA 3",
		.sha256_text = "5a2fc03f0c83b090bbfa40604b0988446c7636183df9846e17101a447fb8efd6",
		.sha1 = "58a2d0ec2052815bc1f3f86402244ec28e024b02" },
	[R3] = { .id = "globalsign-r3",
		.role = PROFILE_ROLE_ROOT,
		.name = "GlobalSign Root CA - R3",
		.sha256_text = "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b",
		.sha1 = "d69b561148f01c77c54578c10926df5b856976ad" },
	[SSL_NEW] = { .id = "ssl-ca-3-17-2025",
		.role = PROFILE_ROLE_ISSUING,
		.name = "Hongkong Post e-Cert SSL CA 3 - 17",
		.sha256_text = "cb730c3a5fe958b8bdc5b363892c9f530b33f98a43ce3c2578fce096b4ae233c",
		.sha1 = "d0994c394b1e9d7226b566f23fa8ee40eebcfe26",
		.has_not_before = true,
		.not_before = DAY(DAY_2025_03_20),
		.url = "http://www1.ecert.gov.hk/root/ecert_ssl_ca_3-17_pem.crt" },
	[SSL_OLD] = { .id = "ssl-ca-3-17-2017",
		.role = PROFILE_ROLE_ISSUING,
		.state = PROFILE_STATE_RETIRED,
		.name = "Hongkong Post e-Cert SSL CA 3 - 17",
		.sha256_text = "69ecdbc3147f581dfdcb522d9defb260b26784ad4955c74e6a52522ccc4c4408",
		.sha1 = "92797871dc6a0b6ee1417bb657d7ed6fc6f975eb",
		.has_not_before = true,
		.not_before = DAY(DAY_2017_06_03),
		.replaced_by = &known[SSL_NEW] },
	[CROSS] = { .id = "root-ca-3-cross-2022",
		.role = PROFILE_ROLE_CROSS,
		.name = "Hongkong Post Root CA 3",
		.sha256_text = "00482341b104a0de6e0f1d508db84cb514f7494fe04982133a5c750136c55dc8",
		.url = "http://www1.ecert.gov.hk/root/root_ca_3_x_gsca_r3_pem.crt" },
};

static const struct profile_certificate *const current_anchors[] = { &known[ROOT], &known[R3] };
static const struct profile_certificate *const java_anchors[] = { &known[R3] };

static const struct profile_store stores[] = {
	{ .id = "current",
		.title.text = { "Browsers and systems kept up to date", "保持更新的瀏覽器和系統",
			"保持更新的浏览器和系统" },
		.anchors = current_anchors,
		.anchor_count = ARRAY_LEN(current_anchors) },
	{ .id = "stock-java",
		.title.text = { "Java with the JDK's own store" },
		.anchors = java_anchors,
		.anchor_count = ARRAY_LEN(java_anchors) },
};

const struct profile *sample_profile(void)
{
	static const struct profile profile = {
		.id = "hongkong-post",
		.source = "built in",
		.title.text = { "Hongkong Post e-Cert (Server), 2025 intermediates",
			"香港郵政電子證書（伺服器），2025 年中繼證書",
			"香港邮政电子证书（伺服器），2025 年中继证书" },
		.certificates = known,
		.certificate_count = KNOWN,
		.stores = stores,
		.store_count = ARRAY_LEN(stores),
	};

	return &profile;
}

struct instant sample_day(void)
{
	return (struct instant)DAY(DAY_2026_06_20);
}

char *sample_text(struct sample *sample, const char *text)
{
	assert(sample->text_count < ARRAY_LEN(sample->texts));
	char *copy = text_copy(text, strlen(text));
	if (!copy)
		abort();
	return sample->texts[sample->text_count++] = copy;
}

/* Issued by the SSL CA; the number makes fingerprints differ from host to host. */
static void make_leaf(struct sample *sample, const char *host)
{
	static char issuer[] = "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post,C=HK";
	static char issuer_name[] = "Hongkong Post e-Cert SSL CA 3 - 17";
	static char serial[] = "3db180ef6ff85f7a", key[] = "RSA 2048";
	static char signature[] = "sha256WithRSAEncryption", server_auth[] = "serverAuth";
	static char *eku[] = { server_auth, NULL };
	static char *no_names[] = { NULL };
	struct cert *leaf = &sample->leaf;
	char subject[600];
	unsigned sum = 0;

	for (const char *c = host; *c; c++)
		sum = sum * 31 + (unsigned char)*c;
	for (size_t i = 0; i < FINGERPRINT_BYTES; i++)
		leaf->sha256[i] = (uint8_t)(sum >> (i % 4 * 8));
	text_from_bytes(leaf->sha256, FINGERPRINT_BYTES, leaf->sha256_text);
	(void)snprintf(subject, sizeof subject, "CN=%s,O=Sample Department,C=HK", host);
	leaf->readable = true;
	leaf->subject = sample_text(sample, subject);
	leaf->common_name = sample_text(sample, host);
	leaf->issuer = issuer;
	leaf->issuer_common_name = issuer_name;
	leaf->serial = serial;
	leaf->not_before = (struct instant)DAY(DAY_2026_01_13);
	leaf->not_after = (struct instant)DAY(DAY_2026_07_31);
	leaf->key = key;
	leaf->signature = signature;
	leaf->has_eku = true;
	leaf->eku = eku;
	leaf->san = no_names;
}

static const struct cert *cert_known(const char *id)
{
	static char ssl_name[] = "Hongkong Post e-Cert SSL CA 3 - 17";
	static char root_name[] = "Hongkong Post Root CA 3";
	static char ssl_subject[] = "CN=Hongkong Post e-Cert SSL CA 3 - 17,O=Hongkong Post,C=HK";
	static char root_subject[] = "CN=Hongkong Post Root CA 3,O=Hongkong Post,C=HK";
	static char serial[] = "63fe03bd8bbb9512", key[] = "RSA 2048";
	static char signature[] = "sha256WithRSAEncryption";
	static char *nothing[] = { NULL };
	static char r3_name[] = "GlobalSign";
	static char r3_subject[] = "CN=GlobalSign,O=GlobalSign,OU=GlobalSign Root CA - R3";
	/* All of them from the same mould: a report does not look deeper. */
#define MOULD(print, noun, above, from, to)                                                    \
	{                                                                                      \
		.sha256_text = print, .readable = true, .subject = noun##_subject,             \
		.issuer = above##_subject, .common_name = noun##_name,                         \
		.issuer_common_name = above##_name, .serial = serial, .not_before = DAY(from), \
		.not_after = DAY(to), .spki_sha256 = { sizeof noun##_subject }, .key = key,    \
		.signature = signature, .san = nothing, .is_ca = true                          \
	}
	static const struct cert old_cert = MOULD(
		"69ecdbc3147f581dfdcb522d9defb260b26784ad4955c74e6a52522ccc4c4408", ssl, root,
		DAY_2017_06_03, DAY_2032_06_03);
	static const struct cert new_cert = MOULD(
		"cb730c3a5fe958b8bdc5b363892c9f530b33f98a43ce3c2578fce096b4ae233c", ssl, root,
		DAY_2025_03_20, DAY_2032_06_03);
	static const struct cert cross_cert = MOULD(
		"00482341b104a0de6e0f1d508db84cb514f7494fe04982133a5c750136c55dc8", root, r3,
		DAY_2017_06_03, DAY_2029_03_18);
	static const struct cert unreadable = {
		.sha256_text = "0011223344556677889900112233445566778899001122334455667788990011",
		.readable = false,
	};

	if (!id)
		return &unreadable;
	return strcmp(id, "ssl-ca-3-17-2017") == 0   ? &old_cert
	       : strcmp(id, "ssl-ca-3-17-2025") == 0 ? &new_cert
						     : &cross_cert;
}

/* Names tell: no two samples share one and not the key. */
static void link_chain(struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->chain.count; i++)
		for (size_t k = 0; k < verdict->chain.count; k++) {
			const struct cert *cert = verdict->chain.items[i].cert;
			const struct cert *above = verdict->chain.items[k].cert;

			if (i != k && cert->readable && above->readable &&
				strcmp(cert->issuer, above->subject) == 0)
				verdict->chain.items[i].issuers |= UINT32_C(1) << k;
		}
}

void sample_serve(struct sample *sample, enum role role, const char *id)
{
	assert(sample->verdict.chain.count < SAMPLE_CHAIN);
	const struct profile_certificate *one = id ? profile_by_id(sample_profile(), id) : NULL;

	sample->chain[sample->verdict.chain.count++] = (struct verdict_certificate){
		.cert = cert_known(id),
		.role = role,
		.known_as = one ? one->id : NULL,
	};
	link_chain(&sample->verdict);
}

static void add_path(struct sample *sample, const char *store)
{
	struct verdict_path *path = &sample->verdict.paths[sample->verdict.path_count++];

	path->store = store;
	path->trusted = ANSWER_YES;
	path->completed_by = COMPLETION_SERVED;
	path->len = 2;
	path->certs[0] = sample->leaf.sha256_text;
	path->certs[1] = known[SSL_NEW].sha256_text;
}

void sample_init(struct sample *sample, const char *host, uint16_t port, enum protocol protocol)
{
	static char source[] = "fleet.csv";
	struct verdict *verdict = &sample->verdict;

	memset(sample, 0, sizeof *sample);
	verdict->paths = sample->paths;
	/* The sample's own reference, which it never gives back. */
	atomic_init(&sample->target.refs, 1);
	sample->target.mates = 1;
	sample->target.host = sample_text(sample, host);
	sample->target.sni = sample->target.host;
	sample->target.port = port;
	sample->target.protocol = protocol;
	sample->target.labels.items = sample->labels;
	sample->target.labels.room = ARRAY_LEN(sample->labels);
	sample->target.source = source;
	sample->target.line = 12;
	make_leaf(sample, host);

	verdict->target = &sample->target;
	(void)snprintf(verdict->address, sizeof verdict->address, "192.0.2.1");
	verdict->addresses = 1;
	verdict->time = (struct instant){ sample_day().seconds + 8 * 3600 };
	verdict->as_of = sample_day();
	verdict->status = STATUS_OK;
	verdict->outcome = OUTCOME_SERVED;
	(void)snprintf(verdict->version, sizeof verdict->version, "TLSv1.2");
	(void)snprintf(verdict->cipher, sizeof verdict->cipher, "ECDHE-RSA-AES256-GCM-SHA384");
	verdict->complete = true;
	verdict->proven = PROOF_SHOWN;
	verdict->dns_ms = 0.3;
	verdict->connect_ms = 1.2;
	verdict->tls_ms = 14;
	verdict->chain.items = sample->chain;
	verdict->chain.room = SAMPLE_CHAIN;
	sample->chain[0] = (struct verdict_certificate){ &sample->leaf, ROLE_LEAF, NULL, 0 };
	verdict->chain.count = 1;
	verdict->findings.all.items = sample->findings;
	verdict->findings.all.room = SAMPLE_FINDINGS;
	add_path(sample, "current");
	add_path(sample, "stock-java");
}

void sample_release(struct sample *sample)
{
	for (size_t i = 0; i < sample->text_count; i++)
		free(sample->texts[i]);
	sample->text_count = 0;
}

void sample_owner(struct sample *sample, const char *owner)
{
	static char name[] = "owner";

	sample->labels[0] = (struct label){ name, sample_text(sample, owner) };
	sample->target.labels.count = 1;
}

struct finding *sample_find(
	struct sample *sample, enum rule_id rule, enum severity severity, const char *message)
{
	static const enum status by_severity[] = {
		[SEVERITY_NOTE] = STATUS_OK,
		[SEVERITY_WARNING] = STATUS_WARNING,
		[SEVERITY_CRITICAL] = STATUS_CRITICAL,
	};
	struct verdict *verdict = &sample->verdict;

	assert(verdict->findings.all.count < SAMPLE_FINDINGS);
	struct finding *finding = &sample->findings[verdict->findings.all.count++];
	finding->rule = rule;
	finding->severity = severity;
	finding_say(finding, "%s", message);
	if (verdict->status == STATUS_OK || verdict->status == STATUS_WARNING)
		if (by_severity[severity] != STATUS_OK)
			verdict->status = by_severity[severity];
	return finding;
}

void sample_due(struct finding *finding, int year, int month, int day)
{
	finding->has_due = instant_from_day(year, month, day, &finding->due);
	assert(finding->has_due);
}

/* MESSAGE is a phrase or plain text. */
static void sample_say(struct verdict *verdict, const char *message)
{
	phrase_say(verdict->said, sizeof verdict->said, "%s", message);
	phrase_render(verdict->said, LANGUAGE_EN, verdict->message, sizeof verdict->message);
}

void sample_fail(struct sample *sample, enum outcome outcome, const char *message)
{
	struct verdict *verdict = &sample->verdict;

	verdict->status = STATUS_UNREACHABLE;
	verdict->outcome = outcome;
	sample_say(verdict, message);
	verdict->version[0] = verdict->cipher[0] = '\0';
	verdict->complete = false;
	verdict->chain.count = 0;
	verdict->path_count = 0;
	verdict->tls_ms = -1;
	if (outcome == OUTCOME_DNS) {
		verdict->address[0] = '\0';
		verdict->connect_ms = -1;
	}
}

/* Serves the retired intermediate. */
static void fault_retired(struct sample *sample, const char *owner)
{
	sample_owner(sample, owner);
	sample_serve(sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
	struct finding *finding = sample_find(
		sample, RULE_migration_retired_intermediate, SEVERITY_CRITICAL, "");
	finding_say(
		finding, "the retired %s (%s) is served", known[SSL_OLD].name, known[SSL_OLD].id);
	sample_due(finding, 2026, 6, 15);
	finding_act(finding, ACTION_REMOVE_CERTIFICATE, "ssl-ca-3-17-2017");
	finding_act(finding, ACTION_INSTALL_CERTIFICATE, "ssl-ca-3-17-2025");
}

static void fault_cross_missing(struct sample *sample)
{
	struct finding *finding = sample_find(
		sample, RULE_migration_cross_missing, SEVERITY_WARNING, "");
	finding_say(finding, "the cross certificate (%s) is not served; needed by: %s",
		known[CROSS].id, "stock-java");

	finding_act(finding, ACTION_INSTALL_CERTIFICATE, "root-ca-3-cross-2022");
}

static void fault_expires(struct sample *sample, int day, const char *end, long long left)
{
	struct finding *finding = sample_find(sample, RULE_leaf_expires_soon, SEVERITY_WARNING, "");
	finding_say(finding, "the certificate ends on %s, in %lld days", end, left);

	sample_due(finding, 2026, 7, day);
	finding_act(finding, ACTION_REQUEST_CERTIFICATE, NULL);
}

static void fault_unrelated(struct sample *sample)
{
	struct finding *finding = sample_find(sample, RULE_chain_unrelated, SEVERITY_WARNING, "");
	finding_say(finding, "%s is served but certifies nothing on the way from the leaf",
		PHRASE("a certificate"));

	sample_serve(sample, ROLE_OTHER, NULL);
	finding_act(finding, ACTION_REMOVE_CERTIFICATE, cert_known(NULL)->sha256_text);
}

static void in_order(struct sample *sample, const char *owner)
{
	sample_owner(sample, owner);
	sample_serve(sample, ROLE_ISSUING, "ssl-ca-3-17-2025");
	sample_serve(sample, ROLE_CROSS, "root-ca-3-cross-2022");
}

/* What is critical or a warning. */
static size_t fill_faults(struct sample *at)
{
	static const char *const web[] = { "www.example.gov.hk", "apply.example.gov.hk",
		"forms.example.gov.hk" };
	struct sample *first = at;

	for (size_t i = 0; i < ARRAY_LEN(web); i++, at++) {
		sample_init(at, web[i], 443, PROTOCOL_HTTPS);
		fault_retired(at, "web team");
	}
	sample_init(at, "mail.example.gov.hk", 25, PROTOCOL_SMTP);
	fault_retired(at++, "mail team");
	sample_init(at, "cluster.example.gov.hk", 443, PROTOCOL_HTTPS);
	fault_retired(at, "mail team");
	at->verdict.addresses = 3;
	(void)snprintf(at->verdict.address, sizeof at->verdict.address, "2001:db8::3");
	at++;
	sample_init(at, "pay.example.gov.hk", 8443, PROTOCOL_HTTPS);
	sample_serve(at, ROLE_ISSUING, "ssl-ca-3-17-2025");
	fault_cross_missing(at);
	at++;
	sample_init(at, "xn--fiq228c.example.hk", 443, PROTOCOL_HTTPS);
	at->target.unicode = sample_text(at, "中文.example.hk");
	sample_owner(at, "網頁組");
	fault_expires(at++, 3, "2026-07-10", 20);
	sample_init(at, "intranet.example.hk", 443, PROTOCOL_HTTPS);
	fault_expires(at++, 7, "2026-07-14", 24);
	sample_init(at, "old.example.hk", 993, PROTOCOL_IMAPS);
	fault_unrelated(at);
	at->verdict.outcome = OUTCOME_RESET;
	sample_say(&at->verdict, "closed by the server after its certificate");
	at++;
	return (size_t)(at - first);
}

size_t sample_fleet(struct sample samples[static SAMPLE_FLEET])
{
	struct sample *at = samples + fill_faults(samples);

	sample_init(at, "gone.example.gov.hk", 443, PROTOCOL_HTTPS);
	sample_fail(at++, OUTCOME_REFUSED, PHRASE("the connection was refused"));
	sample_init(at, "slow.example.gov.hk", 636, PROTOCOL_LDAPS);
	sample_owner(at, "directory team");
	sample_fail(at++, OUTCOME_TIMEOUT, "nothing was heard for 10 seconds");
	sample_init(at, "nowhere.example.gov.hk", 443, PROTOCOL_HTTPS);
	sample_fail(at++, OUTCOME_DNS, PHRASE("the name does not exist"));
	sample_init(at, "https//bad line", 0, PROTOCOL_HTTPS);
	at->target.fault = sample_text(at, "a blank stands in the name");
	at->target.sni = NULL;
	sample_fail(at++, OUTCOME_BAD_TARGET, "a blank stands in the name");
	sample_init(at, "elsewhere.example.com", 443, PROTOCOL_HTTPS);
	at->verdict.status = STATUS_OUT_OF_SCOPE;
	at++;
	for (int i = 1; i <= 2; i++, at++) {
		sample_init(at, "cluster.example.gov.hk", 443, PROTOCOL_HTTPS);
		in_order(at, "mail team");
		at->verdict.addresses = 3;
		(void)snprintf(at->verdict.address, sizeof at->verdict.address, "192.0.2.%d", i);
	}
	sample_init(at, "2001:db8::10", 443, PROTOCOL_HTTPS);
	in_order(at, "web team");
	(void)sample_find(at++, RULE_chain_root_sent, SEVERITY_NOTE,
		"the root Hongkong Post Root CA 3 is served; clients have it or do not trust it");
	sample_init(at, "imap.example.gov.hk", 143, PROTOCOL_IMAP);
	in_order(at++, "mail team");
	assert(at - samples <= SAMPLE_FLEET);
	return (size_t)(at - samples);
}
