/* SPDX-License-Identifier: MIT */
/* Observations as lines and back, the manifest and back, and what neither lets pass. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/answers.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/caa.h"
#include "checker/observation.h"
#include "checker/revoke/revoke.h"
#include "checker/target/target.h"
#include "reports/evidence/evidence_line.h"
#include "reports/evidence/evidence_manifest.h"

#define ROOM (1u << 20)
#define SHELF 16u

/* Bytes by their SHA-256, in memory. */
struct shelf {
	char names[SHELF][FINGERPRINT_TEXT];
	struct der items[SHELF];
	enum evidence_kind kinds[SHELF];
	size_t count;
	struct revoke_list *list;
};

static bool file_it(void *arg, enum evidence_kind kind, const struct der *der,
	char ret_sha256[static FINGERPRINT_TEXT], struct error *err)
{
	struct shelf *shelf = arg;
	uint8_t sum[FINGERPRINT_BYTES];

	(void)err;
	cr_assert_lt(shelf->count, SHELF);
	fingerprint_of(der->bytes, der->len, sum);
	text_from_bytes(sum, sizeof sum, ret_sha256);
	memcpy(shelf->names[shelf->count], ret_sha256, FINGERPRINT_TEXT);
	shelf->kinds[shelf->count] = kind;
	shelf->items[shelf->count++] = *der;
	return true;
}

static bool find_it(
	void *arg, enum evidence_kind kind, const char *sha256, struct buf *out, struct error *err)
{
	const struct shelf *shelf = arg;

	for (size_t i = 0; i < shelf->count; i++)
		if (shelf->kinds[i] == kind && strcmp(shelf->names[i], sha256) == 0)
			return buf_add(out, shelf->items[i].bytes, shelf->items[i].len);
	return error_set(err, ERROR_IO, "not there");
}

static const struct revoke_list *list_at(void *arg, size_t number, struct error *err)
{
	const struct shelf *shelf = arg;

	if (number == 7)
		return shelf->list;
	(void)error_set(err, ERROR_SYNTAX, "no list");
	return NULL;
}

static const char *keep_it(void *arg, const char *text)
{
	(void)arg;
	return strcmp(text, "nginx") == 0 ? "nginx" : "time out";
}

static void write_line(struct shelf *shelf, const struct observation *observation, struct buf *out)
{
	const struct evidence_filing filing = { .file = file_it, .arg = shelf };
	struct error err = { .code = ERROR_NONE };

	cr_assert(evidence_line_put(out, observation, &filing, &err), "%s", err.text);
}

static struct observation *read_line(
	struct shelf *shelf, const char *line, size_t len, struct error *err)
{
	const struct evidence_looking looking = {
		.find = find_it, .list = list_at, .keep = keep_it, .arg = shelf
	};

	return evidence_line_read(line, len, &looking, err);
}

static struct target *make_target(void)
{
	static char names[2][8] = { "owner", "x\n" },
		    values[2][16] = { "mail \"team\"", "\x1b[1m" };
	static struct label labels[] = { { names[0], values[0] }, { names[1], values[1] } };
	const struct target_description is = { .host = "www.example.hk",
		.unicode = "\xe9\xa6\x99\xe6\xb8\xaf.hk",
		.address = "192.0.2.7",
		.sni = "www.example.hk",
		.source = "fleet.csv",
		.port = 2525,
		.protocol = PROTOCOL_SMTP,
		.line = 17,
		.labels = labels,
		.label_count = ARRAY_LEN(labels) };
	struct target *target = target_new_described(&is);

	cr_assert_not_null(target);
	target->number = 41;
	target->mates = 3;
	return target;
}

static void add_look(struct observation *to, enum look_kind kind, size_t same_as)
{
	struct observation *seen = observation_new(to->target);

	cr_assert_not_null(seen);
	seen->time.seconds = 1700000001;
	(void)snprintf(seen->version, sizeof seen->version, "TLSv1.2");
	if (same_as == 0)
		cr_assert(observation_add_der(seen, (const uint8_t *)"three", 5));
	cr_assert(observation_add_look(to, kind, seen));
	to->looks.items[to->looks.count - 1].same_as = same_as;
}

static void add_caa(struct observation *to)
{
	struct caa *caa = to->caa = calloc(1, sizeof *caa);

	cr_assert_not_null(caa);
	caa->status = CAA_FOUND;
	(void)snprintf(caa->domain, sizeof caa->domain, "example.hk");
	caa->why = "time out";
	caa->dropped = 2;
	caa->count = 1;
	caa->records[0].critical = true;
	(void)snprintf(caa->records[0].tag, sizeof caa->records[0].tag, "issue");
	(void)snprintf(caa->records[0].value, sizeof caa->records[0].value, "ca.hk; x");
}

