/* SPDX-License-Identifier: MIT */
/*
 * caa_record - who may issue for a name, as the key `caa` of a record
 */
#ifndef REPORTS_RECORD_CAA_RECORD_H
#define REPORTS_RECORD_CAA_RECORD_H

struct caa;
struct json;

/* Nothing when CAA is NULL: it was not asked for. */
void caa_record_put(struct json *json, const struct caa *caa);

#endif
