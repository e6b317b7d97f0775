/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "checker/base/buf.h"
#include "reports/html/html.h"
#include "reports/html/html_mold.h"
#include "reports/html/html_places.h"
#include "tests/poison.h"
#include "tests/sample.h"

#define ROOM (64u << 20)

static const struct {
	const char *descr, *text, *want;
} texts[] = {
	{ "nothing", "", "" },
	{ "plain", "www.example.hk", "www.example.hk" },
	{ "an element", "<b>", "&lt;b&gt;" },
	{ "an ampersand", "a&amp;b", "a&amp;amp;b" },
	{ "quotes of each kind", "\"'`", "&quot;&#39;&#96;" },
	{ "a backslash stays", "a\\b", "a\\b" },
	{ "line ends and tab", "a\n\r\t", "a\\u{000A}\\u{000D}\\u{0009}" },
	{ "escape", "\033[2J", "\\u{001B}[2J" },
	{ "C1", "\xc2\x9b", "\\u{009B}" },
	{ "right-to-left override", "a\xe2\x80\xae", "a\\u{202E}" },
	{ "byte order mark", "\xef\xbb\xbf", "\\u{FEFF}" },
	{ "Chinese", "香港", "香港" },
	{ "a stray byte", "a\xff<", "a\\xFF&lt;" },
	{ "half a character", "\xe9\xa6", "\\xE9\\xA6" },
};

Test(html, escapes_text_and_attributes_alike)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct buf out = BUF_INIT(ROOM), want = BUF_INIT(ROOM);
		struct html html;

		html_init(&html, &out);
		html_begin(&html, "p", "x");
		html_attr(&html, "title", texts[i].text);
		html_text(&html, texts[i].text);
		html_end(&html, "p");
		cr_expect(html_done(&html), "%s", texts[i].descr);
		(void)buf_addf(
			&want, "<p class=\"x\" title=\"%s\">%s</p>", texts[i].want, texts[i].want);
		cr_expect_str_eq(buf_text(&out), buf_text(&want), "%s", texts[i].descr);
		buf_release(&out);
		buf_release(&want);
	}
}

Test(html, nests_and_ends_tags)
{
	struct buf out = BUF_INIT(ROOM);
	struct html html;

	html_init(&html, &out);
	html_begin(&html, "div", NULL);
	html_void(&html, "input", NULL);
	html_attr_number(&html, "size", -3);
	html_flag(&html, "disabled");
	html_putf(&html, "b", NULL, "%d <", 1);
	html_begin(&html, "i", NULL);
	html_end(&html, "i");
	html_end(&html, "div");
	cr_expect(html_done(&html));
	cr_expect_str_eq(
		buf_text(&out), "<div><input size=\"-3\" disabled><b>1 &lt;</b><i></i></div>");
	buf_release(&out);
}

Test(html, says_when_it_did_not_fit)
{
	struct buf out = BUF_INIT(8);
	struct html html;

	html_init(&html, &out);
	html_put(&html, "p", NULL, "more than eight");
	cr_expect_not(html_done(&html));
	buf_release(&out);
}

Test(html, json_can_end_no_element)
{
	static const char json[] = "{\"a\":\"</script><!--&\",\"b\":\"\\\\\"}";
	struct buf out = BUF_INIT(ROOM);

	html_escape_json(&out, json, sizeof json - 1);
	cr_expect_str_eq(buf_text(&out),
		"{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\",\"b\":\"\\\\\"}");
	buf_release(&out);
}

Test(html, long_texts_are_cut_at_a_character)
{
	struct buf in = BUF_INIT(ROOM), out = BUF_INIT(ROOM);

	for (int i = 0; i < 30000; i++)
		(void)buf_add_text(&in, "香");
	html_visible(&out, in.data, in.len);
	cr_expect_leq(out.len, (size_t)HTML_TEXT_MOST + 8);
	cr_expect_str_eq(out.data + out.len - strlen("香…"), "香…");
	buf_clear(&out);
	html_visible(&out, "short", 5);
	cr_expect_str_eq(buf_text(&out), "short");
	buf_release(&in);
	buf_release(&out);
}

static void put_section(struct html *html, const char *name, const char *note)
{
	html_begin(html, "div", NULL);
	html_slot(html, "b", "service", name);
	html_put(html, "i", NULL, "same for all");
	html_begin(html, "p", NULL);
	html_slot_here(html, note);
	html_end(html, "div");
}

/* With the mark of a hole, which only the page's script looks for, taken out. */
static void drop_marks(struct buf *bytes)
{
	static const char mark[] = " data-s";
	char *at;

	while ((at = strstr(bytes->data, mark))) {
		memmove(at, at + sizeof mark - 1, strlen(at) - (sizeof mark - 1) + 1);
		bytes->len -= sizeof mark - 1;
	}
}

