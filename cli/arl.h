/* SPDX-License-Identifier: MIT */
/*
 * arl - what is to be said of a profile's revocation lists by themselves
 *
 * For cmd_arl.c.  An entry borrows everything from the setup it was made of.
 */
#ifndef CLI_ARL_H
#define CLI_ARL_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/base/clock.h"
#include "checker/base/lang.h"
#include "checker/base/vec.h"
#include "checker/revoke/revoke.h"

struct buf;
struct profile_certificate;
struct profile_list;
struct revoke_list;
struct setup;
struct supply_origin;

enum arl_status { ARL_OK, ARL_WARNING, ARL_CRITICAL, ARL_UNREACHABLE };
const char *arl_status_name(enum arl_status status); /* as those of results (formats.md) */

/* One of the profile's certificates that is of the list's issuer. */
struct arl_certificate {
	const struct profile_certificate *known;
	struct revoke_answer answer;
	bool expected; /* the CA promised to list it */
	bool overdue;  /* ... and the day has come */
};

struct arl {
	const struct profile_list *wanted;
	const struct revoke_list *list;
	const struct supply_origin *origin;
	struct instant now;
	enum arl_status status;
	bool has_description;
	struct revoke_description said;
	VEC(struct arl_certificate) certificates;
};

/* The state of the profile's list with that number; false when memory runs out. */
MUST_USE bool arl_make(const struct setup *setup, size_t number, struct arl *ret_arl);
void arl_release(struct arl *arl);

const char *arl_state_name(const struct arl *arl); /* good, unavailable, expired, invalid */
const char *arl_way_name(const struct arl *arl);   /* fetched, unchanged, cached, kept, none */

/* For people; and one JSON object, false when it does not fit. */
void arl_put_text(const struct arl *arl, enum language language, struct buf *out);
MUST_USE bool arl_put_json(const struct arl *arl, const struct setup *setup, struct buf *out);

#endif
