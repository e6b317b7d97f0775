/* SPDX-License-Identifier: MIT */
/*
 * lang - the languages people are spoken to in, and what a text is in each
 *
 * Texts stand in the code in English; the catalogues made from po/ are built in,
 * so nothing depends on what is installed.  A text without a translation stays
 * English.  Ids, keys, names of options and exit codes are never translated.
 *
 * How a text is marked, so that it is found (tests/lint/po.py has the list):
 *
 *	lang_text(language, "What to do")   here and now
 *	lang_plural(language, "%zu service", "%zu services", count)
 *	N_("critical")                      in a table; lang_text() when it is used
 *	PHRASE("is not valid yet")          to fill a %s of another text (phrase.h)
 *
 * and nothing at all in the format of finding_say(), error_set(),
 * observation_end(), console_warn() and their like, which are known to speak.
 *
 * A text is a sentence or a label, whole: two pieces that follow each other are
 * in another order elsewhere.  The places in it are %s, %d, %u, %zu, %llu and
 * the like, never PRIu64.  A text is a literal where it is marked, not a macro.
 */
#ifndef CHECKER_BASE_LANG_H
#define CHECKER_BASE_LANG_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

enum language { LANGUAGE_EN, LANGUAGE_ZH_HANT, LANGUAGE_ZH_HANS, LANGUAGE_COUNT };

/* "en", "zh-Hant", "zh-Hans"; also what a locale calls them ("zh_HK.UTF-8"). */
MUST_USE bool language_by_name(const char *name, enum language *ret_language);

/* As BCP 47 has it: "en", "zh-Hant", "zh-Hans". */
const char *language_name(enum language language);

/* Marks a text that is translated where it is used. */
#define N_(text) text

/* TEXT in LANGUAGE. */
const char *lang_text(enum language language, const char *text) FORMAT_OF(2);

/* ONE for a COUNT of one, else MANY; the catalogues know it by ONE. */
const char *lang_plural(enum language language, const char *one, const char *many, size_t count)
	FORMAT_OF(2) FORMAT_OF(3);

/* Is TEXT one that the catalogues have?  Texts from outside may look like one. */
bool lang_knows(const char *text);

#endif
