/* SPDX-License-Identifier: MIT */
#include "checker/worker.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "checker/base/clock.h"
#include "checker/base/error.h"
#include "checker/conn.h"
#include "checker/loop.h"
#include "checker/observation.h"
#include "checker/pace.h"
#include "checker/resolve.h"
#include "checker/starttls.h"
#include "checker/target.h"
#include "checker/tls.h"

#define RETRY_US 200000 /* before a name is asked about again */

/* One address of a job. */
struct slot {
	struct job *job;
	struct conn *conn; /* NULL when it has its result */
};

/* A target on its way. */
struct job {
	struct job *prev, *next;
	struct worker *worker;
	const struct target *target;
	struct instant time;
	uint64_t began, deadline;
	double dns_ms;
	struct resolve_query *query;
	struct loop_timer *timer; /* while there is no connection */
	unsigned retries;
	const char *why; /* the last failure of the resolver */
	struct slot *slots;
	size_t open;
};

struct worker {
	struct worker_context context;
	struct conn_context conn;
	struct loop *loop;
	struct tls *tls;
	struct resolve *resolve;
	struct loop_timer *pull;
	size_t share;
	size_t busy; /* connections, and names being resolved */
	struct job *jobs;
	const struct target *held; /* taken from the source, waits for its place in the pace */
	bool exhausted;
	bool no_memory;
};

static void on_pull(void *arg);
static void on_woken(void *arg);
static void on_done(void *arg, struct observation *observation);

struct worker *worker_new(const struct worker_context *context, unsigned share, struct error *err)
{
	CLEANUP(worker_freep) struct worker *worker = calloc(1, sizeof *worker);

	if (!worker) {
		(void)error_set_memory(err);
		return NULL;
	}
	worker->context = *context;
	worker->share = share;
	worker->loop = loop_new(on_woken, worker, err);
	if (!worker->loop)
		return NULL;
	worker->tls = tls_new(err);
	worker->resolve = resolve_new(worker->loop, err);
	if (!worker->tls || !worker->resolve)
		return NULL;
	worker->pull = loop_timer_new(worker->loop, on_pull, worker);
	if (!worker->pull) {
		(void)error_set_memory(err);
		return NULL;
	}
	worker->conn = (struct conn_context){
		.loop = worker->loop,
		.tls = worker->tls,
		.pace = context->pace,
		.helo = context->helo,
		.retries = context->options->retries,
		.timeout_s = context->options->timeout_s,
		.done = on_done,
	};
	return TAKE(worker);
}

void worker_free(struct worker *worker)
{
	if (!worker)
		return;
	resolve_free(worker->resolve);
	tls_free(worker->tls);
	loop_timer_free(worker->pull);
	loop_free(worker->loop);
	free(worker);
}

void worker_wake(struct worker *worker)
{
	loop_wake(worker->loop);
}

static void job_free(struct job *job)
{
	struct worker *worker = job->worker;

	if (job->query)
		resolve_cancel(job->query);
	loop_timer_free(job->timer);
	/* While it has no connections a job counts for one itself. */
	worker->busy -= job->slots ? job->open : 1;
	for (size_t i = 0; job->open > 0; i++) {
		if (!job->slots[i].conn)
			continue;
		conn_free(job->slots[i].conn);
		job->open--;
	}
	free(job->slots);
	DL_DELETE(worker->jobs, job);
	free(job);
	loop_timer_set(worker->pull, 0);
}

/* Nothing can be reported without memory, so the scan has to end. */
static void out_of_memory(struct worker *worker)
{
	worker->no_memory = true;
	loop_stop(worker->loop);
}

static struct observation *observe(struct job *job, size_t addresses)
{
	struct observation *observation = observation_new(job->target);

	if (!observation)
		return NULL;
	observation->time = job->time;
	observation->dns_ms = job->dns_ms;
	observation->addresses = addresses;
	return observation;
}

/* The one result of a target that did not come to an address. */
static void job_end(struct job *job, enum outcome outcome, const char *message)
{
	struct worker *worker = job->worker;
	struct observation *observation = observe(job, 0);

	job_free(job);
	if (!observation) {
		out_of_memory(worker);
		return;
	}
	observation_end(observation, outcome, "%s", message);
	worker->context.sink.observed(worker->context.sink.arg, observation);
}

/* A connection has its result. */
static void on_done(void *arg, struct observation *observation)
{
	struct slot *slot = arg;
	struct job *job = slot->job;
	struct worker *worker = job->worker;

	slot->conn = NULL;
	job->open--;
	worker->busy--;
	if (job->open == 0)
		job_free(job);
	else
		loop_timer_set(worker->pull, 0);
	worker->context.sink.observed(worker->context.sink.arg, observation);
}

