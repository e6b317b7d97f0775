/* SPDX-License-Identifier: MIT */
/*
 * digest - what a report for people remembers of each verdict, and groups of it
 *
 * People are shown problems, not hosts: results that need the same work for the
 * same reasons are one block.  So nothing can be printed before the last result
 * is in, and of each only what will be printed is kept: some two hundred bytes
 * for a result that is in order.
 *
 * Texts in here are printable: what an input or a remote wrote was made so on
 * its way in.
 */
#ifndef REPORTS_DIGEST_H
#define REPORTS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/vec.h"
#include "reports/step.h"
#include "rules/finding.h"
#include "rules/verdict.h"

struct error;
struct report_run;

struct digest_item {
	enum rule_id rule;
	enum severity severity;
	bool has_due, has_actions;
	struct instant due;
	char *message;
	char *waiver; /* "REASON (BY, until DAY)"; NULL when it counts */
};

/* One certificate as it was served. */
struct digest_link {
	enum role role;
	const char *known_as; /* the profile's id, or NULL */
	char *name;
	struct instant not_before, not_after;
	bool readable;
	char print[FINGERPRINT_TEXT];
};

struct digest_path {
	size_t store; /* in the profile */
	enum answer trusted;
	enum completion completed_by;
	char *reason;
};

/* What was seen of one endpoint, for those who want to look themselves. */
struct digest_evidence {
	VEC(struct digest_link) links;
	VEC(struct digest_path) paths;
};

struct digest_entry {
	size_t number; /* in the order in which they were added, from 0 */
	char *service; /* "www.example.hk:443", "mail.example.hk:25 smtp" */
	char *address; /* NULL unless the service has several */
	char *owner;   /* the label, or NULL */
	char *error;   /* how the connection ended, or NULL */
	char *key;     /* the same for entries that need the same work; NULL when there is none */
	char *issuer;  /* common name of the leaf's; only when out of scope */
	enum status status;
	enum outcome outcome;
	char version[16];
	size_t addresses_dropped; /* of the name, that nobody looked at */
	bool has_leaf, legacy_offer;
	enum proof proven;
	struct instant not_after; /* of the leaf */
	const char *issuing;      /* the profile's id of the issuing certificate served, or NULL */
	VEC(struct digest_item) items;    /* worst first, notes at the end */
	size_t faults;                    /* items that are no notes */
	VEC(struct digest_item) waived;   /* those that count for nothing, in no order */
	VEC(struct step) steps;           /* of the faults, in the order to do them */
	struct digest_evidence *evidence; /* when verbose, or of the only one; else NULL */
};

/* Entries that are one problem: ENTRIES[0] to [COUNT - 1] share status, outcome and key. */
struct digest_block {
	const struct digest_entry *entries;
	size_t count;
	size_t services; /* those of a service with several addresses counted once */
};

struct digest {
	const struct report_run *run;
	VEC(struct digest_entry) entries;
	VEC(struct digest_block) blocks;
};

void digest_init(struct digest *digest, const struct report_run *run);
void digest_release(struct digest *digest);

MUST_USE bool digest_add(struct digest *digest, const struct verdict *verdict, struct error *err);

/*
 * Puts entries and blocks in the order of a report: by status as
 * digest_rank() says, then the block with most services first.
 */
MUST_USE bool digest_settle(struct digest *digest, struct error *err);

/* critical 0, warning, unreachable, out-of-scope, ok 4 */
size_t digest_rank(enum status status);

/* Different services among COUNT sorted entries. */
size_t digest_services(const struct digest_entry *entries, size_t count);

/* Do all entries of BLOCK agree in item or step number PLACE? */
bool digest_same_message(const struct digest_block *block, size_t place);
bool digest_same_due(const struct digest_block *block, size_t place);
bool digest_same_step(const struct digest_block *block, size_t place);

#endif
