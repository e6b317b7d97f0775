/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include "checker/base/buf.h"
#include "reports/json.h"

#define ROOM (4u << 20)

static const struct {
	const char *descr, *text, *want;
} strings[] = {
	{ "nothing", "", "\"\"" },
	{ "plain", "www.example.hk", "\"www.example.hk\"" },
	{ "quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "a slash is no danger", "</script>", "\"</script>\"" },
	{ "line ends and tab", "a\nb\r\tc", "\"a\\nb\\r\\tc\"" },
	{ "escape sequence", "\033[2J", "\"\\u001b[2J\"" },
	{ "bell, unit separator", "\a\x1f", "\"\\u0007\\u001f\"" },
	{ "delete", "\x7f", "\"\\u007f\"" },
	{ "C1: control sequence introducer", "\xc2\x9b", "\"\\u009b\"" },
	{ "no-break space is harmless", "\xc2\xa0", "\"\xc2\xa0\"" },
	{ "right-to-left override", "\xe2\x80\xae", "\"\\u202e\"" },
	{ "isolates", "\xe2\x81\xa6\xe2\x81\xa9", "\"\\u2066\\u2069\"" },
	{ "left-to-right mark", "\xe2\x80\x8e", "\"\\u200e\"" },
	{ "line and paragraph separator", "\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\"" },
	{ "byte order mark", "\xef\xbb\xbf", "\"\\ufeff\"" },
	{ "tag character, a surrogate pair", "\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"" },
	{ "Chinese", "香港郵政", "\"香港郵政\"" },
	{ "beyond the basic plane", "\xf0\xa0\x80\x80", "\"\xf0\xa0\x80\x80\"" },
	{ "a stray byte", "a\xff", "\"a\\\\xFF\"" },
	{ "overlong slash", "\xc0\xaf", "\"\\\\xC0\\\\xAF\"" },
	{ "surrogate in UTF-8", "\xed\xa0\x80", "\"\\\\xED\\\\xA0\\\\x80\"" },
	{ "cut in the middle of a character", "\xe9\xa6", "\"\\\\xE9\\\\xA6\"" },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", "\"\\\\xF4\\\\x90\\\\x80\\\\x80\"" },
};

Test(json, makes_strings_safe)
{
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct json json;

		json_init(&json, &out);
		json_put_string(&json, strings[i].text);
		cr_expect(json_end(&json), "%s", strings[i].descr);
		cr_expect_str_eq(buf_text(&out), strings[i].want, "%s: got %s", strings[i].descr,
			buf_text(&out));
		json_t *read = json_loads(buf_text(&out), JSON_DECODE_ANY, NULL);
		cr_expect_not_null(read, "%s: no JSON", strings[i].descr);
		json_decref(read);
		buf_release(&out);
	}
}

Test(json, escapes_keys_as_values)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_object(&json);
	json_key(&json, "a\"\n\xff");
	json_put_bool(&json, true);
	json_end_object(&json);
	cr_assert(json_end(&json));
	cr_expect_str_eq(buf_text(&out), "{\"a\\\"\\n\\\\xFF\":true}");
	buf_release(&out);
}

/* Every byte but NUL, so no byte value is forgotten. */
Test(json, any_byte_gives_a_document)
{
	char text[256];
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	for (size_t i = 0; i < 255; i++)
		text[i] = (char)(i + 1);
	text[255] = '\0';
	json_init(&json, &out);
	json_put_string(&json, text);
	cr_assert(json_end(&json));
	for (size_t i = 0; i < out.len; i++)
		cr_expect(out.data[i] >= 0x20 && out.data[i] < 0x7f, "byte %zu", i);
	json_t *read = json_loads(out.data, JSON_DECODE_ANY, NULL);
	cr_expect_not_null(read);
	json_decref(read);
	buf_release(&out);
}

Test(json, nests_and_separates)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_object(&json);
	json_key(&json, "none");
	json_begin_array(&json);
	json_end_array(&json);
	json_key(&json, "some");
	json_begin_array(&json);
	json_put_integer(&json, -1);
	json_begin_object(&json);
	json_end_object(&json);
	json_begin_object(&json);
	json_key(&json, "deep");
	json_put_null(&json);
	json_end_object(&json);
	json_put_string_or_null(&json, NULL);
	json_end_array(&json);
	json_key(&json, "last");
	json_put_bool(&json, false);
	json_end_object(&json);
	cr_assert(json_end(&json));
	cr_expect_str_eq(buf_text(&out),
		"{\"none\":[],\"some\":[-1,{},{\"deep\":null},null],\"last\":false}");
	buf_release(&out);
}

static const struct {
	const char *descr;
	double value;
	const char *want;
} measures[] = {
	{ "whole", 14.0, "14" },
	{ "nothing", 0.0, "0" },
	{ "one decimal", 0.3, "0.3" },
	{ "two decimals", 1.25, "1.25" },
	{ "leading zeros behind the point", 7.004, "7.004" },
	{ "rounded to three", 1.23456, "1.235" },
	{ "rounded up to a whole", 0.9996, "1" },
	{ "less than can be said", 0.0004, "0" },
	{ "large", 123456789.5, "123456789.5" },
	{ "not reached", -1.0, "null" },
	{ "no number", NAN, "null" },
	{ "no end", INFINITY, "null" },
};

Test(json, writes_measures)
{
	/* A decimal comma would be no JSON; where the locale is missing the case is the plain one.
	 */
	(void)setlocale(LC_ALL, "de_DE.UTF-8");
	for (size_t i = 0; i < ARRAY_LEN(measures); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct json json;

		json_init(&json, &out);
		json_put_measure(&json, measures[i].value);
		cr_expect(json_end(&json));
		cr_expect_str_eq(buf_text(&out), measures[i].want, "%s: got %s", measures[i].descr,
			buf_text(&out));
		buf_release(&out);
	}
}

Test(json, says_when_it_did_not_fit)
{
	struct buf out = BUF_INIT(8);
	struct json json;

	json_init(&json, &out);
	json_put_string(&json, "longer than eight");
	cr_expect_not(json_end(&json));
	buf_release(&out);
}

/* Misuse ends the program: it would be a fault of ours. */
Test(json, value_without_key, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_object(&json);
	json_put_null(&json);
}

Test(json, key_in_array, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_array(&json);
	json_key(&json, "key");
}

Test(json, key_without_value, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_object(&json);
	json_key(&json, "key");
	json_end_object(&json);
}

Test(json, wrong_end, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_array(&json);
	json_end_object(&json);
}

Test(json, left_open, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_begin_array(&json);
	(void)!json_end(&json);
}

Test(json, two_values, .signal = SIGABRT)
{
	struct buf out = BUF_INIT(ROOM);
	struct json json;

	json_init(&json, &out);
	json_put_null(&json);
	json_put_null(&json);
}