static void add_answers(struct shelf *shelf, struct observation *to)
{
	struct answers *answers = to->answers = answers_new();

	cr_assert_not_null(answers);
	answers->ocsp = (uint8_t *)text_copy("answer", 6);
	answers->ocsp_len = 6;
	(void)snprintf(answers->ocsp_url, sizeof answers->ocsp_url, "http://ocsp.hk/");
	(void)snprintf(answers->ocsp_why, sizeof answers->ocsp_why, "late");
	answers->lists[0] = shelf->list = revoke_list_unavailable("http://ca.hk/1", "late");
	answers->list_numbers[0] = 7;
	answers->list_count = 1;
}

/* With something in every member. */
static struct observation *make_full(struct shelf *shelf)
{
	CLEANUP(target_unrefp) struct target *target = make_target();
	struct observation *full = observation_new(target);

	cr_assert_not_null(full);
	(void)snprintf(full->address, sizeof full->address, "192.0.2.7");
	full->addresses = 3;
	full->addresses_dropped = 1;
	full->time.seconds = 1700000000;
	observation_end(full, OUTCOME_HANDSHAKE, "alert %s (%d)", "bad", 42);
	(void)snprintf(full->version, sizeof full->version, "TLSv1.3");
	(void)snprintf(full->cipher, sizeof full->cipher, "TLS_AES_128_GCM_SHA256");
	full->legacy_offer = full->sni_refused = full->client_cert_requested = full->complete =
		true;
	full->proven = PROOF_REFUTED;
	cr_assert(observation_add_der(full, (const uint8_t *)"one", 3));
	cr_assert(observation_add_der(full, (const uint8_t *)"two\0!", 5));
	full->chain_dropped = 4;
	full->staple.bytes = (uint8_t *)text_copy("staple", 6);
	full->staple.len = 6;
	full->banner = text_copy("nginx/1.22", 10);
	full->platform = "nginx";
	full->dns_ms = 0.25;
	full->connect_ms = 1.5;
	full->tls_ms = 12.125;
	add_look(full, LOOK_RSA, 1);
	add_look(full, LOOK_NO_SNI, 0);
	add_caa(full);
	add_answers(shelf, full);
	return full;
}

Test(evidence_line, has_all_of_an_observation)
{
	struct shelf shelf = { .count = 0 };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	CLEANUP(observation_freep) struct observation *full = make_full(&shelf);

	write_line(&shelf, full, &first);
	CLEANUP(observation_freep)
	struct observation *back = read_line(&shelf, buf_text(&first), first.len, &err);
	cr_assert_not_null(back, "%s\n%s", err.text, buf_text(&first));
	struct shelf other = { .count = 0 };
	write_line(&other, back, &again);
	cr_expect_str_eq(buf_text(&again), buf_text(&first));

	/* The line above says the same twice; this says that it says it. */
	cr_expect_str_eq(back->target->host, "www.example.hk");
	cr_expect_eq(back->target->port, 2525);
	cr_expect_eq(back->target->protocol, PROTOCOL_SMTP);
	cr_expect_eq(back->target->number, 41);
	cr_expect_eq(back->target->mates, 3);
	cr_expect_str_eq(target_label(back->target, "owner"), "mail \"team\"");
	cr_expect_eq(back->outcome, OUTCOME_HANDSHAKE);
	cr_expect_str_eq(back->message, "alert bad (42)");
	cr_expect_str_eq(back->said, full->said);
	cr_expect(back->legacy_offer && back->sni_refused && back->client_cert_requested &&
		  back->complete);
	cr_expect_eq(back->proven, PROOF_REFUTED);
	cr_expect_eq(back->chain.count, 2);
	cr_expect_eq(back->chain.items[1].len, 5);
	cr_expect_eq(memcmp(back->chain.items[1].bytes, "two\0!", 5), 0);
	cr_expect_eq(back->staple.len, 6);
	cr_expect_eq(back->looks.count, 2);
	cr_expect_eq(back->looks.items[0].same_as, 1);
	cr_expect_eq(back->looks.items[1].seen->chain.count, 1);
	cr_expect(back->caa && back->caa->count == 1 && back->caa->records[0].critical);
	cr_expect(back->answers && back->answers->lists[0] == shelf.list);
	cr_expect_eq(back->dns_ms, 0.25);
	revoke_list_free(shelf.list);
}

#define TARGET "\"target\":{\"host\":\"a\",\"protocol\":\"https\",\"number\":0,\"mates\":1}"
#define TIME ",\"time\":\"2026-01-15T08:00:00Z\""
#define NONE "00000000000000000000000000000000000000000000000000000000000000aa"

