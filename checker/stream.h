/* SPDX-License-Identifier: MIT */
/*
 * stream - one TCP connection on a loop, and what its errors mean
 *
 * Knows sockets and nothing of what goes through them.  An errno says something
 * about the remote, or about this machine only: the two are kept apart here.
 */
#ifndef CHECKER_STREAM_H
#define CHECKER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/observation.h"

struct address;
struct loop;
struct loop_watch;

struct stream {
	int fd; /* -1: closed */
	struct loop_watch *watch;
	struct buf out; /* to be sent */
	bool deaf;      /* the peer takes no more; what it said before may still come */
	bool reset;     /* a send was told so, and what is received then just ends */
};

void stream_init(struct stream *stream);
void stream_release(struct stream *stream);

/*
 * Begins a connection; READY is called with what is watched for.  0, or an errno;
 * whether it came to be is known when the stream can be written to.
 */
MUST_USE int stream_connect(struct stream *stream, struct loop *loop, const struct address *address,
	uint16_t port, void (*ready)(void *arg, unsigned events), void *arg);

/* How it went: 0, or an errno. */
MUST_USE int stream_connected(struct stream *stream);

/* Sends what it can of what is to be sent. */
void stream_flush(struct stream *stream);

/* Bytes read; 0: none yet; -1: it is over, with an errno, 0 for an orderly close. */
ssize_t stream_receive(struct stream *stream, void *bytes, size_t size, int *ret_errnum);

/* Watches for EVENTS, and for a chance to send if something is waiting. */
MUST_USE bool stream_watch(struct stream *stream, unsigned events);

/*
 * Ends it.  With a reset, that leaves nothing behind on either side, no port in
 * TIME_WAIT either; or politely, for that would take back what is still on its way.
 */
void stream_close(struct stream *stream, bool politely);

struct trouble {
	enum outcome outcome; /* OUTCOME_INTERNAL: nothing that is known of remotes */
	const char *words;    /* without a full stop */
	bool passing;         /* another try may go better */
};
struct trouble stream_trouble(int errnum);

/* The system's words for an errno. */
const char *stream_words(int errnum, char *words, size_t size);

/* True when this machine has no more descriptors, ports or buffers: wait, then try
 * again.  It says nothing about the remote. */
bool stream_is_shortage(int errnum, const struct address *address);

#endif
