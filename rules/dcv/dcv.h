/* SPDX-License-Identifier: MIT */
/*
 * dcv - will a CA find that the applicant controls the name?
 *
 * Judges what was seen of a name (checker/dcv/dcv_seen.h) as the CA of a profile would on a day, by
 * each method that its product has.  What binds every public CA comes from the Baseline
 * Requirements and the RFCs and stands here; what is one CA's own comes from its profile: path,
 * time to live, days, methods of a product, names of the CA, exempt names.
 *
 * Pure.  What it cannot know stays unknown: whether somebody reads an e-mail, what a CA sees from
 * other continents, what was not compared.
 */
#ifndef RULES_DCV_DCV_H
#define RULES_DCV_DCV_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "checker/limits.h"
#include "rules/dcv/dcv_content.h"

struct dcv_seen;
struct error;
struct profile;
struct profile_product;

enum dcv_method {
	DCV_FILE,
	DCV_DNS,
	DCV_EMAIL,
	DCV_METHODS,
	DCV_ALL = DCV_METHODS, /* whatever the method */
};
const char *dcv_method_name(enum dcv_method method); /* "file": a contract */

enum dcv_outcome {
	DCV_PASS,
	DCV_FAIL,
	DCV_OPEN,        /* it could not be found out */
	DCV_NOT_OFFERED, /* not by this method: the product does not have it, or nobody asked */
	DCV_EXEMPT,      /* nothing has to be proved */
	DCV_OUTCOMES,
};
const char *dcv_outcome_name(enum dcv_outcome outcome); /* "pass": a contract */

/* How much a finding matters. */
enum dcv_level {
	DCV_LEVEL_NOTE,
	DCV_LEVEL_ADVICE, /* it will pass all the same */
	DCV_LEVEL_OPEN,   /* whether it passes is not known */
	DCV_LEVEL_FATAL,
};

enum dcv_fault {
#define DCV_FAULT(symbol, id, method, level, fix) DCV_FAULT_##symbol,
#include "rules/dcv/faults.def"
#undef DCV_FAULT
	DCV_FAULT_COUNT,
};
struct dcv_fault_row {
	const char *id; /* a contract */
	enum dcv_method method;
	enum dcv_level level;
	const char *fix; /* what to do, or NULL */
};
const struct dcv_fault_row *dcv_fault_row(enum dcv_fault fault);

struct dcv_finding {
	enum dcv_fault fault;
	char said[700]; /* a phrase */
};

/* What is asked, for all names of a request alike. */
struct dcv_request {
	const struct profile *profile;
	const struct profile_product *product; /* NULL: the profile knows none */
	unsigned methods;                      /* enum profile_method, those wanted; 0: all */
	size_t names;                          /* different ones of the request */
	struct dcv_code code;
	struct instant now;
	bool has_issued;
	struct instant issued; /* the day of the code */
};

struct dcv_verdict {
	char name[LIMIT_HOST_BYTES + 2]; /* with "*." */
	enum dcv_outcome outcome;
	enum dcv_outcome methods[DCV_METHODS];
	VEC(struct dcv_finding) findings; /* the worst first, by method */
	bool failed;                      /* memory ran out */
};

/* The methods of the request's product, those wanted among them: enum profile_method. */
unsigned dcv_methods(const struct dcv_request *request);

/* The suffix of NAME (in A-labels) under which nothing has to be proved; NULL for none. */
const char *dcv_exempt_suffix(const struct dcv_request *request, const char *name);

/* The last day on which the code is good; false when nobody says. */
MUST_USE bool dcv_last_day(const struct dcv_request *request, struct instant *ret_day);

/* How many further places the CA has to look from on that day (Baseline Requirements, 3.2.2.9). */
unsigned dcv_perspectives(struct instant now);

void dcv_judge(const struct dcv_request *request, const struct dcv_seen *seen,
	struct dcv_verdict *ret_verdict);
void dcv_verdict_release(struct dcv_verdict *verdict);

/* Of all names by one method: the worst of them. */
enum dcv_outcome dcv_by_method(
	const struct dcv_verdict *verdicts, size_t count, enum dcv_method method);

/* Of the whole request. */
enum dcv_outcome dcv_whole(
	const struct dcv_request *request, const struct dcv_verdict *verdicts, size_t count);

/* FMT as phrase_say() has it.  For dcv_judge*.c. */
void dcv_say(struct dcv_verdict *verdict, enum dcv_fault fault, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
