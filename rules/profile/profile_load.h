/* SPDX-License-Identifier: MIT */
/*
 * profile_load - from a profile as written to the profile that is used
 *
 * Private to rules/profile/.  Every function that can fail names the fault
 * with file, line and place, and says false; the caller stops at the first.
 */
#ifndef RULES_PROFILE_PROFILE_LOAD_H
#define RULES_PROFILE_PROFILE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "rules/profile/profile.h"
#include "rules/profile/profile_schema.h"
#include "rules/profile/profile_yaml.h"

struct error;

/* What a struct profile really is: all it points to is here and goes with it. */
struct profile_whole {
	struct profile profile; /* first, so that one is the other */
	struct written_profile *written;
	struct profile_yaml *yaml; /* where everything stands */
	VEC(void *) kept;
};

struct load {
	struct profile_whole *whole;
	struct profile_certificate *certificates; /* the profile's own, while they are made */
	const struct profile_yaml *yaml;
	struct error *err;
};

/* COUNT zeroed items of SIZE bytes that live as long as the profile; NULL only with an error. */
MUST_USE void *profile_load_keep(struct load *load, size_t count, size_t size);

/* profile_load_certs.c: all certificates and what they lead to. */
MUST_USE bool profile_load_certificates(struct load *load);

/* profile_load_request.c: holds `request` and `dcv` against what they may say. */
MUST_USE bool profile_load_request(struct load *load);
MUST_USE bool profile_load_dcv(struct load *load);

/* profile_load_field.c: single values.  An absent one (NULL) is fine everywhere. */
void profile_load_place(char out[static PROFILE_PLACE], const char *fmt, ...) PRINTF_LIKE(2, 3);
MUST_USE bool profile_load_id(const struct load *load, const char *place, const char *id);
MUST_USE bool profile_load_url(const struct load *load, const char *place, const char *url);
MUST_USE bool profile_load_day(const struct load *load, const char *place, const char *text,
	bool *ret_has, struct instant *ret_day);

/* Makes TEXT lower case; exactly LEN digits. */
MUST_USE bool profile_load_hex(const struct load *load, const char *place, char *text, size_t len);
MUST_USE bool profile_load_range(const struct load *load, const char *place, const uint32_t *value,
	uint32_t min, uint32_t max);

/* The ids at PLACE to the certificates that they name, each at most once. */
MUST_USE bool profile_load_one(const struct load *load, const char *place, const char *id,
	const struct profile_certificate **ret_certificate);
MUST_USE bool profile_load_several(struct load *load, const char *place, char *const *ids,
	size_t count, const struct profile_certificate *const **ret_certificates);

/* A list of words without one twice. */
MUST_USE bool profile_load_words(
	const struct load *load, const char *place, char *const *words, size_t count);
/* ... as NULL-terminated texts of the profile. */
MUST_USE bool profile_load_texts(struct load *load, const char *place, char *const *words,
	size_t count, const char *const **ret_texts);

#endif
