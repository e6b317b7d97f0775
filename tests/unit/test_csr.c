/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/csr/csr.h"
#include "checker/csr/csr_file.h"
#include "checker/csr/csr_maker.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "tests/forge_csr.h"

#define PLAIN "CERTIFICATE REQUEST"
#define MICROSOFT "NEW CERTIFICATE REQUEST"
#define SUBJECT "CN=www.example.hk,O=郵政,L=Hong Kong,ST=Hong Kong,C=HK"

/* --- What was made is read back --- */

static const char *const names[] = { "www.xn--fsqu00a.hk", "mail.example.hk" };
static const struct request wish = {
	.names = names,
	.count = ARRAY_LEN(names),
	.common_name = "www.xn--fsqu00a.hk",
	.country = "HK",
	.state = "Hong Kong",
	.locality = "Hong Kong",
	.organization = "香港郵政, \"署\"",
};

static struct csr *make(const struct key_type *type, bool drop_subject)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(private_key_freep) struct private_key *key = private_key_new(type, &err);
	CLEANUP(buf_release) struct buf der = BUF_INIT(LIMIT_CSR_BYTES);
	struct request request = wish;

	if (drop_subject)
		request = (struct request){ .names = names, .count = 1 };
	cr_assert(key && csr_make(&request, key, &der, &err), "%s", err.text);
	struct csr *csr = csr_new((const uint8_t *)der.data, der.len, &err);
	cr_assert_not_null(csr, "%s", err.text);
	return csr;
}

Test(csr, a_request_of_each_kind_of_key_is_made_and_fits_its_key, .timeout = 60)
{
	const struct key_type *type;

	for (size_t i = 0; (type = key_type_at(i)); i++) {
		CLEANUP(csr_freep) struct csr *csr = make(type, false);

		cr_expect_str_eq(csr->key.text, type->shown);
		cr_expect(csr->signature_tried && csr->signature_fits, "%s", type->id);
		cr_expect_eq(csr->digest, CSR_DIGEST_GOOD, "%s", type->id);
		cr_expect_eq(key_type_by_id(type->id), type);
	}
	cr_expect_null(key_type_by_id("rsa-1024"));
}

