/* SPDX-License-Identifier: MIT */
/*
 * waived_record - why a finding is let be, as the key `waived` of a record
 */
#ifndef REPORTS_RECORD_WAIVED_RECORD_H
#define REPORTS_RECORD_WAIVED_RECORD_H

struct json;
struct waived;

/* Nothing when it is not. */
void waived_record_put(struct json *json, const struct waived *waived);

#endif
