/* SPDX-License-Identifier: MIT */
/*
 * tunnel - the words that make a proxy connect us to a target
 *
 * A machine like starttls.h: fed what the proxy says, it says what to send; it owns no socket and
 * looks at no clock, and how the bytes are cut into reads makes no difference to it.  Bytes behind
 * the proxy's last one belong to the target: tunnel_feed() says how many it took.
 */
#ifndef CHECKER_ENGINE_TUNNEL_H
#define CHECKER_ENGINE_TUNNEL_H

#include <stddef.h>
#include <stdint.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/engine/proxy.h"
#include "checker/observation.h"

enum tunnel_progress {
	TUNNEL_MORE,
	TUNNEL_READY,  /* what follows is the target's */
	TUNNEL_FAILED, /* see outcome and message */
};

struct tunnel {
	const struct proxy *proxy;
	const char *host; /* name or address literal, for the proxy to resolve */
	uint16_t port;
	enum tunnel_progress progress;
	unsigned step;
	size_t total;   /* bytes the proxy said so far */
	struct buf in;  /* of an answer that is not whole yet */
	struct buf out; /* to be sent; the caller takes it away */
	enum outcome outcome;
	char message[160]; /* printable English; names the proxy */
	char said[200];    /* the same as a phrase */
	bool passing;      /* another try may go better */
};

/*
 * PROXY and HOST are borrowed.  The first words are in `out` at once; TUNNEL_FAILED when there is
 * no memory for them.
 */
void tunnel_init(struct tunnel *tunnel, const struct proxy *proxy, const char *host, uint16_t port);
void tunnel_release(struct tunnel *tunnel);

/* *RET_TAKEN of the LEN bytes were the proxy's. */
enum tunnel_progress tunnel_feed(
	struct tunnel *tunnel, const void *bytes, size_t len, size_t *ret_taken);

#endif
