/* SPDX-License-Identifier: MIT */
/*
 * lang_catalogue - every text and its translations; made from po/ by po/embed.py
 */
#ifndef CHECKER_BASE_LANG_CATALOGUE_H
#define CHECKER_BASE_LANG_CATALOGUE_H

#include <stddef.h>

#include "checker/base/lang.h"

struct lang_row {
	const char *text;                       /* English; the rows are sorted by it */
	const char *translated[LANGUAGE_COUNT]; /* NULL: none */
};

extern const struct lang_row lang_rows[];
extern const size_t lang_row_count;

#endif
