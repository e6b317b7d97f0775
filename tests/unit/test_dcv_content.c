/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "rules/dcv/dcv_content.h"

#define CODE "4f1C9a7be02d"

static const struct {
	const char *descr, *file, *found;
	size_t found_len; /* 0: all of the text */
	enum dcv_match match;
} files[] = {
	{ "the same", CODE, CODE, 0, DCV_MATCH_SAME },
	{ "the same, of several lines", CODE "\nca.example\n", CODE "\nca.example\n", 0,
		DCV_MATCH_SAME },
	{ "a line end more", CODE, CODE "\n", 0, DCV_MATCH_ENDS },
	{ "a line end less", CODE "\r\n", CODE, 0, DCV_MATCH_ENDS },
	{ "other line ends", CODE "\nca.example\n", CODE "\r\nca.example\r\n", 0, DCV_MATCH_ENDS },
	{ "blanks at the end", CODE, CODE " \t", 0, DCV_MATCH_ENDS },
	{ "a mark in front", CODE, "\xef\xbb\xbf" CODE, 0, DCV_MATCH_MARK },
	{ "a mark that belongs there", "\xef\xbb\xbf" CODE, "\xef\xbb\xbf" CODE, 0,
		DCV_MATCH_SAME },
	{ "a mark that got lost", "\xef\xbb\xbf" CODE, CODE, 0, DCV_MATCH_MARK },
	{ "UTF-16", "ab",
		"\xff\xfe"
		"a\0b\0",
		6, DCV_MATCH_WIDE },
	{ "UTF-16, the other way, with a line end", "ab", "\xfe\xff\0a\0b\0\n", 8, DCV_MATCH_WIDE },
	{ "UTF-16 of something else", "ab",
		"\xff\xfe"
		"a\0c\0",
		6, DCV_MATCH_OTHER },
	{ "UTF-16 of more", "ab",
		"\xff\xfe"
		"a\0b\0c\0",
		8, DCV_MATCH_OTHER },
	{ "capitals", CODE, "4F1c9A7BE02D", 0, DCV_MATCH_CASE },
	{ "quoted", CODE, "\"" CODE "\"\n", 0, DCV_MATCH_QUOTED },
	{ "in a page", CODE, "<html>" CODE "</html>", 0, DCV_MATCH_WITHIN },
	{ "with more behind it", CODE, CODE "0", 0, DCV_MATCH_WITHIN },
	{ "a page", CODE, "  <!DOCTYPE html><title>404", 0, DCV_MATCH_PAGE },
	{ "empty", CODE, "", 0, DCV_MATCH_EMPTY },
	{ "blank", CODE, " \r\n", 0, DCV_MATCH_EMPTY },
	{ "an older code", CODE, "5f1C9a7be02d", 0, DCV_MATCH_OTHER },
	{ "the beginning of it", CODE, "4f1C9a7", 0, DCV_MATCH_OTHER },
	{ "blanks in front", CODE, "  " CODE, 0, DCV_MATCH_MARK },
};

Test(dcv_content, compares_files)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		CLEANUP(buf_release) struct buf file = BUF_INIT(1000);
		struct dcv_code code = { .file = &file };
		size_t len = files[i].found_len ? files[i].found_len : strlen(files[i].found);

		cr_assert(buf_add_text(&file, files[i].file));
		dcv_code_of_file(&code);
		enum dcv_match got = dcv_content_file(&code, files[i].found, len);
		cr_expect_eq(got, files[i].match, "%s: %d", files[i].descr, (int)got);
	}
}

Test(dcv_content, takes_a_code_from_a_file_of_one_line)
{
	static const struct {
		const char *file, *code;
	} rows[] = { { CODE, CODE }, { "\xef\xbb\xbf" CODE "\r\n", CODE }, { " " CODE " ", CODE },
		{ CODE "\nmore", NULL }, { "two words", NULL }, { " \n", NULL } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		CLEANUP(buf_release) struct buf file = BUF_INIT(1000);
		struct dcv_code code = { .file = &file };

		cr_assert(buf_add_text(&file, rows[i].file));
		dcv_code_of_file(&code);
		cr_expect_eq(code.text != NULL, rows[i].code != NULL, "%zu", i);
		if (code.text && rows[i].code) {
			cr_expect_eq(code.len, strlen(rows[i].code), "%zu", i);
			cr_expect_eq(memcmp(code.text, rows[i].code, code.len), 0, "%zu", i);
		}
	}
}

static const struct {
	const char *descr, *found;
	enum dcv_match match;
} texts[] = {
	{ "the same", CODE, DCV_MATCH_SAME },
	{ "blanks around it", " " CODE "\t", DCV_MATCH_ENDS },
	{ "quoted", "\"" CODE "\"", DCV_MATCH_QUOTED },
	{ "capitals", "4F1C9A7BE02D", DCV_MATCH_CASE },
	{ "behind a word", "code=" CODE, DCV_MATCH_WITHIN },
	{ "empty", "", DCV_MATCH_EMPTY },
	{ "another", "v=spf1 -all", DCV_MATCH_OTHER },
};

Test(dcv_content, compares_records)
{
	CLEANUP(buf_release) struct buf given = BUF_INIT(1000);
	struct dcv_code code = { .file = NULL }, none = { .file = NULL };

	cr_assert(buf_add_text(&given, "\n " CODE " \nsecond line\n"));
	dcv_code_of_text(&code, &given);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		enum dcv_match got = dcv_content_text(
			&code, texts[i].found, strlen(texts[i].found));
		cr_expect_eq(got, texts[i].match, "%s: %d", texts[i].descr, (int)got);
	}
	cr_expect_eq(dcv_content_text(&none, CODE, strlen(CODE)), DCV_MATCH_UNKNOWN);
	cr_expect_eq(dcv_content_file(&none, CODE, strlen(CODE)), DCV_MATCH_UNKNOWN);
	cr_expect_eq(dcv_content_file(&code, CODE "\n", strlen(CODE) + 1), DCV_MATCH_ENDS,
		"a code alone is held against a file, too");
}
