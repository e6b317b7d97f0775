/* SPDX-License-Identifier: MIT */
/*
 * review_parts - the questions that a review is made of
 *
 * Between review.c and review_*.c, and nobody else's business.
 */
#ifndef RULES_REQUEST_REVIEW_PARTS_H
#define RULES_REQUEST_REVIEW_PARTS_H

#include "checker/csr/csr.h"
#include "rules/request/review.h"

struct key_type;

/* What is asked for, whether there is a key already or not. */
struct review_statement {
	const struct csr_name *names;
	size_t count;
	const struct csr_attribute *attributes;
	size_t attribute_count;
	bool has_san;
};

const struct csr_attribute *review_attribute(
	const struct review_statement *statement, const char *type);

/* review_names.c: the names, each by itself and against the product and the application. */
void review_names(struct review *review, const struct review_statement *statement,
	const struct review_terms *terms);

/* review_subject.c: the subject and the extensions. */
void review_subject(struct review *review, const struct review_statement *statement,
	const struct review_terms *terms);
void review_extensions(
	struct review *review, const struct csr *csr, const struct review_terms *terms);

/* review_key.c: the key, and the signature that shows it. */
void review_key_type(
	struct review *review, const struct key_type *type, const struct review_terms *terms);
void review_key(struct review *review, const struct csr *csr, const struct review_terms *terms);

#endif
