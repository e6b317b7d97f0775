/* SPDX-License-Identifier: MIT */
/*
 * proxy - a proxy as the user named it
 *
 * http://[USER:PASSWORD@]HOST[:PORT] asks with CONNECT (RFC 9110, 9.3.6);
 * socks5h://[USER:PASSWORD@]HOST[:PORT] speaks SOCKS 5 (RFC 1928, RFC 1929).  Either way the names
 * of targets are resolved by the proxy and never here.  The ports that go without saying are 80 and
 * 1080.
 */
#ifndef CHECKER_ENGINE_PROXY_H
#define CHECKER_ENGINE_PROXY_H

#include <stdint.h>

#include "checker/base/attr.h"

struct error;

enum proxy_kind { PROXY_HTTP, PROXY_SOCKS5 };

struct proxy {
	enum proxy_kind kind;
	char *host; /* A-label or address literal */
	uint16_t port;
	char *user, *password; /* percent-decoded; NULL: none */
};

/* ERR says what is wrong with TEXT, without repeating a password. */
MUST_USE struct proxy *proxy_new(const char *text, struct error *err);
void proxy_free(struct proxy *proxy);
DEFINE_CLEANUP(struct proxy *, proxy_free);

#endif
