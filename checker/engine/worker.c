/* SPDX-License-Identifier: MIT */
#include "checker/engine/worker.h"

#include <stdio.h>
#include <stdlib.h>

#include "checker/base/error.h"
#include "checker/base/phrase.h"
#include "checker/engine/gate.h"
#include "checker/engine/job.h"
#include "checker/engine/loop.h"
#include "checker/engine/pace.h"
#include "checker/engine/proxy.h"
#include "checker/engine/resolve.h"
#include "checker/engine/stream.h"
#include "checker/limits.h"
#include "checker/target/target.h"
#include "checker/tls/crypto.h"
#include "checker/tls/tls.h"

#define RETRY_US 500000 /* before the proxy's name is asked about again */

struct worker {
	struct worker_context context;
	struct loop *loop;
	struct resolve *resolve;
	struct crypto *crypto;
	struct tls *tls;
	struct sockets sockets;
	struct gate gate;
	struct jobs jobs;
	struct loop_timer pull;
	struct target *held; /* taken from the source, waits for its place in the pace */
	bool exhausted;
	bool no_memory;

	/* The proxy, resolved once */
	struct resolve_query *query;
	unsigned retries;
	struct address proxy;
	char proxy_fault[160];
};

/* --- Taking targets --- */

/* Nothing can be reported without memory, so the scan has to end. */
static void on_no_memory(void *arg)
{
	struct worker *worker = arg;

	worker->no_memory = true;
	loop_stop(worker->loop);
}

static bool has_room(const struct worker *worker)
{
	return gate_places(&worker->gate) > worker->jobs.asking &&
	       worker->gate.parked < LIMIT_PARKED;
}

/* Takes targets while there is room. */
static void pull(void *arg)
{
	struct worker *worker = arg;

	while (!worker->exhausted && !worker->no_memory && has_room(worker) &&
		!atomic_load(worker->context.stop)) {
		/* Before a place is waited for, there has to be something to do in it. */
		if (!worker->held)
			worker->held = worker->context.next(worker->context.arg);
		worker->exhausted = !worker->held;
		uint64_t wait = worker->held ? pace_take(worker->context.pace) : 0;
		if (wait > 0) {
			loop_timer_set(&worker->pull, wait);
			return;
		}
		if (worker->held)
			job_begin(&worker->jobs, TAKE(worker->held));
	}
	if (worker->exhausted && !worker->jobs.list)
		loop_stop(worker->loop);
}

static void pull_soon(void *arg)
{
	struct worker *worker = arg;

	if (worker->pull.place == 0)
		loop_timer_set(&worker->pull, 0);
}

static void on_woken(void *arg)
{
	struct worker *worker = arg;

	if (atomic_load(worker->context.stop))
		loop_stop(worker->loop);
}

/* --- Saying what is short --- */

static void on_short(void *arg, enum shortage shortage)
{
	static const struct {
		enum notice notice;
		const char *words;
	} said[] = {
		[SHORTAGE_NONE] = { NOTICE_COUNT, NULL },
		[SHORTAGE_FILES] = { NOTICE_FILES, PHRASE("this machine lets the scan open no more "
							  "sockets (ulimit -n); it goes on "
							  "with fewer connections at a time") },
		[SHORTAGE_PORTS] = { NOTICE_PORTS, PHRASE("this machine has no more ports to "
							  "connect from; the scan goes on with "
							  "fewer connections at a time") },
		[SHORTAGE_MEMORY] = { NOTICE_MEMORY, PHRASE("this machine has no more memory for "
							    "sockets; the scan goes on with fewer "
							    "connections at a time") },
	};
	const struct worker *worker = arg;

	_Static_assert(ARRAY_LEN(said) == SHORTAGE_COUNT, "words for every shortage");
	worker->context.notice(worker->context.arg, said[shortage].notice, said[shortage].words);
}

static void on_crowded(void *arg, const char *name, size_t count)
{
	const struct worker *worker = arg;
	char words[LIMIT_HOST_BYTES + 100];

	phrase_say(words, sizeof words, "%s has %zu addresses, of which the first %d are examined",
		name, count, LIMIT_ADDRESSES);
	worker->context.notice(worker->context.arg, NOTICE_ADDRESSES, words);
}

/* --- The proxy --- */