static const struct {
	const char *descr, *line;
	const char *want; /* NULL: it is fine */
} lines[] = {
	{ "the least", "{" TARGET TIME ",\"chain\":[]}", NULL },
	{ "no JSON", "{", "not JSON: " },
	{ "no object", "[]", "Expected object" },
	{ "no target", "{" TIME "}", "not JSON" },
	{ "no chain", "{" TARGET TIME "}", "chain" },
	{ "a time that is none", "{" TARGET ",\"time\":\"now\",\"chain\":[]}",
		"\"time\" is not what it has to be" },
	{ "an end that is none", "{" TARGET TIME ",\"chain\":[],\"error\":\"fine\"}",
		"\"error\" is not what it has to be" },
	{ "a certificate that is not there", "{" TARGET TIME ",\"chain\":[\"" NONE "\"]}",
		"not there" },
	{ "a name that is no fingerprint", "{" TARGET TIME ",\"chain\":[\"../../etc/passwd\"]}",
		"\"certificates\" is not what it has to be" },
	{ "more certificates than are kept",
		"{" TARGET TIME ",\"chain\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0]}",
		"\"chain\" is not what it has to be" },
	{ "a version that is too long",
		"{" TARGET TIME ",\"chain\":[],\"version\":\"0123456789012345\"}",
		"\"version\" is not what it has to be" },
	{ "a look there is not",
		"{" TARGET TIME ",\"chain\":[],\"looks\":[{\"look\":\"up\"" TIME ",\"chain\":[]}]}",
		"\"look\" is not what it has to be" },
	{ "a look that is the same as a later one",
		"{" TARGET TIME ",\"chain\":[],\"looks\":[{\"look\":\"rsa\",\"same_as\":2" TIME
		",\"chain\":[]}]}",
		"\"same_as\" is not what it has to be" },
	{ "more addresses than a name may have", "{" TARGET TIME ",\"chain\":[],\"addresses\":65}",
		"\"addresses\" is not what it has to be" },
	{ "a list there is not", "{" TARGET TIME ",\"chain\":[],\"answers\":{\"lists\":[8]}}",
		"no list" },
	{ "a protocol there is not",
		"{\"target\":{\"host\":\"a\",\"protocol\":\"gopher\",\"number\":0,\"mates\":1}" TIME
		",\"chain\":[]}",
		"\"protocol\" is not what it has to be" },
	{ "a key twice", "{" TARGET TIME TIME ",\"chain\":[]}", "not JSON: duplicate" },
};

Test(evidence_line, that_does_not_fit_is_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct shelf shelf = { .count = 0 };
		struct error err = { .code = ERROR_NONE };
		CLEANUP(observation_freep)
		struct observation *read = read_line(
			&shelf, lines[i].line, strlen(lines[i].line), &err);

		cr_expect_eq(
			read == NULL, lines[i].want != NULL, "%s: %s", lines[i].descr, err.text);
		if (lines[i].want && strcmp(lines[i].want, "not JSON") != 0)
			cr_expect(strstr(err.text, lines[i].want), "%s: %s", lines[i].descr,
				err.text);
	}
}

/* --- The manifest --- */

static void copy(char **to, const char *text)
{
	*to = text_copy(text, strlen(text));
	cr_assert_not_null(*to);
}

static void make_manifest(struct evidence_manifest *manifest)
{
	*manifest = (struct evidence_manifest){
		.began.seconds = 1700000000,
		.ended.seconds = 1700000100,
		.as_of.seconds = 1700000000,
		.targets = 5,
		.duplicates = 1,
		.observations = 6,
		.interrupted = true,
		.options = { .repeat = 2, .retries = 1, .timeout_s = 2.5, .caa = true },
	};
	copy(&manifest->version, "0.1.0");
	copy(&manifest->command, "scan");
	copy(&manifest->profile, "p");
	copy(&manifest->vantage.host, "here");
	copy(&manifest->vantage.proxy, "socks5h://proxy:1080");
	copy(&manifest->options.revocation, "full");
	copy(&manifest->options.fetch, "any");
	copy(&manifest->options.handshake, "flight");
	copy(&manifest->options.probe, "auto");
	for (enum evidence_file file = 0; file < EVIDENCE_FILES; file++)
		(void)snprintf(manifest->files[file], FINGERPRINT_TEXT, "%s", NONE);
	cr_assert(evidence_texts_add(&manifest->known, NONE));
	cr_assert(evidence_texts_add(&manifest->roots, "CN=Root"));
	cr_assert(vec_reserve(&manifest->stores) && vec_reserve(&manifest->lists) &&
		  vec_reserve(&manifest->asked));
	manifest->stores.items[manifest->stores.count++] = (struct evidence_store){ .whole = true };
	copy(&manifest->stores.items[0].id, "current");
	copy(&manifest->stores.items[0].missing, "Root X");
	cr_assert(evidence_texts_add(&manifest->stores.items[0].anchors, NONE));
	manifest->lists.items[manifest->lists.count++] = (struct evidence_list){ .refused = true };
	copy(&manifest->lists.items[0].url, "http://ca.hk/arl");
	copy(&manifest->lists.items[0].why, "what came is not a revocation list");
	manifest->asked.items[manifest->asked.count++] = (struct evidence_list){ .url = NULL };
	copy(&manifest->asked.items[0].url, "http://ca.hk/crl");
	copy(&manifest->asked.items[0].how, "fetched");
	copy(&manifest->asked.items[0].sha256, NONE);
	copy(&manifest->asked.items[0].issuer, NONE);
}