Test(csr, what_is_wished_for_stands_in_it)
{
	static const struct {
		const char *type, *value;
	} wanted[] = { { "C", "HK" }, { "ST", "Hong Kong" }, { "L", "Hong Kong" },
		{ "O", "香港郵政, \"署\"" }, { "CN", "www.xn--fsqu00a.hk" } };
	CLEANUP(csr_freep) struct csr *csr = make(key_type_by_id("p-256"), false);

	cr_assert_eq(csr->attributes.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		cr_expect_str_eq(csr->attributes.items[i].type, wanted[i].type);
		cr_expect_str_eq(csr->attributes.items[i].value, wanted[i].value);
	}
	cr_expect(csr->attributes.items[0].printable);
	cr_expect_eq(csr->attributes.items[3].characters, 9);
	cr_expect_str_eq(csr->subject,
		"CN=www.xn--fsqu00a.hk,O=香港郵政\\, \\\"署\\\",L=Hong Kong,ST=Hong Kong,C=HK");
	cr_assert_eq(csr->names.count, ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_expect_str_eq(csr->names.items[i].text, names[i]);
	cr_expect(csr->has_san && !csr->wants_ca && !csr->wants_client && !csr->has_challenge);
}

Test(csr, a_subject_may_be_empty)
{
	CLEANUP(csr_freep) struct csr *csr = make(key_type_by_id("p-256"), true);

	cr_expect_str_eq(csr->subject, "");
	cr_expect_null(csr_attribute(csr, "CN"));
	cr_expect_eq(csr->names.count, 1);
}

Test(csr, an_organization_that_is_too_long_is_refused)
{
	struct error err = { .code = ERROR_NONE };
	CLEANUP(private_key_freep)
	struct private_key *key = private_key_new(key_type_by_id("p-256"), &err);
	CLEANUP(buf_release) struct buf der = BUF_INIT(LIMIT_CSR_BYTES);
	struct request request = wish;
	char organization[REQUEST_ORGANIZATION + 2];

	memset(organization, 'o', sizeof organization);
	organization[REQUEST_ORGANIZATION + 1] = '\0';
	request.organization = organization;
	cr_expect_not(csr_make(&request, key, &der, &err));
	cr_expect_not_null(strstr(err.text, "ooo"));
}

/* --- Keys --- */

Test(csr, a_key_is_written_and_read_with_and_without_passphrase)
{
	static const struct {
		const char *descr, *written, *read;
		enum private_key_found found;
	} cases[] = {
		{ "plain", NULL, NULL, PRIVATE_KEY_READ },
		{ "plain, and a passphrase is given", NULL, "geheim", PRIVATE_KEY_READ },
		{ "encrypted", "geheim", "geheim", PRIVATE_KEY_READ },
		{ "encrypted, in Chinese", "郵政", "郵政", PRIVATE_KEY_READ },
		{ "encrypted, no passphrase", "geheim", NULL, PRIVATE_KEY_LOCKED },
		{ "encrypted, another one", "geheim", "anders", PRIVATE_KEY_WRONG },
		{ "encrypted, the empty one", "geheim", "", PRIVATE_KEY_WRONG },
	};
	struct error err = { .code = ERROR_NONE };
	CLEANUP(private_key_freep)
	struct private_key *key = private_key_new(key_type_by_id("p-256"), &err);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(private_key_wipe) struct buf text = BUF_INIT(65536);
		CLEANUP(private_key_freep) struct private_key *back = NULL;
		struct error why = { .code = ERROR_NONE };

		cr_assert(private_key_write(key, cases[i].written, &text, &err));
		cr_expect_eq(strstr(buf_text(&text), "ENCRYPTED PRIVATE KEY") != NULL,
			cases[i].written != NULL, "%s", cases[i].descr);
		cr_expect_eq(private_key_read("k.pem", &text, cases[i].read, &back, &why),
			cases[i].found, "%s: %s", cases[i].descr, why.text);
		cr_expect_eq(why.code != ERROR_NONE, cases[i].found == PRIVATE_KEY_WRONG, "%s",
			cases[i].descr);
	}
}

Test(csr, what_is_no_key_is_none)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(100);
	struct private_key *key = NULL;
	struct error err = { .code = ERROR_NONE };

	cr_expect_eq(private_key_read("k.pem", &text, NULL, &key, &err), PRIVATE_KEY_WRONG);
	cr_expect_not_null(strstr(err.text, "k.pem: there is no private key"));
}

/* --- What others made --- */

static struct csr *read_spec(struct forge *forge, const struct forge_csr_spec *spec)
{
	struct forge_bytes der = forge_csr(forge, spec);
	struct error err = { .code = ERROR_NONE };
	struct csr *csr = csr_new(der.data, der.len, &err);

	cr_assert_not_null(csr, "%s", err.text);
	return csr;
}

Test(csr, names_of_all_kinds_are_read)
{
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(csr_freep)
	struct csr *csr = read_spec(&forge, &(struct forge_csr_spec){ .subject = SUBJECT,
						    .san = "DNS:a.hk,IP:192.0.2.1,IP:2001:db8::1,"
							   "email:a@a.hk,URI:http://a.hk/" });
	static const struct csr_name wanted[] = {
		{ CSR_NAME_DNS, "a.hk" },
		{ CSR_NAME_ADDRESS, "192.0.2.1" },
		{ CSR_NAME_ADDRESS, "2001:db8::1" },
		{ CSR_NAME_OTHER, "a@a.hk" },
		{ CSR_NAME_OTHER, "http://a.hk/" },
	};

	cr_assert_eq(csr->names.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		cr_expect_eq(csr->names.items[i].kind, wanted[i].kind);
		cr_expect_str_eq(csr->names.items[i].text, wanted[i].text);
	}
	forge_release(&forge);
}

