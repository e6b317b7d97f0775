/* SPDX-License-Identifier: MIT */
/*
 * dcv_names - the names of a request, from arguments and files
 *
 * In A-labels, each once, in the order in which they came.
 */
#ifndef CLI_REQUEST_DCV_NAMES_H
#define CLI_REQUEST_DCV_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/limits.h"

struct error;
struct options;

struct dcv_name {
	char domain[LIMIT_HOST_BYTES]; /* without "*." */
	bool is_wildcard;
};

struct dcv_names {
	VEC(struct dcv_name) all;
};

/* An error names the argument, or the file and its line. */
MUST_USE bool dcv_names_read(
	struct dcv_names *names, const struct options *options, struct error *err);
void dcv_names_release(struct dcv_names *names);

/* How many a certificate has to have: a wildcard's bare name comes with it. */
size_t dcv_names_count(const struct dcv_names *names);
bool dcv_names_any_wildcard(const struct dcv_names *names);

#endif
