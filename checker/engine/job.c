/* SPDX-License-Identifier: MIT */
#include "checker/engine/job.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "checker/base/clock.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/caa.h"
#include "checker/engine/loop.h"
#include "checker/engine/pace.h"
#include "checker/engine/resolve.h"
#include "checker/engine/resolve_caa.h"
#include "checker/observation.h"
#include "checker/target/target.h"

#define RETRY_US 200000 /* before a name is asked about again */

/* One address of a job. */
struct slot {
	struct job *job;
	struct conn *conn;        /* NULL when it has its result */
	struct observation *main; /* what the main look saw, while further ones are made */
	enum look_kind look;      /* the one that is being made */
	bool asking;              /* that is one for what software it is */
	bool waits;               /* all are made, and nothing but the CAA records is missing */
};

struct job {
	struct job *prev, *next;
	struct jobs *jobs;
	struct target *target;
	struct instant time;
	uint64_t began, deadline;
	double dns_ms;
	bool asking;
	struct resolve_query *query;
	struct loop_timer timer; /* of a name */
	unsigned retries;
	const char *why; /* the last failure of the resolver */
	struct slot *slots, one;
	size_t count, open;
	size_t dropped; /* addresses beyond LIMIT_ADDRESSES */
	struct caa_query *caa_query;
	struct caa *caa; /* the answer */
};

static void job_free(struct job *job)
{
	struct jobs *jobs = job->jobs;

	if (job->query)
		resolve_cancel(job->query);
	loop_timer_release(&job->timer);
	jobs->asking -= job->asking;
	if (job->caa_query) {
		resolve_caa_cancel(job->caa_query);
		jobs->asking--;
	}
	free(job->caa);
	for (size_t i = 0; i < job->count; i++) {
		conn_free(job->slots[i].conn);
		observation_free(job->slots[i].main);
	}
	if (job->slots != &job->one)
		free(job->slots);
	target_unref(job->target);
	DL_DELETE(jobs->list, job);
	free(job);
}

void jobs_release(struct jobs *jobs)
{
	while (jobs->list)
		job_free(jobs->list);
}

static struct observation *observe(const struct job *job, size_t addresses)
{
	struct observation *observation = observation_new(job->target);

	if (!observation)
		return NULL;
	observation->time = job->time;
	observation->dns_ms = job->dns_ms;
	observation->addresses = addresses;
	observation->addresses_dropped = job->dropped;
	return observation;
}

/* The one result of a target that did not come to an address. */
static void job_end(struct job *job, enum outcome outcome, const char *message)
{
	struct jobs *jobs = job->jobs;
	struct observation *observation = observe(job, 0);

	job_free(job);
	if (!observation) {
		jobs->out_of_memory(jobs->arg);
		return;
	}
	observation_end(observation, outcome, "%s", message);
	jobs->sink.observed(jobs->sink.arg, observation);
	jobs->ended(jobs->arg);
}

static void slot_end(struct slot *slot, struct observation *observation);

static void on_caa(void *arg, struct caa *caa)
{
	struct job *job = arg;

	job->caa_query = NULL;
	job->jobs->asking--;
	job->caa = caa;
	for (size_t i = 0; i < job->count; i++) {
		struct slot *slot = &job->slots[i];
		bool last = job->open == 1;

		if (!slot->waits)
			continue;
		slot->waits = false;
		slot_end(slot, TAKE(slot->main));
		if (last)
			return;
	}
}

/* The name whose CAA records count; NULL: none was asked for, or nobody can be asked. */
static const char *caa_name(const struct job *job, const struct observation *observation)
{
	const char *name = job->target->sni ? job->target->sni : job->target->host;
	struct address address;

	if (!job->jobs->options->caa || job->jobs->proxy || observation->chain.count == 0 ||
		address_parse(name, &address))
		return NULL;
	return name;
}