static void on_proxy(void *arg, const struct resolve_answer *answer)
{
	struct worker *worker = arg;
	const struct scan_options *options = worker->context.options;

	worker->query = NULL;
	if (answer->status == RESOLVE_FOUND) {
		worker->proxy = answer->addresses[0];
	} else if (answer->status == RESOLVE_FAILED && worker->retries < options->retries) {
		worker->retries++;
		loop_timer_set(&worker->pull, RETRY_US);
		return;
	} else {
		phrase_say(worker->proxy_fault, sizeof worker->proxy_fault, "the proxy %.80s: %s",
			options->proxy->host, answer->why);
		worker->jobs.proxy_fault = worker->proxy_fault;
	}
	worker->jobs.proxy = &worker->proxy;
	pull_soon(worker);
}

/* Before the first target is taken, and again when the proxy's name could not be resolved. */
static void on_pull(void *arg)
{
	struct worker *worker = arg;
	const struct proxy *proxy = worker->context.options->proxy;

	if (!proxy || worker->jobs.proxy) {
		pull(worker);
	} else if (address_parse(proxy->host, &worker->proxy)) {
		worker->jobs.proxy = &worker->proxy;
		pull(worker);
	} else if (!worker->query) {
		worker->query = resolve_name(worker->resolve, proxy->host, on_proxy, worker);
		if (!worker->query)
			on_no_memory(worker);
	}
}

/* --- Life --- */

static bool set_up(struct worker *worker, unsigned share)
{
	const struct worker_context *context = &worker->context;
	const struct scan_options *options = context->options;

	sockets_init(&worker->sockets, worker->loop, &context->news->is_short);
	worker->gate = (struct gate){
		.loop = worker->loop,
		.news = context->news,
		.manners = context->manners,
		.patience_us = (uint64_t)(options->timeout_s * 1e6),
		.room = on_pull,
		.noticed = on_short,
		.arg = worker,
	};
	worker->jobs = (struct jobs){
		.options = options,
		.sink = context->sink,
		.loop = worker->loop,
		.resolve = worker->resolve,
		.pace = context->pace,
		.conn = {
			.sockets = &worker->sockets,
			.gate = &worker->gate,
			.crypto = worker->crypto,
			.tls = worker->tls,
			.pace = context->pace,
			.proxy = options->proxy,
			.helo = context->helo,
			.retries = options->retries,
			.timeout_s = options->timeout_s,
			.complete = options->complete,
			.identify = options->probe.identify,
		},
		.crowded = on_crowded,
		.ended = pull_soon,
		.out_of_memory = on_no_memory,
		.arg = worker,
	};
	return gate_init(&worker->gate, share) &&
	       loop_timer_init(&worker->pull, worker->loop, on_pull, worker);
}

struct worker *worker_new(const struct worker_context *context, unsigned share, struct error *err)
{
	CLEANUP(worker_freep) struct worker *worker = calloc(1, sizeof *worker);

	if (!worker) {
		(void)error_set_memory(err);
		return NULL;
	}
	worker->context = *context;
	worker->loop = loop_new(on_woken, worker, err);
	if (!worker->loop)
		return NULL;
	worker->resolve = resolve_new(worker->loop, context->options->resolver, err);
	worker->crypto = worker->resolve ? crypto_new(err) : NULL;
	if (!worker->crypto)
		return NULL;
	worker->tls = tls_new();
	if (!worker->tls || !set_up(worker, share)) {
		(void)error_set_memory(err);
		return NULL;
	}
	return TAKE(worker);
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	target_unref(worker->held);
	resolve_free(worker->resolve);
	tls_free(worker->tls);
	crypto_free(worker->crypto);
	sockets_release(&worker->sockets);
	gate_release(&worker->gate);
	loop_timer_release(&worker->pull);
	loop_free(worker->loop);
	free(worker);
}

void worker_wake(struct worker *worker)
{
	loop_wake(worker->loop);
}

bool worker_run(struct worker *worker, struct error *err)
{
	loop_timer_set(&worker->pull, 0);
	if (!atomic_load(worker->context.stop))
		loop_run(worker->loop);
	/* What is still open was stopped and has no result. */
	jobs_release(&worker->jobs);
	sockets_release(&worker->sockets);
	if (worker->query)
		resolve_cancel(TAKE(worker->query));
	return worker->no_memory ? error_set_memory(err) : true;
}