static bool slot_begin(struct slot *slot, const struct address *address, size_t addresses)
{
	struct job *job = slot->job;
	CLEANUP(observation_freep) struct observation *observation = observe(job, addresses);

	if (!observation)
		return false;
	_Static_assert(sizeof observation->address == sizeof address->text, "same text");
	memcpy(observation->address, address->text, sizeof address->text);
	slot->conn = conn_new(&job->worker->conn, observation, address, job->deadline, slot);
	if (!slot->conn)
		return false;
	job->open++;
	job->worker->busy++;
	(void)TAKE(observation);
	return true;
}

static void job_connect(struct job *job, const struct address *addresses, size_t count)
{
	struct worker *worker = job->worker;

	if (worker->context.options->first_address)
		count = 1;
	loop_timer_free(job->timer);
	job->timer = NULL;
	job->slots = calloc(count, sizeof *job->slots);
	if (!job->slots) {
		out_of_memory(worker);
		return;
	}
	worker->busy--;
	for (size_t i = 0; i < count; i++) {
		job->slots[i].job = job;
		if (i > 0)
			pace_spend(worker->context.pace);
		if (!slot_begin(&job->slots[i], &addresses[i], count)) {
			out_of_memory(worker);
			return;
		}
	}
}

static void on_answer(void *arg, const struct resolve_answer *answer);

static void job_ask(struct job *job)
{
	uint64_t now = clock_monotonic_us();

	job->query = resolve_name(job->worker->resolve, job->target->host, on_answer, job);
	if (!job->query) {
		out_of_memory(job->worker);
		return;
	}
	loop_timer_set(job->timer, job->deadline > now ? job->deadline - now : 0);
}

static void on_answer(void *arg, const struct resolve_answer *answer)
{
	struct job *job = arg;
	uint64_t now = clock_monotonic_us();

	job->query = NULL;
	if (answer->status == RESOLVE_FOUND) {
		job->dns_ms = (double)(now - job->began) / 1000;
		job_connect(job, answer->addresses, answer->count);
		return;
	}
	if (answer->status == RESOLVE_FAILED &&
		job->retries < job->worker->context.options->retries &&
		now + RETRY_US < job->deadline) {
		job->retries++;
		job->why = answer->why;
		loop_timer_set(job->timer, RETRY_US);
		return;
	}
	job_end(job, OUTCOME_DNS, answer->why);
}

/* Asks again after a pause; or the deadline came before an answer did. */
static void on_job_time(void *arg)
{
	struct job *job = arg;

	if (clock_monotonic_us() < job->deadline && !job->query)
		job_ask(job);
	else
		job_end(job, OUTCOME_DNS,
			job->why ? job->why : "no answer about the name before the deadline");
}

static struct job *job_new(struct worker *worker, const struct target *target)
{
	struct job *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	*job = (struct job){
		.worker = worker,
		.target = target,
		.time = clock_now(),
		.began = clock_monotonic_us(),
		.dns_ms = -1,
		.timer = loop_timer_new(worker->loop, on_job_time, job),
	};
	job->deadline = job->began + (uint64_t)(worker->context.options->timeout_s * 1e6);
	if (!job->timer) {
		free(job);
		return NULL;
	}
	DL_APPEND(worker->jobs, job);
	worker->busy++;
	return job;
}

static void job_begin(struct worker *worker, const struct target *target)
{
	struct job *job = job_new(worker, target);
	struct address address;

	if (!job) {
		out_of_memory(worker);
		return;
	}
	if (target->fault)
		job_end(job, OUTCOME_BAD_TARGET, target->fault);
	else if (protocol_info(target->protocol)->start == PROTOCOL_START_UNKNOWN)
		job_end(job, OUTCOME_BAD_TARGET, "nobody here speaks this protocol up to TLS");
	else if (address_parse(target->address ? target->address : target->host, &address))
		job_connect(job, &address, 1);
	else if (target->address)
		job_end(job, OUTCOME_BAD_TARGET, "not an address to connect to");
	else
		job_ask(job);
}

/* Takes targets while there is room. */
static void on_pull(void *arg)
{
	struct worker *worker = arg;

	while (!worker->exhausted && !worker->no_memory && worker->busy < worker->share &&
		!atomic_load(worker->context.stop)) {
		/* Before a place is waited for, there has to be something to do in it. */
		if (!worker->held)
			worker->held = worker->context.next(worker->context.arg);
		worker->exhausted = !worker->held;
		uint64_t wait = worker->held ? pace_take(worker->context.pace) : 0;
		if (wait > 0) {
			loop_timer_set(worker->pull, wait);
			return;
		}
		if (worker->held)
			job_begin(worker, TAKE(worker->held));
	}
	if (worker->exhausted && !worker->jobs)
		loop_stop(worker->loop);
}

static void on_woken(void *arg)
{
	struct worker *worker = arg;

	if (atomic_load(worker->context.stop))
		loop_stop(worker->loop);
}

bool worker_run(struct worker *worker, struct error *err)
{
	loop_timer_set(worker->pull, 0);
	if (!atomic_load(worker->context.stop))
		loop_run(worker->loop);
	/* What is still open was stopped and has no result. */
	while (worker->jobs)
		job_free(worker->jobs);
	return worker->no_memory ? error_set_memory(err) : true;
}