/* True when OBSERVATION has what it is to have; else it waits for it. */
static bool slot_has_caa(struct slot *slot, struct observation *observation)
{
	struct job *job = slot->job;
	struct jobs *jobs = job->jobs;
	const char *name = caa_name(job, observation);

	if (!name)
		return true;
	if (job->caa) {
		observation->caa = malloc(sizeof *observation->caa);
		if (observation->caa)
			*observation->caa = *job->caa;
		else
			heap_note(); /* which ends the run */
		return true;
	}
	slot->main = observation;
	slot->waits = true;
	if (job->caa_query)
		return false;
	job->caa_query = resolve_caa(jobs->resolve, jobs->loop, name, on_caa, job);
	if (job->caa_query)
		jobs->asking++;
	else
		jobs->out_of_memory(jobs->arg);
	return false;
}

static void slot_end(struct slot *slot, struct observation *observation)
{
	struct job *job = slot->job;
	struct jobs *jobs = job->jobs;

	if (!slot_has_caa(slot, observation))
		return;
	job->open--;
	bool last = job->open == 0;
	if (last)
		job_free(job);
	jobs->sink.observed(jobs->sink.arg, observation);
	if (last)
		jobs->ended(jobs->arg);
}

/* Begins the look that comes next; *RET_BEGUN when there is one.  False when memory runs out. */
static bool slot_look(struct slot *slot, bool *ret_begun)
{
	struct jobs *jobs = slot->job->jobs;
	const struct scan_options *options = jobs->options;
	struct address address;
	struct conn_way way = { .asks = false };

	*ret_begun = !slot->asking && probe_next(&options->probe, slot->main, &slot->look, &way);
	if (!*ret_begun && !slot->asking && probe_asks(&options->probe, slot->main)) {
		way.without_sni = slot->main->sni_refused;
		way.offer = slot->main->legacy_offer ? HANDSHAKE_OFFER_LEGACY
						     : HANDSHAKE_OFFER_MODERN;
		*ret_begun = slot->asking = way.asks = true;
	}
	if (!*ret_begun)
		return true;
	CLEANUP(observation_freep) struct observation *seen = observation_new(slot->main->target);
	if (!seen)
		return false;
	memcpy(seen->address, slot->main->address, sizeof seen->address);
	if (jobs->proxy)
		address = *jobs->proxy;
	else if (!address_parse(seen->address, &address))
		*ret_begun = false;
	if (!*ret_begun)
		return true;
	pace_spend(jobs->pace);
	uint64_t deadline = clock_monotonic_us() + (uint64_t)(options->timeout_s * 1e6);
	slot->conn = conn_new(&jobs->conn, seen, &address, &way, deadline, slot);
	if (!slot->conn)
		return false;
	(void)TAKE(seen);
	return true;
}

/* A connection has its result. */
static void on_done(void *arg, struct observation *observation)
{
	struct slot *slot = arg;
	struct jobs *jobs = slot->job->jobs;
	bool begun = false, good = true;

	slot->conn = NULL;
	if (!probe_wanted(&jobs->options->probe)) {
		slot_end(slot, observation);
		return;
	}
	if (slot->asking) {
		probe_identified(slot->main, observation);
		observation_free(observation);
	} else if (!slot->main)
		slot->main = observation;
	else
		good = observation_add_look(slot->main, slot->look, observation);
	if (!good || !slot_look(slot, &begun))
		jobs->out_of_memory(jobs->arg);
	else if (!begun)
		slot_end(slot, TAKE(slot->main));
}

/* AS is what the observation calls it; "": not known. */
static bool slot_begin(struct slot *slot, const struct address *address, const char *as)
{
	struct job *job = slot->job;
	CLEANUP(observation_freep) struct observation *observation = observe(job, job->count);

	if (!observation)
		return false;
	(void)snprintf(observation->address, sizeof observation->address, "%s", as);
	slot->conn = conn_new(&job->jobs->conn, observation, address, NULL, job->deadline, slot);
	if (!slot->conn)
		return false;
	job->open++;
	(void)TAKE(observation);
	return true;
}

