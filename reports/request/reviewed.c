/* SPDX-License-Identifier: MIT */
#include "reports/request/reviewed.h"

#include <string.h>

#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/csr/csr.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "checker/target/name.h"
#include "reports/text/page.h"
#include "rules/profile/profile.h"
#include "rules/request/review.h"

#define NAME_COLUMNS 10
#define INDENT 2

const char *reviewed_verdict(const struct reviewed *reviewed)
{
	if (!reviewed->review)
		return "unreadable";
	enum review_weight weight = review_weight(reviewed->review);

	return weight == REVIEW_ADVICE ? "fit" : review_weight_name(weight);
}

/* --- For people --- */

/* NAME is a text of ours; the value is added by the caller. */
static void start_row(struct page *page, const char *name)
{
	const char *shown = lang_text(page->language, name);

	page_start(page, INDENT, INDENT + NAME_COLUMNS + 1);
	page_put(page, PAGE_DIM, shown);
	for (size_t columns = text_columns(shown); columns < NAME_COLUMNS + 1; columns++)
		page_raw(page, PAGE_PLAIN, " ", 1);
}

static void put_row(struct page *page, const char *name, const char *value)
{
	start_row(page, name);
	page_put(page, PAGE_PLAIN, value);
	page_end(page);
}

/* In both forms where there are two. */
static void put_name(const char *text, bool first, struct page *page)
{
	char unicode[LIMIT_HOST_BYTES * 4];

	start_row(page, first ? N_("names") : "");
	page_put(page, PAGE_PLAIN, text);
	name_to_unicode(text, unicode, sizeof unicode);
	if (strcmp(unicode, text) != 0)
		page_putf(page, PAGE_PLAIN, " (%s)", unicode);
	page_end(page);
}

static void put_wish(const struct reviewed *reviewed, struct page *page)
{
	const struct request *wish = reviewed->wish;

	for (size_t i = 0; i < wish->count; i++)
		put_name(wish->names[i], i == 0, page);
	if (wish->product)
		put_row(page, N_("product"), wish->product);
	put_row(page, N_("key"), wish->key->shown);
}

static void put_csr(const struct reviewed *reviewed, struct page *page)
{
	const struct csr *csr = reviewed->csr;
	const struct profile_product *product = reviewed->review->product;
	char hash[FINGERPRINT_TEXT];

	put_row(page, N_("subject"), csr->subject);
	for (size_t i = 0; i < csr->names.count; i++)
		put_name(csr->names.items[i].text, i == 0, page);
	if (product)
		put_row(page, N_("product"), product->id);
	text_from_bytes(csr->spki_sha256, sizeof csr->spki_sha256, hash);
	start_row(page, N_("key"));
	page_putf(page, PAGE_PLAIN, "%s, SHA-256 %s", csr->key.text, hash);
	page_end(page);
	put_row(page, N_("signature"), csr->signature);
}

static void put_files(const struct reviewed *reviewed, struct page *page)
{
	char shown[LIMIT_NAME_BYTES];

	if (reviewed->request_file) {
		text_printable(reviewed->request_file, strlen(reviewed->request_file), shown,
			sizeof shown);
		put_row(page, N_("request"), shown);
	}
	if (!reviewed->key_file)
		return;
	text_printable(reviewed->key_file, strlen(reviewed->key_file), shown, sizeof shown);
	start_row(page, N_("key file"));
	if (!reviewed->new_key)
		page_say(page, PAGE_PLAIN, "%s (as it was)", shown);
	else if (reviewed->encrypted)
		page_say(page, PAGE_PLAIN, "%s (new, encrypted)", shown);
	else
		page_say(page, PAGE_PLAIN, "%s (new, not encrypted)", shown);
	page_end(page);
}

static void put_reasons(const struct review *review, struct page *page)
{
	static const enum page_style styles[] = {
		[REVIEW_ADVICE] = PAGE_YELLOW,
		[REVIEW_REFUSED] = PAGE_RED,
		[REVIEW_UNSAFE] = PAGE_RED,
	};
	static const char *const words[] = {
		[REVIEW_ADVICE] = N_("advice"),
		[REVIEW_REFUSED] = N_("would be refused"),
		[REVIEW_UNSAFE] = N_("unsafe"),
	};
	char text[REVIEW_TEXT];

	for (size_t i = 0; i < review->reasons.count; i++) {
		const struct review_reason *reason = &review->reasons.items[i];
		enum review_weight weight = review_fault_weight(reason->fault);
		const char *fix = review_fault_fix(reason->fault);
		bool again = i + 1 < review->reasons.count &&
			     review->reasons.items[i + 1].fault == reason->fault;

		page_start(page, INDENT, 2 * INDENT);
		page_say(page, styles[weight], "%s:", lang_text(page->language, words[weight]));
		phrase_render(reason->said, page->language, text, sizeof text);
		page_putf(page, PAGE_PLAIN, " %s [%s]", text, review_fault_id(reason->fault));
		page_end(page);
		/* Once for all of a kind, which stand together. */
		if (!again)
			page_paragraph(page, 2 * INDENT, PAGE_DIM, lang_text(page->language, fix));
	}
}

static void put_verdict(const struct reviewed *reviewed, struct page *page)
{
	const struct review *review = reviewed->review;

	if (review_weight(review) == REVIEW_UNSAFE)
		page_say(page, PAGE_RED, "unsafe: do not submit it");
	else if (review_weight(review) == REVIEW_REFUSED)
		page_say(page, PAGE_RED, "would be refused");
	else if (review->reasons.count > 0)
		page_say(page, PAGE_GREEN, "fit to be submitted, with advice");
	else
		page_say(page, PAGE_GREEN, "fit to be submitted");
}

/* Where it stands; a file with one request needs no line. */
static void put_place(const struct reviewed *reviewed, struct page *page)
{
	char shown[LIMIT_NAME_BYTES];

	text_printable(reviewed->path, strlen(reviewed->path), shown, sizeof shown);
	if (reviewed->line > 0 && reviewed->count > 1)
		page_putf(page, PAGE_BOLD, "%s:%zu: ", shown, reviewed->line);
	else
		page_putf(page, PAGE_BOLD, "%s: ", shown);
}

void reviewed_put_text(const struct reviewed *reviewed, struct page *page)
{
	char why[REVIEW_TEXT];

	page_start(page, 0, INDENT);
	if (reviewed->path)
		put_place(reviewed, page);
	if (!reviewed->review) {
		phrase_render(reviewed->why, page->language, why, sizeof why);
		page_put(page, PAGE_RED, why);
		page_end(page);
		return;
	}
	put_verdict(reviewed, page);
	page_end(page);
	if (reviewed->csr)
		put_csr(reviewed, page);
	if (reviewed->wish)
		put_wish(reviewed, page);
	if (!reviewed->path)
		put_files(reviewed, page);
	put_reasons(reviewed->review, page);
}
