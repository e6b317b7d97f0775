/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/lang_catalogue.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"

Test(lang, names)
{
	static const struct {
		const char *name;
		bool known;
		enum language language;
	} cases[] = {
		{ "en", true, LANGUAGE_EN },
		{ "zh-Hant", true, LANGUAGE_ZH_HANT },
		{ "zh-Hans", true, LANGUAGE_ZH_HANS },
		{ "zh_HK.UTF-8", true, LANGUAGE_ZH_HANT },
		{ "zh_TW", true, LANGUAGE_ZH_HANT },
		{ "zh_MO.BIG5", true, LANGUAGE_ZH_HANT },
		{ "zh_CN.GB18030@stroke", true, LANGUAGE_ZH_HANS },
		{ "zh_SG", true, LANGUAGE_ZH_HANS },
		{ "zh", true, LANGUAGE_ZH_HANS },
		{ "C.UTF-8", true, LANGUAGE_EN },
		{ "POSIX", true, LANGUAGE_EN },
		{ "en_HK.UTF-8", true, LANGUAGE_EN },
		{ "de_DE.UTF-8", false, LANGUAGE_EN },
		{ "zh_XX", false, LANGUAGE_EN },
		{ "", false, LANGUAGE_EN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum language language = LANGUAGE_EN;
		cr_expect_eq(language_by_name(cases[i].name, &language), cases[i].known, "%s",
			cases[i].name);
		cr_expect_eq(language, cases[i].language, "%s", cases[i].name);
	}
	for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
		enum language language;
		cr_assert(language_by_name(language_name((enum language)i), &language));
		cr_expect_eq(language, i);
	}
}

/* bsearch() finds what strcmp() has put in order. */
Test(lang, rows_are_sorted)
{
	cr_assert_gt(lang_row_count, 1);
	for (size_t i = 1; i < lang_row_count; i++)
		cr_expect_lt(strcmp(lang_rows[i - 1].text, lang_rows[i].text), 0, "%s",
			lang_rows[i].text);
}

Test(lang, text)
{
	cr_expect_str_eq(lang_text(LANGUAGE_EN, "What to do"), "What to do");
	cr_expect_str_eq(lang_text(LANGUAGE_ZH_HANT, "What to do"), "處理方法");
	cr_expect_str_eq(lang_text(LANGUAGE_ZH_HANS, "What to do"), "处理方法");
	cr_expect_str_eq(lang_text(LANGUAGE_ZH_HANS, "no text of ours"), "no text of ours");
	cr_expect(lang_knows("What to do"));
	cr_expect_not(lang_knows("no text of ours"));
}

Test(lang, plural)
{
	cr_expect_str_eq(lang_plural(LANGUAGE_EN, "%zu service", "%zu services", 1), "%zu service");
	cr_expect_str_eq(
		lang_plural(LANGUAGE_EN, "%zu service", "%zu services", 0), "%zu services");
}

static const char *render(const char *phrase, enum language language)
{
	static char out[4096];

	phrase_render(phrase, language, out, sizeof out);
	return out;
}

Test(phrase, is_as_printf_says)
{
	char said[400], plain[400];

#define SAME(...)                                                   \
	do {                                                        \
		phrase_say(said, sizeof said, __VA_ARGS__);         \
		(void)snprintf(plain, sizeof plain, __VA_ARGS__);   \
		cr_expect_str_eq(render(said, LANGUAGE_EN), plain); \
	} while (0)

	SAME("nothing to fill in");
	SAME("%s", "alone");
	SAME("100%% of %s", "it");
	SAME("%d, %u, %i, %c", -5, 4000000000u, 7, 'x');
	SAME("%zu %lld %llu %ld %lu", (size_t)-1, -1LL, ~0ULL, -2L, 3UL);
	SAME("%hu %hhu", (unsigned short)70, (unsigned char)8);
	SAME("%.3s and %.*s", "abcdef", 2, "xyz");
	SAME("%02x %x %X %5d", 10u, 255u, 255u, 42);
	SAME("%.1f %.0f", 2.25, 10.0);
	SAME("%s%s%s", "", "between", "");
}

Test(phrase, translates)
{
	char inner[200], outer[300];

	phrase_say(inner, sizeof inner, "the certificate expired at %s", "2026-06-15");
	cr_expect(phrase_is(inner));
	cr_expect_str_eq(render(inner, LANGUAGE_EN), "the certificate expired at 2026-06-15");
	cr_expect_str_eq(render(inner, LANGUAGE_ZH_HANT), "證書已於 2026-06-15 過期");
	phrase_say(outer, sizeof outer, "unknown: %.140s", inner);
	cr_expect_str_eq(
		render(outer, LANGUAGE_EN), "unknown: the certificate expired at 2026-06-15");
	cr_expect_str_eq(render(outer, LANGUAGE_ZH_HANS), "未知：证书已于 2026-06-15 过期");
}

