/* SPDX-License-Identifier: MIT */
/*
 * plan_places - where in a list something is, by a text
 *
 * For plans of many hosts, which are looked for by what they are called.
 */
#ifndef REPORTS_PLAN_PLAN_PLACES_H
#define REPORTS_PLAN_PLAN_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"

struct plan_places;

MUST_USE struct plan_places *plan_places_new(void);
void plan_places_free(struct plan_places *places);
DEFINE_CLEANUP(struct plan_places *, plan_places_free);

/* False when TEXT is not there. */
bool plan_places_find(const struct plan_places *places, const char *text, size_t *ret_place);

/* TEXT is copied, and must not be there.  False when memory runs out. */
MUST_USE bool plan_places_add(struct plan_places *places, const char *text, size_t place);

#endif
