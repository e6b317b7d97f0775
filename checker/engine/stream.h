/* SPDX-License-Identifier: MIT */
/*
 * stream - one TCP connection on a loop, and what its errors mean
 *
 * Knows sockets and nothing of what goes through them.  An errno says something about the remote,
 * or about this machine only: the two are kept apart here.
 *
 * A scan makes many short connections, so a socket is watched once and for all, and used again
 * when its connection was ended by a reset: connect() to AF_UNSPEC takes it back, which costs less
 * than another socket.  The streams of one thread share their sockets through `sockets`.
 */
#ifndef CHECKER_ENGINE_STREAM_H
#define CHECKER_ENGINE_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "checker/base/attr.h"
#include "checker/base/buf.h"
#include "checker/engine/loop.h"
#include "checker/observation.h"

#define SOCKETS_KEPT 512 /* of each family: a turn of the loop ends as many as it begins */

struct address;

/* For one thread; outlives its streams. */
struct sockets {
	struct loop *loop;
	struct {
		int fds[SOCKETS_KEPT];
		size_t count;
	} idle[2];                     /* IPv4, IPv6 */
	uint16_t lowest, highest;      /* of the ports that connect() picks from */
	const atomic_bool *none_spare; /* none are kept, others have too few; or NULL */
};

void sockets_init(struct sockets *sockets, struct loop *loop, const atomic_bool *none_spare);
void sockets_release(struct sockets *sockets);

struct stream {
	struct sockets *sockets;
	int fd; /* -1: closed */
	int family;
	struct loop_watch watch;
	struct buf out; /* what the socket did not take at once */
	struct buf in;  /* what was given back */
	bool connected;
	bool readable; /* something may be there */
	bool ended;    /* and nothing comes after it */
	bool failed;   /* an error may be there */
	bool deaf;     /* the peer takes no more; what it said before may still come */
	bool reset;    /* a send was told so, and what is received then just ends */
};

void stream_init(struct stream *stream, struct sockets *sockets);
void stream_release(struct stream *stream);

/*
 * Begins a connection; READY is called whenever something changes, and has to call stream_note().
 * WE_BEGIN: the first words are ours, and come as soon as it stands; they spare a packet then, and
 * a server that waited to be told would wait longer.  0, EINPROGRESS, or another errno, with the
 * stream closed again.
 */
MUST_USE int stream_connect(struct stream *stream, const struct address *address, uint16_t port,
	bool we_begin, void (*ready)(void *arg, unsigned events), void *arg);

/* Takes note of EVENTS of the loop. */
void stream_note(struct stream *stream, unsigned events);

/* How connecting went: 0, EINPROGRESS, or another errno. */
MUST_USE int stream_connected(struct stream *stream, const struct address *address, uint16_t port);

/* Sends what is in OUT, which is empty then; what does not go at once is kept.  False when more
 * is kept than anybody waits for. */
MUST_USE bool stream_send(struct stream *stream, struct buf *out);

/* Bytes read; 0: none yet; -1: it is over, with an errno, 0 for an orderly close. */
ssize_t stream_receive(struct stream *stream, void *bytes, size_t size, int *ret_errnum);

/* Gives back what was read and is for somebody else; false when memory runs out. */
MUST_USE bool stream_give_back(struct stream *stream, const void *bytes, size_t len);

/* Calls `ready` again after everybody else had a turn. */
void stream_go_on_later(struct stream *stream);

/*
 * Ends it.  With a reset, that leaves nothing behind on either side, no port in TIME_WAIT either;
 * or politely, for that would take back what is still on its way.
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

/* What this machine may have no more of: wait, then try again.  It says nothing about the
 * remote. */
enum shortage { SHORTAGE_NONE, SHORTAGE_FILES, SHORTAGE_PORTS, SHORTAGE_MEMORY, SHORTAGE_COUNT };

enum shortage stream_shortage(int errnum, const struct address *address);

#endif
