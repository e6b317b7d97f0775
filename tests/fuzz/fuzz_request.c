/* SPDX-License-Identifier: MIT */
/* A file with signing requests, whatever it is: each is found, decoded, judged and shown; and
 * whatever it asks for goes through every recipe. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/text.h"
#include "checker/csr/csr.h"
#include "checker/csr/csr_file.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "checker/limits.h"
#include "reports/json.h"
#include "reports/request/recipe.h"
#include "reports/request/reviewed.h"
#include "reports/text/page.h"
#include "rules/profile/profile.h"
#include "rules/request/review.h"
#include "tests/fuzz/fuzz.h"

#define REPORT_BYTES (16u << 20)

/* Nothing of a request may reach a terminal as it is. */
static void assert_printable(const char *text, size_t len)
{
	for (size_t step; len > 0; text += step, len -= step) {
		uint32_t point;

		step = text_utf8_next(text, len, &point);
		assert(step > 0 && (point == '\n' || !text_is_unsafe(point)));
	}
}

static void show(const struct csr *csr, const struct review *review)
{
	const struct reviewed reviewed = { .path = "f", .csr = csr, .review = review };
	CLEANUP(buf_release) struct buf text = BUF_INIT(REPORT_BYTES);
	CLEANUP(buf_release) struct buf record = BUF_INIT(REPORT_BYTES);
	struct page page;
	struct json json;

	page_init(&page, &text, 0, false);
	reviewed_put_text(&reviewed, &page);
	assert_printable(buf_text(&text), text.len);
	json_init(&json, &record);
	reviewed_put_json(&reviewed, &json);
	assert(json_end(&json));
	assert_printable(buf_text(&record), record.len);
}

/* What comes out has as many lines whatever the texts are, so that none of them made one. */
static size_t lines_of(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == '\n';
	return count;
}

static const char *value_of(const struct csr *csr, const char *type)
{
	const struct csr_attribute *attribute = csr_attribute(csr, type);

	return attribute ? attribute->value : "x";
}

static void cook(const struct csr *csr)
{
	const char *names[1] = { "www.example.hk" };
	struct request plain = { .names = names,
		.count = 1,
		.common_name = "x",
		.country = "x",
		.state = "x",
		.locality = "x",
		.organization = "x",
		.key = key_type_by_id("rsa-2048") };
	struct request request = plain;

	request.common_name = value_of(csr, "CN");
	request.country = value_of(csr, "C");
	request.state = value_of(csr, "ST");
	request.locality = value_of(csr, "L");
	request.organization = value_of(csr, "O");
	for (size_t i = 0; recipe_name(i); i++) {
		CLEANUP(buf_release) struct buf usual = BUF_INIT(REPORT_BYTES);
		CLEANUP(buf_release) struct buf text = BUF_INIT(REPORT_BYTES);
		bool good = recipe_put((enum recipe)i, &plain, &usual, NULL);

		assert(good);
		if (recipe_put((enum recipe)i, &request, &text, NULL) &&
			!(text.len > 1 && (unsigned char)text.data[0] == 0xff))
			assert(lines_of(&text) == lines_of(&usual));
	}
}

static bool look(void *arg, const struct csr_found *found, struct error *err)
{
	const struct review_terms terms = { .profile = arg, .name = "www.example.hk" };
	CLEANUP(review_release) struct review review = { .product = NULL };
	struct error why = { .code = ERROR_NONE };
	CLEANUP(csr_freep) struct csr *csr = csr_new(found->der, found->len, &why);

	if (!csr) {
		assert(why.code != ERROR_NONE);
		return true;
	}
	assert(csr->names.count <= LIMIT_SANS);
	bool good = review_csr(&review, csr, &terms, err);
	assert(good && (csr->signature_fits || review.reasons.count > 0));
	show(csr, &review);
	cook(csr);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct profile *profile;
	struct error err = { .code = ERROR_NONE };

	if (!profile)
		profile = profile_load("hongkong-post", &err);
	assert(profile);
	bool good = csr_file_read("f", data, size, look, profile, &err);
	assert(good == (err.code == ERROR_NONE));
	return 0;
}
