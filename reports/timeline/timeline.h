/* SPDX-License-Identifier: MIT */
/*
 * timeline - what breaks on which day if nobody acts, of a whole fleet
 *
 * Collected from verdicts one by one; of each event its counts and a few names
 * are kept, so memory does not grow with the fleet, and the same whatever order
 * they come in.  An event is of one day, one
 * kind and one subject: the trust store, the rule or the list that it is about.
 * Whatever lies beyond TIMELINE_DAYS is left out; what is overdue stays in.
 */
#ifndef REPORTS_TIMELINE_TIMELINE_H
#define REPORTS_TIMELINE_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/base/vec.h"

struct buf;
struct error;
struct profile;
struct verdict;

#define TIMELINE_DAYS 400     /* beyond lies a certificate that nobody has issued yet */
#define TIMELINE_EVENTS 16384 /* days of a fleet's past are any; more are counted as dropped */
#define TIMELINE_NAMES 8      /* services kept of an event, the first by name */
#define TIMELINE_OWNERS 1024  /* owners kept of an event; services of others are counted */
#define TIMELINE_SUBJECT 80   /* no profile has a longer id; what was read back may */

enum timeline_kind {
	TIMELINE_LEAF_ENDS,           /* the server's own certificate */
	TIMELINE_PATH_ENDS,           /* the best path of a trust store, before the leaf */
	TIMELINE_DEADLINE,            /* the due day of a finding */
	TIMELINE_WAIVER_ENDS,         /* a waived finding counts again */
	TIMELINE_REVOCATION_EXPECTED, /* served, and to be on a list from that day on */
	TIMELINE_CLIENT_AUTH_ENDS,    /* new certificates have no clientAuth any more */
	TIMELINE_VALIDITY_RULE,       /* new certificates last at most `max_days` */
	TIMELINE_KIND_COUNT,
};
/* "leaf-ends", ...: a contract. */
const char *timeline_kind_name(enum timeline_kind kind);

struct timeline_owner {
	char *name;
	size_t services;
};

struct timeline_event {
	struct instant day;
	enum timeline_kind kind;
	char *subject;    /* a store's, rule's or list's id, printable; "" */
	int64_t max_days; /* of a validity rule */
	size_t services;
	size_t last;                 /* number of the service that was counted last */
	char *names[TIMELINE_NAMES]; /* in their order */
	size_t name_count;
	VEC(struct timeline_owner) owners; /* by name */
	size_t other_services;             /* of owners beyond those */
};

struct timeline {
	const struct profile *profile;
	struct instant as_of;
	enum language language;
	VEC(struct timeline_event *) events; /* by day, kind, subject */
	size_t dropped;                      /* times that an event found no room */
	char *service;                       /* that is being added, and its number */
	size_t number;
};

/* Borrows PROFILE; TIMELINE is released also when it failed. */
MUST_USE bool timeline_init(struct timeline *timeline, const struct profile *profile,
	struct instant as_of, enum language language, struct error *err);
void timeline_release(struct timeline *timeline);

/* The results of one service have to come one after the other. */
MUST_USE bool timeline_add(
	struct timeline *timeline, const struct verdict *verdict, struct error *err);

/* Days from the day of judgement to that of EVENT, negative when it is overdue. */
int64_t timeline_days(const struct timeline *timeline, const struct timeline_event *event);

/* What happens on that day, as a sentence without its stop; appended to OUT. */
void timeline_sentence(const struct timeline_event *event, enum language language, struct buf *out);

/* The first services of an event, at most MOST, and its owners with how many each; "" when there
 * are none. */
void timeline_names(
	const struct timeline_event *event, size_t most, enum language language, struct buf *out);
void timeline_owners(
	const struct timeline_event *event, size_t most, enum language language, struct buf *out);

/* "in 12 days", "today", "12 days ago" */
#define TIMELINE_DISTANCE 48
void timeline_distance(int64_t days, enum language language, char out[static TIMELINE_DISTANCE]);

#endif