/* Whatever the texts are, a section that was cast is the section that would have been written. */
Test(html, a_cast_is_what_would_have_been_written)
{
	for (size_t i = 0; i < POISONS; i++) {
		struct buf plain = BUF_INIT(ROOM), bytes = BUF_INIT(ROOM), cast = BUF_INIT(ROOM);
		struct html_molds *molds = html_molds_new();
		struct html_slots slots;
		struct html html;
		char *text = poison_text(i);
		size_t number;

		if (strlen(text) > 400)
			text[400] = '\0';
		html_init(&html, &plain);
		put_section(&html, text, "note");
		html_slots_init(&slots);
		html_init(&html, &bytes);
		html.slots = &slots;
		put_section(&html, text, "note");
		cr_assert(html_molds_find(molds, &bytes, &slots, false, &number));
		html_cast(html_molds_at(molds, number), slots.texts.data, &cast);
		drop_marks(&cast);
		if (strlen(text) < 200)
			cr_expect_str_eq(buf_text(&cast), buf_text(&plain), "%s", poison_descr(i));
		cr_expect_null(strstr(bytes.data, text[0] ? text : "note"), "%s", poison_descr(i));
		html_slots_release(&slots);
		html_molds_free(molds);
		buf_release(&plain);
		buf_release(&bytes);
		buf_release(&cast);
		free(text);
	}
}

static size_t mold_of(struct html_molds *molds, const char *bytes, bool anyway)
{
	struct buf buf = BUF_INIT(ROOM);
	struct html_slots slots;
	size_t number = 0;

	html_slots_init(&slots);
	(void)buf_add_text(&buf, bytes);
	cr_assert(html_molds_find(molds, &buf, &slots, anyway, &number));
	html_slots_release(&slots);
	buf_release(&buf);
	return number;
}

Test(html, molds_are_shared_and_bounded)
{
	struct html_molds *molds = html_molds_new();

	cr_expect_eq(mold_of(molds, "one", false), 0u);
	cr_expect_eq(mold_of(molds, "two", false), 1u);
	cr_expect_eq(mold_of(molds, "one", false), 0u);
	for (unsigned i = 2; i < LIMIT_MOLDS; i++) {
		char bytes[32];

		(void)snprintf(bytes, sizeof bytes, "%u", i);
		cr_expect_eq(mold_of(molds, bytes, false), (size_t)i);
	}
	cr_expect_eq(mold_of(molds, "too many", false), NO_MOLD);
	cr_expect_eq(mold_of(molds, "two", false), 1u, "one that is there is found all the same");
	cr_expect_eq(mold_of(molds, "too many", true), (size_t)LIMIT_MOLDS);
	cr_expect_eq(html_molds_count(molds), (size_t)LIMIT_MOLDS + 1);
	html_molds_free(molds);
}

Test(html, places_have_marks_issuers_and_twins)
{
	struct sample sample;
	struct html_places places;
	char line[64];
	struct instant until;

	sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
	sample_serve(&sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
	sample_serve(&sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
	html_places_find(&places, &sample.verdict, sample_profile());
	/* The sample's paths lead through the current intermediate, which is not served. */
	cr_assert_eq(places.served, 3u);
	cr_assert_eq(places.count, 4u);
	cr_expect_str_eq(places.at[0].mark, "1");
	cr_expect_str_eq(places.at[3].mark, "A");
	cr_expect_str_eq(places.at[3].known->id, "ssl-ca-3-17-2025");
	cr_expect_eq(places.at[0].issuers, 0xeu, "both places of it, and that of the path");
	cr_expect_eq(places.at[2].first, 1u);
	cr_expect_eq(places.at[1].twin, NO_PLACE, "a certificate is no twin of itself");
	html_places_line(&places, &sample.verdict.paths[0], line, sizeof line);
	cr_expect_str_eq(line, "1 > A");
	cr_expect_not(html_places_until(&places, &sample.verdict.paths[0], &until),
		"nobody knows when A ends");
	sample.verdict.paths[0].certs[1] = places.at[1].print;
	cr_assert(html_places_until(&places, &sample.verdict.paths[0], &until));
	cr_expect_eq(until.seconds, sample.leaf.not_after.seconds);
	sample_release(&sample);
}

Test(html, twins_share_a_name_and_a_key)
{
	struct sample sample;
	struct html_places places;

	sample_init(&sample, "www.example.hk", 443, PROTOCOL_HTTPS);
	sample.verdict.path_count = 0;
	sample_serve(&sample, ROLE_ISSUING, "ssl-ca-3-17-2017");
	sample_serve(&sample, ROLE_ISSUING, "ssl-ca-3-17-2025");
	sample_serve(&sample, ROLE_OTHER, NULL);
	html_places_find(&places, &sample.verdict, sample_profile());
	cr_expect_eq(places.at[1].twin, 2u);
	cr_expect_eq(places.at[2].twin, 1u);
	cr_expect_eq(places.at[0].twin, NO_PLACE);
	cr_expect_eq(places.at[3].twin, NO_PLACE, "what cannot be read is nobody's twin");
	cr_expect(html_places_is_loose(&places, 1), "the root is not sent");
	cr_expect_not(html_places_is_loose(&places, 0));
	cr_expect_not(html_places_is_loose(&places, 3));
	sample_release(&sample);
}
