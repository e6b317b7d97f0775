/* SPDX-License-Identifier: MIT */
/*
 * survey_parts - the rounds of a survey, each for all its names at once
 *
 * Private to checker/survey/.
 */
#ifndef CHECKER_SURVEY_SURVEY_PARTS_H
#define CHECKER_SURVEY_SURVEY_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/vec.h"
#include "checker/dcv/dcv_seen.h"
#include "checker/engine/resolve_direct.h"
#include "checker/survey/survey.h"

struct dns_message;
struct error;

struct survey {
	struct survey_options options;
	struct resolve_direct *direct;
	struct dcv_seen *seen; /* of the run */
	size_t count;
	struct error *err;
};

/* Questions that are asked together, and what each answer is for. */
struct round_part {
	struct dcv_seen *seen;
	void (*take)(struct survey *survey, struct dcv_seen *seen, size_t which,
		const struct resolve_question *question);
	size_t which;
};
struct round {
	VEC(struct resolve_question) questions;
	VEC(struct round_part) parts;
	VEC(char *) texts;
	bool failed; /* memory ran out */
};

/* SERVER and NAME are copied; FLAGS are these. */
#define ROUND_RECURSE 1u
#define ROUND_UNCHECKED 2u
struct round_ask {
	const char *server, *name;
	int type;
	unsigned flags;
};
void round_add(struct round *round, struct round_ask ask, struct round_part part);

/* Asks them, hands each answer to its part, and empties the round; false with the survey's error.
 */
MUST_USE bool round_run(struct survey *survey, struct round *round);

/* The resolver that answered for SEEN, or the first one. */
const char *survey_resolver(const struct survey *survey, const struct dcv_seen *seen);

/* survey_zone.c: the zone, its keys, its servers and what they say. */
MUST_USE bool survey_zone(struct survey *survey);
/* survey_dns.c: resolvers, CAA, mail, names above. */
MUST_USE bool survey_dns(struct survey *survey);
/* survey_web.c */
MUST_USE bool survey_web(struct survey *survey);

/* What ANSWER says of TXT records of the name, into LOOK. */
MUST_USE bool survey_take_texts(const struct survey *survey, const struct dcv_seen *seen,
	const struct resolve_question *question, struct dcv_look *look);

/* TXT records of another name than the one that is asked for; WHICH: it has the domain twice. */
void survey_take_other(struct survey *survey, struct dcv_seen *seen, size_t which,
	const struct resolve_question *question);

bool survey_is_private(const struct survey *survey, const char *address);

#endif
