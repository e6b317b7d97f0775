/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "reports/request/quote.h"
#include "reports/request/recipe.h"

#define OUT_BYTES (1u << 20)

/* --- Syntaxes --- */

static const struct {
	const char *text;
	const char *sh, *powershell, *openssl, *inf, *x500, *rfc2253;
} quoted[] = {
	{ "plain", "'plain'", "'plain'", "\"plain\"", "\"plain\"", "plain", "plain" },
	{ "", "''", "''", "\"\"", "\"\"", "\"\"", "" },
	{ "O'Brien", "'O'\\''Brien'", "'O''Brien'", "\"O'Brien\"", "\"O'Brien\"", "O'Brien",
		"O'Brien" },
	{ "A, B", "'A, B'", "'A, B'", "\"A, B\"", "\"A, B\"", "\"A, B\"", "A\\, B" },
	{ "a\"b", "'a\"b'", "'a\"b'", "\"a\\\"b\"", "\"a\"\"b\"", "\"a\"\"b\"", "a\\\"b" },
	{ "$(id) `id`", "'$(id) `id`'", "'$(id) `id`'", "\"$(id) `id`\"", "\"$(id) `id`\"",
		"$(id) `id`", "$(id) `id`" },
	{ "50% # \\", "'50% # \\'", "'50% # \\'", "\"50% # \\\\\"", "\"50%% # \\\"", "\"50% # \\\"",
		"50% # \\\\" },
	{ " x ", "' x '", "' x '", "\" x \"", "\" x \"", "\" x \"", "\\ x\\ " },
	{ "‘郵政’", "'‘郵政’'", "'‘‘郵政’’'", "\"‘郵政’\"", "\"‘郵政’\"", "‘郵政’", "‘郵政’" },
	/* What could end a line or hide in it is left out. */
	{ "a\nb\x1b[m\xe2\x80\xae", "'ab[m'", "'ab[m'", "\"ab[m\"", "\"ab[m\"", "ab[m", "ab[m" },
	{ "\xff\xfe", "''", "''", "\"\"", "\"\"", "", "" },
};

Test(recipe, each_syntax_has_its_way_of_quoting)
{
	static void (*const functions[])(struct buf *, const char *) = { quote_sh, quote_powershell,
		quote_openssl, quote_inf, quote_x500, quote_rfc2253 };

	for (size_t i = 0; i < ARRAY_LEN(quoted); i++) {
		const char *const wanted[] = { quoted[i].sh, quoted[i].powershell,
			quoted[i].openssl, quoted[i].inf, quoted[i].x500, quoted[i].rfc2253 };

		for (size_t k = 0; k < ARRAY_LEN(functions); k++) {
			CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);

			functions[k](&out, quoted[i].text);
			cr_expect_str_eq(buf_text(&out), wanted[k], "%s, %zu: %s", quoted[i].text,
				k, buf_text(&out));
		}
	}
	cr_expect(quote_is_plain("郵政 & Co"));
	cr_expect_not(quote_is_plain("a\nb"));
	cr_expect_not(quote_is_plain("\xff"));
}

/* --- Recipes --- */

static const char *const names[] = { "*.example.hk", "example.hk" };

static struct request wish(const char *organization, const char *key)
{
	return (struct request){ .names = names,
		.count = 2,
		.common_name = names[0],
		.country = "HK",
		.state = "Hong Kong",
		.locality = "Hong Kong",
		.organization = organization,
		.key = key_type_by_id(key) };
}

static void put(enum recipe recipe, const struct request *request, struct buf *out)
{
	struct error err = { .code = ERROR_NONE };

	cr_assert(recipe_put(recipe, request, out, &err), "%s", err.text);
}

static const struct {
	enum recipe recipe;
	const char *name, *key;
	const char *lines[8]; /* that have to be in it */
} recipes[] = {
	{ RECIPE_OPENSSL, "openssl", "rsa-3072",
		{ "openssl req -new -config wildcard.example.hk.cnf -newkey rsa:3072",
			"O = \"A, B\"", "CN = \"*.example.hk\"", "DNS.1 = \"*.example.hk\"",
			"DNS.2 = \"example.hk\"", "default_md = sha256" } },
	{ RECIPE_OPENSSL, "openssl", "p-384",
		{ "-pkeyopt ec_paramgen_curve:P-384", "default_md = sha384" } },
	{ RECIPE_CERTREQ, "certreq", "rsa-2048",
		{ "Subject=\"C=HK,S=Hong Kong,L=Hong Kong,O=\"\"A, B\"\",CN=*.example.hk\"\r\n",
			"KeyLength=2048\r\n", "_continue_=\"DNS=*.example.hk&\"\r\n",
			"_continue_=\"DNS=example.hk&\"\r\n", "MachineKeySet=TRUE\r\n" } },
	{ RECIPE_CERTREQ, "certreq", "p-256", { "KeyAlgorithm=ECDSA_P256\r\n" } },
	{ RECIPE_EXCHANGE, "exchange", "rsa-4096",
		{ "$SubjectName = 'C=HK,S=Hong Kong,L=Hong Kong,O=\"A, B\",CN=*.example.hk'\r\n",
			"$DomainName = @('*.example.hk', 'example.hk')\r\n", "$KeySize = 4096\r\n",
			"WriteAllBytes($RequestFile, [Text.Encoding]::ASCII" } },
	{ RECIPE_EXCHANGE_2010, "exchange-2010", "rsa-2048",
		{ "Set-Content -Path $RequestFile", "-PrivateKeyExportable $true" } },
	{ RECIPE_KEYTOOL, "keytool", "rsa-2048",
		{ "SUBJECT='CN=*.example.hk, O=A\\, B, L=Hong Kong, ST=Hong Kong, C=HK'\n",
			"NAMES='san=dns:*.example.hk,dns:example.hk'\n",
			"-keyalg RSA -keysize 2048" } },
	{ RECIPE_KEYTOOL, "keytool", "p-256", { "-groupname secp256r1" } },
};

