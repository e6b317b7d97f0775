/* SPDX-License-Identifier: MIT */
/*
 * review - would a CA take this signing request, and should it be handed in?
 *
 * Held against a profile (what the CA wants, which products it has), the Baseline Requirements
 * (6.1, 7.1) and what gives a key away.  What was found are faults, each with its weight and what
 * to do; the verdict is the worst of them.  Pure: requests come from csr.h, or are only wished for
 * yet.
 */
#ifndef RULES_REQUEST_REVIEW_H
#define RULES_REQUEST_REVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"

struct csr;
struct error;
struct profile;
struct profile_product;
struct request;

enum review_fault {
#define FAULT(symbol, weight, id, fix) REVIEW_##symbol,
#include "rules/request/faults.def"
#undef FAULT
	REVIEW_FAULTS,
};

/* From what can be lived with to what cannot. */
enum review_weight { REVIEW_ADVICE, REVIEW_REFUSED, REVIEW_UNSAFE };

/* "advice", "refused", "unsafe"; a contract. */
const char *review_weight_name(enum review_weight weight);
const char *review_fault_id(enum review_fault fault);
enum review_weight review_fault_weight(enum review_fault fault);
/* What to do; a text for lang_text(). */
const char *review_fault_fix(enum review_fault fault);

#define REVIEW_TEXT 400

struct review_reason {
	enum review_fault fault;
	char message[REVIEW_TEXT];   /* English */
	char said[REVIEW_TEXT + 40]; /* the same as a phrase */
};

struct review {
	VEC(struct review_reason) reasons;     /* as they were found, until review_sort() */
	const struct profile_product *product; /* that it was held against; NULL: none */
	bool full; /* memory ran out, or there are more than anybody reads */
};

void review_release(struct review *review);

struct review_terms {
	const struct profile *profile;
	const struct profile_product *product; /* NULL: the first that takes the names */
	const char *name; /* the application's server name, an A-label; NULL: not known */
};

/* Empties REVIEW first; false only when memory runs out. */
MUST_USE bool review_csr(struct review *review, const struct csr *csr,
	const struct review_terms *terms, struct error *err);
/* What can be said before there is a key. */
MUST_USE bool review_request(struct review *review, const struct request *request,
	const struct review_terms *terms, struct error *err);

/* Adds a fault that was found elsewhere: where the bytes stood, what other keys there are. */
void review_say(struct review *review, enum review_fault fault, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Worst first, then as found. */
void review_sort(struct review *review);

/* The worst of its faults; REVIEW_ADVICE for none as well. */
enum review_weight review_weight(const struct review *review);

#endif
