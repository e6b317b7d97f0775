/* SPDX-License-Identifier: MIT */
/*
 * job - a target on its way to its results
 *
 * Finds the addresses of its name and follows a connection to each of them; all before one
 * deadline.  Gives the sink one observation for each address, or one without an address when it
 * does not come to any.
 */
#ifndef CHECKER_ENGINE_JOB_H
#define CHECKER_ENGINE_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "checker/base/attr.h"
#include "checker/engine/conn.h"
#include "checker/engine/scan.h"

struct address;
struct job;
struct loop;
struct resolve;
struct target;

/* The jobs of one thread, and what they share. */
struct jobs {
	const struct scan_options *options;
	struct scan_sink sink;
	struct loop *loop;
	struct resolve *resolve;
	struct pace *pace;           /* or NULL */
	struct conn_context conn;    /* but for `done` */
	const struct address *proxy; /* every connection goes there; NULL: to the target */
	const char *proxy_fault;     /* why the proxy cannot be connected to; NULL: it can */
	/* A name has more addresses, COUNT, than are looked at. */
	void (*crowded)(void *arg, const char *name, size_t count);
	void (*ended)(void *arg);         /* one more job; never from in here, but for jobs
					   * that come to no connection */
	void (*out_of_memory)(void *arg); /* a result is lost: the scan has to end */
	void *arg;

	struct job *list;
	size_t asking; /* jobs that wait for the addresses of their name */
};

/* Begins with TARGET, whose reference is the job's from here on. */
void job_begin(struct jobs *jobs, struct target *target);

/* Drops all of them; nobody is called. */
void jobs_release(struct jobs *jobs);

#endif