static void job_connect(struct job *job, const struct address *addresses, size_t count)
{
	struct jobs *jobs = job->jobs;

	loop_timer_release(&job->timer);
	jobs->asking -= job->asking;
	job->asking = false;
	job->slots = count > 1 ? calloc(count, sizeof *job->slots) : &job->one;
	if (!job->slots) {
		jobs->out_of_memory(jobs->arg);
		return;
	}
	job->count = count;
	for (size_t i = 0; i < count; i++)
		job->slots[i].job = job;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			pace_spend(jobs->pace);
		if (!slot_begin(&job->slots[i], &addresses[i], addresses[i].text)) {
			jobs->out_of_memory(jobs->arg);
			return;
		}
	}
}

/* Through the proxy, which finds the address itself. */
static void job_connect_through(struct job *job)
{
	struct jobs *jobs = job->jobs;
	const struct target *target = job->target;
	const char *host = target->address ? target->address : target->host;
	struct address address;

	if (jobs->proxy_fault) {
		job_end(job, OUTCOME_UNREACHABLE, jobs->proxy_fault);
		return;
	}
	job->slots = &job->one;
	job->one.job = job;
	job->count = 1;
	if (!slot_begin(&job->one, jobs->proxy, address_parse(host, &address) ? address.text : ""))
		jobs->out_of_memory(jobs->arg);
}

static void on_answer(void *arg, const struct resolve_answer *answer);

static void job_ask(struct job *job)
{
	job->query = resolve_name(job->jobs->resolve, job->target->host, on_answer, job);
	if (job->query)
		loop_timer_at(&job->timer, job->deadline);
	else
		job->jobs->out_of_memory(job->jobs->arg);
}

static void on_found(struct job *job, const struct resolve_answer *answer)
{
	struct jobs *jobs = job->jobs;
	bool first = jobs->options->first_address;

	job->dns_ms = (double)(clock_monotonic_us() - job->began) / 1000;
	job->dropped = first ? 0 : answer->dropped;
	if (job->dropped > 0)
		jobs->crowded(jobs->arg, job->target->host, answer->count + answer->dropped);
	job_connect(job, answer->addresses, first ? 1 : answer->count);
}

static void on_answer(void *arg, const struct resolve_answer *answer)
{
	struct job *job = arg;

	job->query = NULL;
	if (answer->status == RESOLVE_FOUND) {
		on_found(job, answer);
		return;
	}
	if (answer->status == RESOLVE_FAILED && job->retries < job->jobs->options->retries &&
		clock_monotonic_us() + RETRY_US < job->deadline) {
		job->retries++;
		job->why = answer->why;
		loop_timer_set(&job->timer, RETRY_US);
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
			job->why ? job->why
				 : PHRASE("no answer about the name before the deadline"));
}

/* Its name has to be resolved first. */
static void job_begin_name(struct job *job)
{
	struct jobs *jobs = job->jobs;

	if (!loop_timer_init(&job->timer, jobs->loop, on_job_time, job)) {
		jobs->out_of_memory(jobs->arg);
		return;
	}
	job->asking = true;
	jobs->asking++;
	job_ask(job);
}

void job_begin(struct jobs *jobs, struct target *target)
{
	struct job *job = calloc(1, sizeof *job);
	struct address address;

	if (!job) {
		target_unref(target);
		jobs->out_of_memory(jobs->arg);
		return;
	}
	*job = (struct job){
		.jobs = jobs,
		.target = target,
		.time = clock_now(),
		.began = clock_monotonic_us(),
		.dns_ms = -1,
	};
	job->deadline = job->began + (uint64_t)(jobs->options->timeout_s * 1e6);
	jobs->conn.done = on_done;
	DL_APPEND(jobs->list, job);
	if (target->fault)
		job_end(job, OUTCOME_BAD_TARGET, target->fault);
	else if (jobs->options->proxy)
		job_connect_through(job);
	else if (address_parse(target->address ? target->address : target->host, &address))
		job_connect(job, &address, 1);
	else if (target->address)
		job_end(job, OUTCOME_BAD_TARGET, PHRASE("not an address to connect to"));
	else
		job_begin_name(job);
}
