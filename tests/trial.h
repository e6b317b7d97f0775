/* SPDX-License-Identifier: MIT */
/*
 * trial - a scan of targets made by hand, and what came of it
 *
 * Test code only; a failure aborts.  Also the chain that the servers of these
 * tests serve.
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "checker/engine/scan.h"
#include "checker/target/target.h"
#include "tests/forge.h"

#define TRIAL_MAX 512

struct trial {
	struct target targets[TRIAL_MAX];
	size_t count, next;
	struct scan_options options;
	pthread_mutex_t lock;
	struct observation *seen[TRIAL_MAX];
	size_t seen_count;
	double seconds;
	unsigned notices; /* things that the scan noticed about this machine */
	char notice[200]; /* the last one */
	int slow_ms;      /* each result keeps the thread that long */
};

/* Two threads, three seconds, no retries. */
void trial_init(struct trial *trial);
void trial_release(struct trial *trial);

/* HOST is a name or an address. */
void trial_add(struct trial *trial, enum protocol protocol, const char *host, uint16_t port);

/* www.example.hk at ADDRESS. */
void trial_add_at(struct trial *trial, enum protocol protocol, const char *address, uint16_t port);

struct scan *trial_scan(struct trial *trial);
void trial_run(struct trial *trial);

/* The one result of target number N; aborts unless there is just one. */
const struct observation *trial_result(const struct trial *trial, size_t n);

/* Leaf, issuing, root. */
#define TRIAL_CHAIN 3
void trial_chain(struct forge *forge, struct forge_cert *ret_chain[TRIAL_CHAIN]);

#endif
