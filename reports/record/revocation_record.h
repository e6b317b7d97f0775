/* SPDX-License-Identifier: MIT */
/*
 * revocation_record - what lists and answers say of a chain, as the key `revocation` of a record
 */
#ifndef REPORTS_RECORD_REVOCATION_RECORD_H
#define REPORTS_RECORD_REVOCATION_RECORD_H

#include "checker/revoke/revoke.h"

struct json;
struct verdict;

/* "not-revoked", "revoked", "unknown", ...: a contract. */
const char *revocation_record_status(enum revoke_status status);

/* Nothing when there is nothing to say. */
void revocation_record_put(struct json *json, const struct verdict *verdict);

#endif
