/* SPDX-License-Identifier: MIT */
/*
 * redirect - whether a CA may follow a redirect while it validates a domain
 *
 * Baseline Requirements, 3.2.2.4.18: only an HTTP status of 301, 302, 307 or 308 redirects, to the
 * URL in its Location, of scheme http or https, on an authorised port (1.6.1: 80, 443, 22, 25). Any
 * host will do.  How many in a row is not said there; LIMIT_DCV_REDIRECTS is what CAs follow. Pure.
 */
#ifndef CHECKER_DCV_REDIRECT_H
#define CHECKER_DCV_REDIRECT_H

#include <stdbool.h>

#include "checker/base/attr.h"
#include "checker/limits.h"

enum redirect {
	REDIRECT_NONE, /* the answer is no redirect */
	REDIRECT_ALLOWED,
	REDIRECT_ODD_PORT, /* 22 or 25: authorised, but nobody's idea of the Web */
	REDIRECT_STATUS,   /* of the class 3xx, but none that counts */
	REDIRECT_NOWHERE,  /* without a Location that can be read */
	REDIRECT_SCHEME,
	REDIRECT_PORT,
	REDIRECT_USER, /* with a user name or password, which nobody sends */
};

/* LOCATION is absolute, or NULL. */
enum redirect redirect_judge(long status, const char *location);

/* May the visit go on there? */
bool redirect_leads_on(enum redirect redirect);

/* Of an absolute URL of http or https: whose host is a name or an address (without brackets). */
struct redirect_place {
	bool https;
	bool has_user;
	unsigned port;
	char host[LIMIT_HOST_BYTES]; /* small letters */
};
MUST_USE bool redirect_place(const char *url, struct redirect_place *ret_place);

#endif
