/* SPDX-License-Identifier: MIT */
/*
 * share - key shares of TLS 1.3 (RFC 8446, 4.2.8) that cost nothing
 *
 * Our public value is the group's own generator: it belongs to the private value 1, so the shared
 * secret is the server's public value, and nothing has to be computed.  That is no secret, and
 * needs to be none: what it protects is the server's first flight, which servers of TLS 1.2 send
 * in clear.  See docs/adr/0006-a-reader-of-our-own.md.
 */
#ifndef CHECKER_TLS_SHARE_H
#define CHECKER_TLS_SHARE_H

#include "checker/tls/bytes.h"
#include "checker/tls/offer.h"

#define SHARE_BYTES 1024u /* room for any public value: ffdhe8192 */

/* Our public value in GROUP, of group->share_len bytes. */
void share_write(const struct offer_group *group, uint8_t *ret_share);

/*
 * The shared secret, out of what the server sent as its own (RFC 8446, 7.4); borrows from it.
 * False when that is no public value of GROUP: another length, another form, or one of those
 * that would make the secret a constant.
 */
MUST_USE bool share_secret(
	const struct offer_group *group, struct bytes theirs, struct bytes *ret_secret);

#endif
