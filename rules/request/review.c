/* SPDX-License-Identifier: MIT */
#include "rules/request/review.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checker/base/error.h"
#include "checker/base/lang.h"
#include "checker/base/phrase.h"
#include "checker/csr/request.h"
#include "checker/key/private_key.h"
#include "rules/request/review_parts.h"

/* A request of a thousand names may have as many faults; nobody reads them all. */
#define REASONS_MOST 200

static const struct {
	const char *id, *fix;
	enum review_weight weight;
} faults[REVIEW_FAULTS] = {
#define FAULT(symbol, weight_, id_, fix_)                         \
	[REVIEW_##symbol].id = id_, [REVIEW_##symbol].fix = fix_, \
	[REVIEW_##symbol].weight = REVIEW_##weight_,
#include "rules/request/faults.def"
#undef FAULT
};

const char *review_weight_name(enum review_weight weight)
{
	static const char *const names[] = {
		[REVIEW_ADVICE] = "advice",
		[REVIEW_REFUSED] = "refused",
		[REVIEW_UNSAFE] = "unsafe",
	};

	return names[weight];
}

const char *review_fault_id(enum review_fault fault)
{
	return faults[fault].id;
}

enum review_weight review_fault_weight(enum review_fault fault)
{
	return faults[fault].weight;
}

const char *review_fault_fix(enum review_fault fault)
{
	return faults[fault].fix;
}

void review_release(struct review *review)
{
	free(review->reasons.items);
	*review = (struct review){ .product = NULL };
}

void review_say(struct review *review, enum review_fault fault, const char *fmt, ...)
{
	va_list args;

	assert(fault < REVIEW_FAULTS);
	if (review->reasons.count == REASONS_MOST)
		return;
	if (!vec_reserve(&review->reasons)) {
		review->full = true;
		return;
	}
	struct review_reason *reason = &review->reasons.items[review->reasons.count++];
	reason->fault = fault;
	va_start(args, fmt);
	phrase_vsay(reason->said, sizeof reason->said, fmt, args);
	va_end(args);
	phrase_render(reason->said, LANGUAGE_EN, reason->message, sizeof reason->message);
}

static int by_weight(const void *a, const void *b)
{
	const struct review_reason *first = a, *second = b;
	enum review_weight one = faults[first->fault].weight, other = faults[second->fault].weight;

	if (one != other)
		return one > other ? -1 : 1;
	return first->fault < second->fault ? -1 : first->fault > second->fault;
}

void review_sort(struct review *review)
{
	if (review->reasons.count > 1)
		qsort(review->reasons.items, review->reasons.count, sizeof *review->reasons.items,
			by_weight);
}

enum review_weight review_weight(const struct review *review)
{
	enum review_weight worst = REVIEW_ADVICE;

	for (size_t i = 0; i < review->reasons.count; i++) {
		enum review_weight weight = faults[review->reasons.items[i].fault].weight;

		worst = weight > worst ? weight : worst;
	}
	return worst;
}

const struct csr_attribute *review_attribute(
	const struct review_statement *statement, const char *type)
{
	for (size_t i = 0; i < statement->attribute_count; i++)
		if (strcmp(statement->attributes[i].type, type) == 0)
			return &statement->attributes[i];
	return NULL;
}

static bool finish(struct review *review, struct error *err)
{
	return !review->full || error_set_memory(err);
}

bool review_csr(struct review *review, const struct csr *csr, const struct review_terms *terms,
	struct error *err)
{
	const struct review_statement statement = { csr->names.items, csr->names.count,
		csr->attributes.items, csr->attributes.count, csr->has_san };

	review_release(review);
	review_key(review, csr, terms);
	review_names(review, &statement, terms);
	review_subject(review, &statement, terms);
	review_extensions(review, csr, terms);
	review_sort(review);
	return finish(review, err);
}

static size_t characters_of(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

static size_t add_attribute(
	struct csr_attribute attributes[], size_t count, const char *type, const char *value)
{
	if (!value)
		return count;
	attributes[count] = (struct csr_attribute){ type, value, characters_of(value),
		strcmp(type, "C") == 0 };
	return count + 1;
}

bool review_request(struct review *review, const struct request *request,
	const struct review_terms *terms, struct error *err)
{
	struct csr_attribute attributes[5];
	struct csr_name *names = calloc(request->count, sizeof *names);
	size_t count = 0;

	review_release(review);
	if (!names)
		return error_set_memory(err);
	for (size_t i = 0; i < request->count; i++)
		names[i] = (struct csr_name){ CSR_NAME_DNS, request->names[i] };
	count = add_attribute(attributes, count, "C", request->country);
	count = add_attribute(attributes, count, "ST", request->state);
	count = add_attribute(attributes, count, "L", request->locality);
	count = add_attribute(attributes, count, "O", request->organization);
	count = add_attribute(attributes, count, "CN", request->common_name);
	const struct review_statement statement = { names, request->count, attributes, count,
		true };
	review_key_type(review, request->key, terms);
	review_names(review, &statement, terms);
	review_subject(review, &statement, terms);
	review_sort(review);
	free(names);
	return finish(review, err);
}