Test(csr, attributes_of_others_are_read)
{
	static const struct forge_extension extra[] = { { "basicConstraints", "CA:TRUE" },
		{ "extendedKeyUsage", "serverAuth,clientAuth" }, { NULL, NULL } };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	CLEANUP(csr_freep)
	struct csr *csr = read_spec(&forge, &(struct forge_csr_spec){ .subject = SUBJECT,
						    .extra = extra,
						    .challenge = "geheim",
						    .machine = "EXCH01.corp.local",
						    .user = "CORP\\admin" });

	cr_expect(csr->wants_ca && csr->wants_client && csr->has_challenge && !csr->has_san);
	cr_expect_str_eq(csr->microsoft.machine, "EXCH01.corp.local");
	cr_expect_str_eq(csr->microsoft.user, "CORP\\admin");
	cr_expect_str_eq(csr->microsoft.process, "w3wp.exe");
	cr_expect_str_eq(csr->microsoft.version, "6.1.7601.2");
	forge_release(&forge);
}

Test(csr, a_signature_is_checked)
{
	static const struct {
		const char *descr;
		struct forge_csr_spec spec;
		enum csr_digest digest;
		bool fits;
	} cases[] = {
		{ "RSA", { .subject = SUBJECT }, CSR_DIGEST_GOOD, true },
		{ "SHA-1", { .subject = SUBJECT, .digest = "SHA1" }, CSR_DIGEST_SHA1, true },
		{ "MD5", { .subject = SUBJECT, .digest = "MD5" }, CSR_DIGEST_BROKEN, true },
		{ "EC", { .subject = SUBJECT, .key = "p256:a" }, CSR_DIGEST_GOOD, true },
		{ "Ed25519", { .subject = SUBJECT, .key = "ed25519:a" }, CSR_DIGEST_GOOD, true },
		{ "broken", { .subject = SUBJECT, .broken_signature = true }, CSR_DIGEST_GOOD,
			false },
	};
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(csr_freep) struct csr *csr = read_spec(&forge, &cases[i].spec);

		cr_expect_eq(csr->digest, cases[i].digest, "%s", cases[i].descr);
		cr_expect_eq(csr->signature_fits, cases[i].fits, "%s", cases[i].descr);
	}
	forge_release(&forge);
}

Test(csr, what_is_none_is_refused)
{
	static const uint8_t bytes[] = { 0x30, 0x03, 0x02, 0x01, 0x00 };
	struct error err = { .code = ERROR_NONE };
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(&forge, &(struct forge_csr_spec){ .subject = SUBJECT });

	cr_expect_null(csr_new(bytes, sizeof bytes, &err));
	cr_expect_eq(err.code, ERROR_SYNTAX);
	for (size_t len = 0; len < der.len; len++)
		cr_expect_null(csr_new(der.data, len, NULL), "%zu bytes", len);
	forge_release(&forge);
}

/* --- Files --- */

struct heard {
	size_t count, lines[8];
	bool mixed[8], wide[8];
	struct forge_bytes want;
	bool same;
};

static bool hear(void *arg, const struct csr_found *found, struct error *err)
{
	struct heard *heard = arg;

	(void)err;
	if (heard->count < ARRAY_LEN(heard->lines)) {
		heard->lines[heard->count] = found->line;
		heard->mixed[heard->count] = found->mixed;
		heard->wide[heard->count] = found->wide;
	}
	heard->count++;
	heard->same = heard->same && found->len == heard->want.len &&
		      memcmp(found->der, heard->want.data, found->len) == 0;
	return true;
}

static bool read_bytes(const void *bytes, size_t len, struct heard *heard, struct error *err)
{
	return csr_file_read("f.req", bytes, len, hear, heard, err);
}