Test(recipe, each_program_gets_the_same_request)
{
	for (size_t i = 0; i < ARRAY_LEN(recipes); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
		struct request request = wish("A, B", recipes[i].key);

		cr_expect_str_eq(recipe_name(recipes[i].recipe), recipes[i].name);
		put(recipes[i].recipe, &request, &out);
		for (size_t k = 0; k < ARRAY_LEN(recipes[i].lines) && recipes[i].lines[k]; k++)
			cr_expect_not_null(strstr(buf_text(&out), recipes[i].lines[k]),
				"%s: %s\n%s", recipes[i].name, recipes[i].lines[k], buf_text(&out));
	}
	cr_expect_null(recipe_name(RECIPE_COUNT));
}

Test(recipe, windows_is_told_what_is_not_ascii)
{
	static const struct {
		enum recipe recipe;
		const char *organization, *mark;
		size_t len;
	} cases[] = {
		{ RECIPE_CERTREQ, "Post", "; On", 4 },
		{ RECIPE_CERTREQ, "郵政", "\xff\xfe;\0", 4 },
		{ RECIPE_EXCHANGE, "Post", "# In", 4 },
		{ RECIPE_EXCHANGE, "郵政", "\xef\xbb\xbf#", 4 },
		{ RECIPE_OPENSSL, "郵政", "# A ", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
		struct request request = wish(cases[i].organization, "rsa-2048");

		put(cases[i].recipe, &request, &out);
		cr_expect_eq(memcmp(out.data, cases[i].mark, cases[i].len), 0, "%zu", i);
	}
}

Test(recipe, utf16_has_all_characters)
{
	/* U+90F5, and U+20000, which takes two units. */
	static const char wanted[] = "O\0=\0\xf5\x90\x40\xd8\x00\xdc,\0";
	CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
	struct request request = wish("郵\xf0\xa0\x80\x80", "rsa-2048");
	bool found = false;

	put(RECIPE_CERTREQ, &request, &out);
	cr_assert_eq(out.len % 2, 0);
	for (size_t i = 0; i + sizeof wanted - 1 <= out.len; i += 2)
		found = found || memcmp(out.data + i, wanted, sizeof wanted - 1) == 0;
	cr_expect(found);
}

static const struct {
	const char *descr;
	enum recipe recipe;
	const char *organization, *friendly, *key, *why;
} refused[] = {
	{ "an elliptic curve", RECIPE_EXCHANGE, "Post", NULL, "p-256", "RSA keys of 2048 or 4096" },
	{ "3072 bits", RECIPE_EXCHANGE_2010, "Post", NULL, "rsa-3072", "RSA keys of 2048 or 4096" },
	{ "a long friendly name", RECIPE_EXCHANGE, "Post",
		"0123456789012345678901234567890123456789012345678901234567890123", "rsa-2048",
		"friendly names" },
	{ "a line's end", RECIPE_OPENSSL, "a\nCN = evil", NULL, "rsa-2048", "control characters" },
	{ "no UTF-8", RECIPE_KEYTOOL, "\xff", NULL, "rsa-2048", "control characters" },
	{ "a hidden mark", RECIPE_CERTREQ, "a\xe2\x80\xae", NULL, "rsa-2048",
		"control characters" },
};

Test(recipe, what_a_program_cannot_do_is_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
		struct request request = wish(refused[i].organization, refused[i].key);
		struct error err = { .code = ERROR_NONE };

		request.friendly_name = refused[i].friendly;
		cr_expect_not(recipe_put(refused[i].recipe, &request, &out, &err), "%s",
			refused[i].descr);
		cr_expect_not_null(
			strstr(err.text, refused[i].why), "%s: %s", refused[i].descr, err.text);
	}
}

Test(recipe, a_name_that_is_none_is_refused)
{
	static const char *const bad[] = { "a.hk,dns:b.hk", "a.hk&DNS=b.hk", "", "A.hk", "例子.hk",
		"a b" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		for (size_t k = 0; recipe_name(k); k++) {
			CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
			struct request request = wish("Post", "rsa-2048");

			request.names = &bad[i];
			request.count = 1;
			cr_expect_not(
				recipe_put((enum recipe)k, &request, &out, NULL), "%s", bad[i]);
			cr_expect_eq(out.len, 0);
		}
}

/* A friendly name that nobody gave is cut for Exchange, not refused. */
Test(recipe, long_names_are_no_trouble)
{
	static const char *const long_names[] = {
		"a-name-that-is-longer-than-sixty-four-characters.somewhere.example.hk"
	};
	CLEANUP(buf_release) struct buf out = BUF_INIT(OUT_BYTES);
	struct request request = {
		.names = long_names, .count = 1, .country = "HK", .key = key_type_by_id("rsa-2048")
	};

	put(RECIPE_EXCHANGE, &request, &out);
	cr_expect_not_null(strstr(buf_text(&out), "$SubjectName = 'C=HK'\r\n"));
}
