/* SPDX-License-Identifier: MIT */
/*
 * dns - a name server on loopback that knows CAA records, and that there is nothing else
 *
 * UDP, a thread of its own.  Test code only; a failure aborts.
 */
#ifndef TESTS_DNS_H
#define TESTS_DNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct dns_entry {
	const char *name;
	int flags;       /* of the record; negative: the server fails (SERVFAIL) */
	const char *tag; /* NULL: the name is there and has no CAA records */
	const char *value;
};

struct dns {
	const struct dns_entry *records;
	size_t count;
	char address[32]; /* "127.0.0.1:PORT" */

	int socket;
	pthread_t thread;
	atomic_bool stop;
	atomic_uint asked;
};

/* RECORDS outlive it. */
void dns_start(struct dns *dns, const struct dns_entry *records, size_t count);
void dns_stop(struct dns *dns);

#endif