Test(evidence_manifest, comes_back_whole)
{
	CLEANUP(evidence_manifest_release) struct evidence_manifest manifest;
	CLEANUP(evidence_manifest_release) struct evidence_manifest back = { .version = NULL };
	CLEANUP(buf_release) struct buf first = BUF_INIT(ROOM), again = BUF_INIT(ROOM);
	struct error err = { .code = ERROR_NONE };

	make_manifest(&manifest);
	cr_assert(evidence_manifest_put(&first, &manifest));
	cr_assert(evidence_manifest_read(&back, buf_text(&first), first.len, &err), "%s", err.text);
	/* Counts of what was filed are for people, and are not read. */
	cr_assert(evidence_manifest_put(&again, &back));
	cr_expect_str_eq(buf_text(&again), buf_text(&first));
	cr_expect_eq(back.interrupted, true);
	cr_expect_eq(back.options.timeout_s, 2.5);
	cr_expect_str_eq(back.stores.items[0].missing, "Root X");
	cr_expect_str_eq(back.asked.items[0].issuer, NONE);
	cr_expect_null(back.vantage.resolver);
}

/* What is put in the place of something in a good one, and what is said then. */
static const struct {
	const char *descr, *from, *to, *want;
} changes[] = {
	{ "another schema", "chainmend.evidence/1", "chainmend.evidence/9",
		"\"schema\" is not \"chainmend.evidence/1\"" },
	{ "a sum that is none", "\"profile.yaml\":\"" NONE, "\"profile.yaml\":\"0",
		"\"profile.yaml\" is not what it has to be" },
	{ "no observations", "\"observations.ndjson\":", "\"other.ndjson\":",
		"\"observations.ndjson\" is not what it has to be" },
	{ "a day that is none", "\"as_of\":\"2023-", "\"as_of\":\"2023+",
		"\"as_of\" is not what it has to be" },
	{ "an anchor that is no fingerprint", "\"anchors\":[\"" NONE, "\"anchors\":[\"x",
		"\"anchors\" is not what it has to be" },
	{ "a count below none", "\"targets\":5", "\"targets\":-5",
		"\"counts\" is not what it has to be" },
	{ "a store without a name", "\"id\":\"current\"", "\"name\":\"current\"", "id" },
	{ "no options", "\"options\":{", "\"other\":{", "\"options\" is not what it has to be" },
	{ "cut off", "\"counts\":{\"targets\":5,\"duplicates\":1,\"observations\":6,", "",
		"not JSON" },
};

static void change(const struct buf *whole, size_t row, struct buf *out)
{
	const char *text = buf_text(whole), *at = strstr(text, changes[row].from);

	cr_assert_not_null(at, "%s: %s", changes[row].descr, text);
	cr_assert(buf_add(out, text, (size_t)(at - text)) && buf_add_text(out, changes[row].to));
	if (changes[row].to[0])
		cr_assert(buf_add_text(out, at + strlen(changes[row].from)));
}

Test(evidence_manifest, that_does_not_fit_is_refused)
{
	CLEANUP(evidence_manifest_release) struct evidence_manifest manifest;
	CLEANUP(buf_release) struct buf whole = BUF_INIT(ROOM);

	make_manifest(&manifest);
	cr_assert(evidence_manifest_put(&whole, &manifest));
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		CLEANUP(evidence_manifest_release)
		struct evidence_manifest read = { .version = NULL };
		CLEANUP(buf_release) struct buf text = BUF_INIT(ROOM);
		struct error err = { .code = ERROR_NONE };

		change(&whole, i, &text);
		cr_expect_not(evidence_manifest_read(&read, buf_text(&text), text.len, &err), "%s",
			changes[i].descr);
		cr_expect(strstr(err.text, changes[i].want), "%s: %s", changes[i].descr, err.text);
	}
}
