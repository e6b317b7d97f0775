/* SPDX-License-Identifier: MIT */
/*
 * plan - work for a fleet: verdicts in, a folder of named files out
 *
 * Verdicts of one host, port and protocol are one host of the plan, with a piece of work for each
 * address that needs some, and for each further look whose clients are served something else.
 * Hosts with nothing to do get no folder and are counted.  What hosts have in common (the same
 * platform, the same work) is a group of the whole's index.
 *
 * Pure: the files are handed to a sink, by name, whole, in the same order for the same verdicts.
 * Names are made of letters, digits, "." "-" "_" alone, whatever a host is called.
 */
#ifndef REPORTS_PLAN_PLAN_H
#define REPORTS_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/arena.h"
#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/base/vec.h"
#include "checker/target/target.h"
#include "reports/plan/plan_platform.h"
#include "reports/plan/work.h"
#include "rules/verdict.h"

struct buf;
struct error;
struct plan_places;
struct profile;
struct trust;

struct plan_terms {
	const struct profile *profile;
	const char *profile_name;             /* what --profile takes; a file is copied beside */
	const struct buf *profile_text;       /* of that file; NULL for one that is built in */
	const struct trust *trust;            /* the profile's certificates that are at hand */
	const struct plan_platform *platform; /* for all; NULL: what each label says */
	enum language language;
	struct instant today;
	const char *version; /* of the program */
	bool ansible;        /* an inventory and a playbook, too */
};

#define PLAN_FOLDER 120

/* One script with what it puts in place. */
struct plan_piece {
	struct work work;
	char request_file[PLAN_FOLDER]; /* "www.example.hk.cnf"; "" where none is wanted or can be
					   made */
	char script[PLAN_FOLDER];       /* "apply.sh"; "" where there is nothing to run */
	char chain_file[PLAN_FOLDER];   /* "chain.pem"; "" where it is not needed or not at hand */
};

struct plan_host {
	struct target *target; /* owned */
	const struct plan_platform *platform;
	const char *said_platform; /* the label or what it says it is; NULL: nobody said */
	const char *owner;         /* NULL: nobody's */
	const char *file, *key_file, *service; /* labels; "" where there is none */
	char folder[PLAN_FOLDER];
	enum status status; /* the worst */
	enum work_need effort;
	bool has_due;
	struct instant due;
	size_t addresses;               /* that were examined */
	const char *group;              /* the same for hosts that need the same */
	VEC(struct plan_piece) pieces;  /* those that need work */
	VEC(struct plan_piece) waiting; /* those that wait for another node to be put right */
};

struct plan {
	struct plan_terms terms;
	struct arena texts;
	VEC(struct plan_host *) hosts;
	struct plan_places *services; /* where in `hosts`, until it is settled */
	size_t in_order;              /* hosts with nothing to do */
	VEC(const char *) faults;     /* lines of the input that name no service */
};

MUST_USE struct plan *plan_new(const struct plan_terms *terms);
void plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan *, plan_free);

/* VERDICT stays the caller's.  False when memory runs out. */
MUST_USE bool plan_add(struct plan *plan, const struct verdict *verdict);

/* Behind the last verdict: folders, scripts, groups, order. */
MUST_USE bool plan_settle(struct plan *plan);

/* Takes the file PATH ("www.example.hk_443/plan.md"). */
typedef bool plan_sink(
	void *arg, const char *path, const struct buf *bytes, bool executable, struct error *err);
MUST_USE bool plan_write(const struct plan *plan, plan_sink *sink, void *arg, struct error *err);

/* "www.example.hk:443", as people write it; for plan_*.c. */
void plan_host_name(const struct plan_host *host, char *out, size_t size);

/* Of the files of a host's folder: "ssl-ca-3-17-2025.crt", made of letters that a file may have. */
void plan_certificate_file(const struct work_certificate *one, char *out, size_t size);

#endif
