/* SPDX-License-Identifier: MIT */
/*
 * digest_text - the texts of a digest: printable copies of what others wrote
 *
 * Each is the caller's, and NULL when memory runs out.
 */
#ifndef REPORTS_DIGEST_TEXT_H
#define REPORTS_DIGEST_TEXT_H

#include "checker/base/attr.h"
#include "checker/base/lang.h"

struct target;

/* The door: whatever TEXT is, a short printable copy of it. */
MUST_USE char *digest_text(const char *text);

/* What was SAID, in LANGUAGE; where there is no phrase, the ENGLISH. */
MUST_USE char *digest_text_said(enum language language, const char *said, const char *english);

/*
 * The target as people write it, and what else makes it another one.  A bad
 * line stands as it is, and so does what has no port: a file.
 */
MUST_USE char *digest_text_service(const struct target *target, enum language language);

#endif
