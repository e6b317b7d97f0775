/* SPDX-License-Identifier: MIT */
/*
 * option_values - from the text behind an option to the value it means
 *
 * Pure functions.  Every error is one line with the option and the value in it.
 */
#ifndef CLI_OPTIONS_OPTION_VALUES_H
#define CLI_OPTIONS_OPTION_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

struct error;
struct probe_choice;
struct report_format;

/* The name or address of a server, as certificates have it. */
MUST_USE bool value_server(
	const char *option, const char *text, char out[static LIMIT_HOST_BYTES], struct error *err);

/* A whole number from MIN to MAX. */
MUST_USE bool value_whole(const char *option, const char *text, unsigned min, unsigned max,
	unsigned *ret_value, struct error *err);

/* A number above zero and up to MAX, with or without decimals ("2.5"); "." in any locale. */
MUST_USE bool value_decimal(
	const char *option, const char *text, double max, double *ret_value, struct error *err);

/* As value_decimal(), or 0 for no limit. */
MUST_USE bool value_limit(
	const char *option, const char *text, double max, double *ret_value, struct error *err);

/* One of COUNT names; its number. */
MUST_USE bool value_choice(const char *option, const char *text, const char *const names[],
	size_t count, size_t *ret_choice, struct error *err);

/* A format of this version; one that is only in the contract so far is told from no format. */
MUST_USE bool value_format(const char *option, const char *text,
	const struct report_format **ret_format, struct error *err);

/*
 * "F:FILE" or "FILE": the format, which is NULL for a plain file, and where the
 * file's name begins in TEXT.  A path with a colon whose beginning is no format is a path.
 */
MUST_USE bool value_output(const char *text, const struct report_format **ret_format,
	const char **ret_path, struct error *err);

/* "NAME=FILE": the length of the name and where the file's name begins. */
MUST_USE bool value_store(
	const char *text, size_t *ret_name_len, const char **ret_file, struct error *err);

/* "auto", "all", "none", or names of looks with commas between them; `repeat` stays as it is. */
MUST_USE bool value_probe(
	const char *text, bool *ret_auto, struct probe_choice *choice, struct error *err);

/* True when A could be a slip for B: part of it, or two letters away. */
bool value_is_near(const char *a, const char *b);

#endif
