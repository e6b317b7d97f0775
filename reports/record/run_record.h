/* SPDX-License-Identifier: MIT */
/*
 * run_record - what a record says of the run that it is of
 */
#ifndef REPORTS_RECORD_RUN_RECORD_H
#define REPORTS_RECORD_RUN_RECORD_H

struct json;
struct verdict_run;

/* The member "run" of the object that is open; nothing for NULL. */
void run_record_put(struct json *json, const struct verdict_run *run);

#endif
