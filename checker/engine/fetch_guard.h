/* SPDX-License-Identifier: MIT */
/*
 * fetch_guard - addresses that a URL chosen by a remote must not lead to
 *
 * A certificate may say that its list is at http://127.0.0.1/ or at the address of a cloud's
 * metadata service.  Whoever scans from inside a network would then be made to ask what only
 * insiders can (server-side request forgery).  So connections for such URLs are refused at the
 * socket, behind name resolution and redirects, where the address is not one of the public
 * Internet: RFC 6890 and its registries.
 */
#ifndef CHECKER_ENGINE_FETCH_GUARD_H
#define CHECKER_ENGINE_FETCH_GUARD_H

#include <stdbool.h>

struct sockaddr;

bool fetch_guard_is_public(const struct sockaddr *address);

/* Whether both URLs are of the same scheme, host and port, as they are written. */
bool fetch_guard_same_place(const char *url, const char *other);

#endif
