/* SPDX-License-Identifier: MIT */
/*
 * history - what earlier runs found, in one SQLite file
 *
 * The only door to SQLite.  A file holds runs, and of each run its results: status, how it
 * ended, the leaf, the issuing certificate, the findings by rule.  Certificates and messages
 * stay in the records (docs/formats.md); this is for what becomes of a fleet over months.
 *
 * Several runs may write at once: the journal is a write-ahead log, each transaction is short
 * and waits for the others.  Results are kept in memory for the next transaction, some
 * hundreds at most.  A run that never came to its end is there with what it had found by then,
 * is called broken off, and counts for nothing.
 *
 * A file of a newer chainmend, or of another program, is an error and is left alone; one of
 * an older chainmend is brought up to date when it is opened for writing.
 *
 * For one thread at a time.
 */
#ifndef REPORTS_HISTORY_HISTORY_H
#define REPORTS_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "rules/verdict.h"

struct curve;
struct error;
struct history;
struct profile;

/* To write: made when it is not there.  To read: it has to be there, and is not changed. */
MUST_USE struct history *history_open(const char *path, struct error *err);
MUST_USE struct history *history_open_to_read(const char *path, struct error *err);
void history_free(struct history *history);
DEFINE_CLEANUP(struct history *, history_free);

struct history_start {
	const struct profile *profile;
	struct instant began, as_of;
	const char *version; /* of this program */
	size_t targets;
	const char *key; /* tells a run that may go on another time from all others, or NULL */
	bool goes_on;    /* there was a part of it before, under the same key */
};

MUST_USE bool history_begin(
	struct history *history, const struct history_start *start, struct error *err);

/* A result of the run that was begun; one of the same service takes the place of an earlier. */
MUST_USE bool history_add(
	struct history *history, const struct verdict *verdict, struct error *err);

/* What was added is in the file. */
MUST_USE bool history_commit(struct history *history, struct error *err);

MUST_USE bool history_finish(
	struct history *history, struct instant ended, bool interrupted, struct error *err);

/* As it is read; texts are valid during the call that is given them. */
struct history_run {
	int64_t id;
	const char *began, *ended; /* RFC 3339; ENDED NULL when it never came to that */
	const char *as_of, *profile, *version;
	const char *deadline; /* the day, or NULL */
	bool interrupted;
	size_t targets;
	size_t results[STATUS_COUNT];
	size_t open; /* services with something of the migration to do */
};

/* Calls SAY for each run, oldest first; of PROFILE's runs alone unless that is NULL. */
MUST_USE bool history_runs(struct history *history, const char *profile,
	void (*say)(void *arg, const struct history_run *run), void *arg, struct error *err);

/* Adds a point for each run of PROFILE that came to its end, before the point in time BEFORE unless
 * that is NULL, and the deadline of the last. */
MUST_USE bool history_curve(struct history *history, const char *profile,
	const struct instant *before, struct curve *curve, struct error *err);

struct history_moment {
	int64_t run;
	const char *time;                            /* of the run */
	const char *host, *protocol, *address, *sni; /* ADDRESS and SNI may be "" */
	unsigned port;
	const char *status, *error; /* ERROR: error.kind, or NULL */
	const char *leaf;           /* fingerprint, or NULL */
	const char *not_after;      /* of the leaf, or NULL */
	const char *issuing;        /* the profile's id of the issuing certificate, or NULL */
	const char *rules;          /* "critical migration.retired-intermediate; ...", or "" */
};

/*
 * Calls SAY for each result of the services of HOST (all ports, or PORT when that is not 0),
 * service by service, oldest first.
 */
MUST_USE bool history_host(struct history *history, const char *host, unsigned port,
	void (*say)(void *arg, const struct history_moment *moment), void *arg, struct error *err);

#endif
