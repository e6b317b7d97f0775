/* SPDX-License-Identifier: MIT */
/*
 * dcv_stage - a name at which all is well, and what a table changes of it
 *
 * Two resolvers, two name servers, an address of each kind with the file by both schemes.  Test
 * code only; a failure aborts.
 */
#ifndef TESTS_DCV_STAGE_H
#define TESTS_DCV_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/buf.h"
#include "checker/base/clock.h"
#include "checker/dcv/dcv_seen.h"
#include "rules/dcv/dcv.h"

#define DCV_CODE "4f1c9a7be02d"
#define DCV_NAME "www.example.hk"
#define DCV_V4 "203.0.113.7"
#define DCV_V6 "2001:db8::7"

/* What a row has for its finding when there should be none. */
#define DCV_NONE DCV_FAULT_COUNT

struct dcv_row {
	const char *descr;
	void (*change)(struct dcv_seen *seen);
	enum dcv_outcome outcome, file, dns;
	enum dcv_fault fault; /* that is found */
};

/* The profile hongkong-post, a code, product server, 2026-11-27.  REQUEST is good until release. */
struct dcv_stage {
	struct profile *profile;
	struct buf file;
	struct dcv_request request;
};
void dcv_stage_init(struct dcv_stage *stage);
void dcv_stage_release(struct dcv_stage *stage);

/* Judges each row, and that no finding says the code. */
void dcv_stage_rows(const struct dcv_stage *stage, const struct dcv_row *rows, size_t count);

struct instant dcv_stage_day(const char *text);
void dcv_stage_seen(struct dcv_seen *seen);

/* Looks 0 and 1 are the resolvers', 2 and 3 the name servers'; visits 0 and 1 are the IPv4
 * address's by http and https, 2 and 3 the other one's. */
#define LOOK(number) (&seen->looks.items[number])
#define VISIT(number) (&seen->visits.items[number])

void dcv_stage_text(struct dcv_look *look, const char *text);
void dcv_stage_no_text(struct dcv_look *look);
void dcv_stage_body(struct dcv_visit *visit, const char *text);
void dcv_stage_end(struct dcv_visit *visit, enum dcv_end how);
struct dcv_hop *dcv_stage_hop(struct dcv_visit *visit, const char *url, long status);
void dcv_stage_without_file(struct dcv_seen *seen);
void dcv_stage_caa(struct dcv_seen *seen, const char *tag, const char *value);

bool dcv_stage_has(const struct dcv_verdict *verdict, enum dcv_fault fault);

/* Findings but those of e-mail, which nobody can look at. */
size_t dcv_stage_grave(const struct dcv_verdict *verdict);

#endif