static void expect_text(struct forge_bytes der, const char *descr, const char *pem,
	const char *before, const char *after)
{
	struct heard heard = { .want = der, .same = true };
	struct error err = { .code = ERROR_NONE };
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);

	(void)buf_addf(&text, "%s%s%s", before, pem, after);
	cr_expect(read_bytes(text.data, text.len, &heard, &err), "%s: %s", descr, err.text);
	cr_expect(heard.count == 1 && heard.same, "%s: %zu", descr, heard.count);
}

/* TEXT with END in place of each line end. */
static const char *with_ends(struct forge *forge, const char *text, const char *end)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);

	for (; *text; text++) {
		if (*text == '\n')
			(void)buf_add_text(&out, end);
		else
			(void)buf_add_char(&out, *text);
	}
	return (const char *)forge_keep(forge, buf_text(&out), out.len).data;
}

Test(csr, requests_are_found_in_whatever_they_came_in)
{
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(&forge,
		&(struct forge_csr_spec){ .subject = SUBJECT, .san = "DNS:www.example.hk" });
	const char *pem = forge_csr_pem(&forge, der, PLAIN, PLAIN);
	const char *body = strchr(pem, '\n') + 1;
	size_t len = (size_t)(strstr(body, "-----END") - body);
	const char *alone = (const char *)forge_keep(&forge, body, len).data;

	expect_text(der, "PEM", pem, "", "");
	expect_text(
		der, "Microsoft's label", forge_csr_pem(&forge, der, MICROSOFT, MICROSOFT), "", "");
	expect_text(der, "a mail around it", pem, "Dear CA,\n\nhere it is:\n\n",
		"\nRegards\n-- \nA. Admin\n");
	expect_text(der, "another block in front", pem,
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "");
	expect_text(der, "CRLF", with_ends(&forge, pem, "\r\n"), "", "");
	expect_text(der, "CR", with_ends(&forge, pem, "\r"), "", "");
	expect_text(der, "quoted", with_ends(&forge, pem, "\n> "), "> ", "\n");
	expect_text(der, "a byte order mark", pem, "\xef\xbb\xbf", "");
	expect_text(der, "base64 alone", alone, "", "");
	expect_text(der, "base64 alone in a mail", alone, "Hello there,\n\n", "\nRegards\n");
	expect_text(der, "base64 alone, CRLF", with_ends(&forge, alone, "\r\n"), "Hi\r\n",
		"\r\nBye\r\n");
	expect_text(der, "base64 in one line", with_ends(&forge, alone, ""), "", "\n");
	forge_release(&forge);
}

Test(csr, labels_that_differ_are_told)
{
	static const struct {
		const char *begin, *end;
		bool good, mixed;
	} cases[] = {
		{ PLAIN, PLAIN, true, false },
		{ PLAIN, MICROSOFT, true, true },
		{ MICROSOFT, PLAIN, true, true },
		{ PLAIN, "CERTIFICATE", false, false },
	};
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(&forge, &(struct forge_csr_spec){ .subject = SUBJECT });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct heard heard = { .want = der, .same = true };
		const char *pem = forge_csr_pem(&forge, der, cases[i].begin, cases[i].end);
		struct error err = { .code = ERROR_NONE };

		cr_expect_eq(read_bytes(pem, strlen(pem), &heard, &err), cases[i].good);
		cr_expect_eq(heard.mixed[0], cases[i].mixed);
	}
	forge_release(&forge);
}

