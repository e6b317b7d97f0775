/* SPDX-License-Identifier: MIT */
/*
 * timeline - what breaks on which day if nobody acts, of a whole fleet
 *
 * Collected from verdicts one by one; of each event its counts and a few names
 * are kept, so memory does not grow with the fleet.  An event is of one day, one
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

struct error;
struct profile;
struct verdict;

#define TIMELINE_DAYS 400    /* beyond lies a certificate that nobody has issued yet */
#define TIMELINE_EVENTS 8192 /* days of a fleet's past are any; more are counted as dropped */
#define TIMELINE_NAMES 8     /* services kept of an event */
#define TIMELINE_OWNERS 32   /* owners kept of an event; services of others are counted */

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
	const char *subject; /* a store's, rule's or list's id, static or the profile's; "" */
	int64_t max_days;    /* of a validity rule */
	size_t services;
	size_t last; /* number of the service that was counted last */
	char *names[TIMELINE_NAMES];
	size_t name_count;
	struct timeline_owner owners[TIMELINE_OWNERS];
	size_t owner_count;
	size_t other_services; /* of owners beyond those */
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

#endif