/* Latin letters have blanks around them, Chinese has none; a built-in profile's titles are texts.
 */
Test(phrase, blanks)
{
	static const struct {
		const char *what, *want;
	} cases[] = {
		{ "mail.example.hk", "送出了 mail.example.hk，但它與伺服器證書的證書鏈無關" },
		{ PHRASE("a certificate"), "送出了一張證書，但它與伺服器證書的證書鏈無關" },
		{ PHRASE("Java with the JDK's own store"),
			"送出了使用 JDK 內置證書庫的 Java，但它與伺服器證書的證書鏈無關" },
	};
	char said[300];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		phrase_say(said, sizeof said,
			"%s is served but certifies nothing on the way from the leaf",
			cases[i].what);
		cr_expect_str_eq(render(said, LANGUAGE_ZH_HANT), cases[i].want);
	}
}

Test(text, joins)
{
	cr_expect(text_joins("中", 3, "文"));
	cr_expect(text_joins("。", 3, "a"));
	cr_expect(text_joins("a", 1, "，"));
	cr_expect_not(text_joins("中", 3, "a"));
	cr_expect_not(text_joins("a", 1, "中"));
	cr_expect_not(text_joins("a", 1, "b"));
	cr_expect_not(text_joins("", 0, "。"));
	cr_expect_not(text_joins("。", 3, ""));
	cr_expect_not(text_joins("\x80\x80", 2, "。"));
}

/* What fills a place may look like a text or a place and is neither. */
Test(phrase, arguments_are_inert)
{
	char said[300];

	phrase_say(said, sizeof said, "the certificate expired at %s", "What to do %s %n");
	cr_expect_str_eq(render(said, LANGUAGE_ZH_HANT), "證書已於 What to do %s %n 過期");
	phrase_say(said, sizeof said, "the certificate expired at %s", "a\016b\037c\017\033[31m");
	cr_expect_str_eq(render(said, LANGUAGE_EN),
		"the certificate expired at a\\u{000E}b\\u{001F}c\\u{000F}\\u{001B}[31m");
}

Test(phrase, stays_whole_when_cut)
{
	char said[64], name[200];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	phrase_say(said, sizeof said, "the certificate expired at %s", name);
	cr_expect(phrase_is(said));
	cr_expect(strstr(render(said, LANGUAGE_EN), "nnn..."));
	for (size_t size = 1; size < sizeof said; size++) {
		phrase_say(said, size, "the certificate expired at %s", name);
		cr_expect_lt(strlen(said), size);
		cr_expect_not(said[0] == PHRASE_OPEN && !phrase_is(said), "%zu", size);
	}
}

Test(phrase, from_a_file)
{
	const char *const arguments[] = { "one", "two" };
	char said[300];

	phrase_make(said, sizeof said, "the certificate expired at %s", arguments, 1);
	cr_expect_str_eq(render(said, LANGUAGE_ZH_HANS), "证书已于 one 过期");
	/* A text that nobody knows, with fewer places than arguments and more. */
	phrase_make(said, sizeof said, "%2$s before %1$s %n %s %s %s", arguments, 2);
	cr_expect_str_eq(render(said, LANGUAGE_ZH_HANS), "two before one  one two ");
	phrase_make(said, sizeof said, "a\016b %s", arguments, 1);
	cr_expect_str_eq(render(said, LANGUAGE_EN), "a\\u{000E}b one");
}

Test(phrase, no_phrase)
{
	static const char *const texts[] = { "", "plain", "\016", "\017", "\016\016a\017",
		"\016a\017b", "a\016b\017", "\016a\017\016b\017",
		"\016\037\037\037\037\037\037\037\037\037\017" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		cr_expect_not(phrase_is(texts[i]), "%zu", i);
	cr_expect(phrase_is("\016a\017"));
	cr_expect(phrase_is("\016a\037\016b\037c\017\017"));
}

/* Deeper than anything here speaks; it ends, and in time. */
Test(phrase, depth_is_bounded)
{
	char said[400] = "x";

	for (size_t i = 0; i < 20; i++) {
		const char *arguments[] = { said };
		char next[400];
		phrase_make(next, sizeof next, "%1$s%1$s%1$s%1$s", arguments, 1);
		memcpy(said, next, sizeof said);
	}
	cr_expect_lt(strlen(render(said, LANGUAGE_EN)), 4096);
}

Test(phrase, errors_nest)
{
	struct error why = { .code = ERROR_NONE }, err = { .code = ERROR_NONE };

	(void)error_set_memory(&why);
	cr_expect_str_eq(why.text, "out of memory");
	(void)error_set(&err, ERROR_USAGE, "%s: %s", "file", why.said);
	cr_expect_str_eq(err.text, "file: out of memory");
	cr_expect_str_eq(render(err.said, LANGUAGE_ZH_HANT), "file：記憶體不足");
}