Test(csr, utf16_is_read_with_and_without_a_mark)
{
	static const struct {
		const char *descr;
		bool mark, big;
	} cases[] = {
		{ "little, marked", true, false },
		{ "little", false, false },
		{ "big, marked", true, true },
		{ "big", false, true },
	};
	struct forge forge;

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(&forge, &(struct forge_csr_spec){ .subject = SUBJECT });
	const char *pem = forge_csr_pem(&forge, der, PLAIN, PLAIN);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf wide = BUF_INIT(1 << 20);
		struct heard heard = { .want = der, .same = true };
		struct error err = { .code = ERROR_NONE };

		if (cases[i].mark)
			(void)buf_add(&wide, cases[i].big ? "\xfe\xff" : "\xff\xfe", 2);
		for (const char *at = pem; *at; at++) {
			char unit[2] = { cases[i].big ? '\0' : *at, cases[i].big ? *at : '\0' };

			(void)buf_add(&wide, unit, 2);
		}
		cr_expect(read_bytes(wide.data, wide.len, &heard, &err), "%s: %s", cases[i].descr,
			err.text);
		cr_expect(heard.count == 1 && heard.same && heard.wide[0], "%s", cases[i].descr);
	}
	forge_release(&forge);
}

Test(csr, several_requests_of_a_file_are_all_read)
{
	struct forge forge;
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);

	forge_init(&forge, FORGE_KEYS_FAST);
	struct forge_bytes der = forge_csr(&forge, &(struct forge_csr_spec){ .subject = SUBJECT });
	struct heard heard = { .want = der, .same = true };
	struct error err = { .code = ERROR_NONE };

	for (int i = 0; i < 3; i++)
		(void)buf_addf(&text, "one more:\n%s", forge_csr_pem(&forge, der, PLAIN, PLAIN));
	cr_expect(read_bytes(text.data, text.len, &heard, &err), "%s", err.text);
	cr_expect_eq(heard.count, 3);
	cr_expect_eq(heard.lines[0], 2);
	cr_expect_gt(heard.lines[1], heard.lines[0]);

	heard = (struct heard){ .want = der, .same = true };
	buf_clear(&text);
	for (int i = 0; i < 2; i++)
		(void)buf_add(&text, der.data, der.len);
	cr_expect(read_bytes(text.data, text.len, &heard, &err), "DER: %s", err.text);
	cr_expect(heard.count == 2 && heard.same);
	forge_release(&forge);
}

static const struct {
	const char *descr, *text, *why;
} unreadable[] = {
	{ "nothing", "", "f.req: there is no signing request in it" },
	{ "a letter", "Dear CA,\nplease.\n", "f.req: there is no signing request in it" },
	{ "a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"no signing request" },
	{ "no END", "\n-----BEGIN " PLAIN "-----\nAAAA\n", "f.req:2: the PEM block" },
	{ "no base64", "-----BEGIN " PLAIN "-----\n?\n-----END " PLAIN "-----\n",
		"not base64 inside a PEM block" },
	{ "cut short", "-----BEGIN " PLAIN "-----\nAAA\n-----END " PLAIN "-----\n", "cut short" },
	{ "a BEGIN line that is none", "-----BEGIN " PLAIN "\nAAAA\n", "f.req:1: the BEGIN line" },
	{ "DER that is cut short", "\x30\x82\x01\x01\x02", "cut short or damaged" },
};

Test(csr, what_cannot_be_read_is_said)
{
	for (size_t i = 0; i < ARRAY_LEN(unreadable); i++) {
		struct heard heard = { .same = true };
		struct error err = { .code = ERROR_NONE };

		cr_expect_not(
			read_bytes(unreadable[i].text, strlen(unreadable[i].text), &heard, &err),
			"%s", unreadable[i].descr);
		cr_expect_not_null(strstr(err.text, unreadable[i].why), "%s: %s",
			unreadable[i].descr, err.text);
	}
}

Test(csr, more_requests_than_anybody_has_are_refused)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	struct heard heard = { .same = true };
	struct error err = { .code = ERROR_NONE };

	for (size_t i = 0; i <= LIMIT_CSRS; i++)
		(void)buf_add_text(
			&text, "-----BEGIN " PLAIN "-----\nAAAA\n-----END " PLAIN "-----\n");
	cr_expect_not(read_bytes(text.data, text.len, &heard, &err));
	cr_expect_eq(err.code, ERROR_LIMIT);
	cr_expect_eq(heard.count, LIMIT_CSRS);
}
