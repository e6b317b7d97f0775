/* SPDX-License-Identifier: MIT */
/*
 * finding - one fault of one endpoint: the rule, how bad, where, what to do
 */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/base/vec.h"
#include "checker/cert/cert.h"
#include "checker/observation.h"
#include "rules/rule.h"

/* What an action does.  The names are a contract. */
enum action_kind {
	ACTION_INSTALL_CERTIFICATE, /* add it to what the server sends */
	ACTION_REMOVE_CERTIFICATE,
	ACTION_REORDER_CHAIN,       /* send what is there, leaf first, issuers upward */
	ACTION_REQUEST_CERTIFICATE, /* ask the CA for a new leaf */
	ACTION_REPLACE_LEAF,        /* another certificate that is there already has to be served */
	ACTION_UPDATE_TLS,          /* enable TLS 1.2 or later */
	ACTION_COUNT,
};
const char *action_kind_name(enum action_kind kind);

#define ACTION_CERTIFICATE 128

struct action {
	enum action_kind kind;
	char certificate[ACTION_CERTIFICATE]; /* the profile's id, or a fingerprint for one it does
						 not know; "" when none */
};

#define FINDING_ACTIONS 8
#define FINDING_TEXT 400

#define WAIVED_REASON 240
#define WAIVED_BY 80

/* Somebody has decided to live with it (waivers.h): it counts for no status. */
struct waived {
	bool is;
	struct instant until; /* the day on which that ends */
	char reason[WAIVED_REASON];
	char by[WAIVED_BY];
};

struct finding {
	enum look_kind look; /* which showed it: LOOK_MAIN, or a further one alone */
	enum rule_id rule;
	enum severity severity;
	char message[FINDING_TEXT]; /* one printable sentence in English, complete in itself */
	char said[FINDING_TEXT +
		  40]; /* the same as a phrase, for those who read another language */
	bool has_due;
	struct instant due;                 /* the day from which it is at its worst */
	char certificate[FINGERPRINT_TEXT]; /* the certificate it is about, or "" */
	struct action actions[FINDING_ACTIONS];
	size_t action_count;
	struct waived waived;
};

struct finding_list {
	VEC(struct finding) all;
};

void finding_list_release(struct finding_list *list);

/* Appends an empty finding of RULE at its catalogue severity; NULL when memory runs out. */
struct finding *finding_list_add(struct finding_list *list, enum rule_id rule);

/* The same, about CERT. */
struct finding *finding_list_add_about(
	struct finding_list *list, enum rule_id rule, const struct cert *cert);

/* Worst first, then by rule id, those that are waived behind all others: the order of every
 * report. */
void finding_list_sort(struct finding_list *list);

/* Is it something to be done, neither a note nor waived? */
bool finding_counts(const struct finding *finding);

/* Does a finding that counts ask for action number ACTION of finding number FINDING before that one
 * does?  Two may ask for the same. */
bool finding_list_asks_before(const struct finding_list *list, size_t finding, size_t action);

/* FMT as phrase_say() has it; rules speak English, and reports may say it in another language. */
void finding_say(struct finding *finding, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Its message in LANGUAGE, with the look that showed it where that was a further one: what only
 * some clients see is not found by who looks there with one of the others.  Gives OUT. */
const char *finding_text(
	const struct finding *finding, enum language language, char *out, size_t size);

/* Adds an action unless it is there already; CERTIFICATE may be NULL. */
void finding_act(struct finding *finding, enum action_kind kind, const char *certificate);

#endif
