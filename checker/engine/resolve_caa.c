/* SPDX-License-Identifier: MIT */
#include "checker/engine/resolve_caa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ares.h uses fd_set and does not include it. */
#include <sys/select.h>

#include <ares.h>

#include "checker/base/text.h"
#include "checker/caa.h"
#include "checker/engine/loop.h"
#include "checker/engine/resolve.h"

#define TYPE_CAA 257

struct caa_query {
	struct resolve *resolve;
	struct loop_timer timer; /* answers that were there at once */
	struct caa *caa;
	const char *at; /* what of the name is asked about */
	void (*answered)(void *arg, struct caa *caa);
	void *arg;
	bool asking; /* c-ares has it and will call back */
	bool cancelled;
	char name[LIMIT_HOST_BYTES];
};

static void query_free(struct caa_query *query)
{
	loop_timer_release(&query->timer);
	free(query->caa);
	free(query);
}

static void deliver(struct caa_query *query, enum caa_status status, const char *why)
{
	query->caa->status = status;
	query->caa->why = why;
	loop_timer_set(&query->timer, 0);
}

static void on_time(void *arg)
{
	struct caa_query *query = arg;
	void (*answered)(void *, struct caa *) = query->answered;
	struct caa *caa = TAKE(query->caa);
	void *to = query->arg;

	query_free(query);
	answered(to, caa);
}

static void keep(struct caa *caa, const struct ares_caa_reply *reply)
{
	if (caa->count == LIMIT_CAA) {
		caa->dropped++;
		return;
	}
	struct caa_record *record = &caa->records[caa->count++];
	record->critical = (reply->critical & 0x80) != 0;
	text_printable(
		(const char *)reply->property, reply->plength, record->tag, sizeof record->tag);
	text_printable(
		(const char *)reply->value, reply->length, record->value, sizeof record->value);
}

static void read_records(struct caa_query *query, const unsigned char *answer, int len)
{
	struct ares_caa_reply *replies = NULL;

	if (ares_parse_caa_reply(answer, len, &replies) != ARES_SUCCESS)
		return;
	for (const struct ares_caa_reply *reply = replies; reply; reply = reply->next)
		keep(query->caa, reply);
	ares_free_data(replies);
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *answer, int len);

static void ask(struct caa_query *query)
{
	query->asking = true;
	resolve_ask(query->resolve, query->at, TYPE_CAA, on_answer, query);
}

/* The records are here, or with the parent. */
static void go_on(struct caa_query *query)
{
	const char *dot = strchr(query->at, '.');

	if (query->caa->count > 0) {
		(void)snprintf(query->caa->domain, sizeof query->caa->domain, "%s", query->at);
		deliver(query, CAA_FOUND, NULL);
	} else if (dot && dot[1]) {
		query->at = dot + 1;
		ask(query);
	} else {
		deliver(query, CAA_NONE, NULL);
	}
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
	struct caa_query *query = arg;

	(void)timeouts;
	query->asking = false;
	if (query->cancelled || status == ARES_EDESTRUCTION) {
		query_free(query);
		return;
	}
	if (status == ARES_SUCCESS)
		read_records(query, answer, len);
	if (status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND)
		go_on(query);
	else if (status == ARES_ETIMEOUT)
		deliver(query, CAA_UNKNOWN, "no name server answered in time");
	else if (status == ARES_ESERVFAIL)
		deliver(query, CAA_UNKNOWN, "the name server failed to answer (SERVFAIL)");
	else
		deliver(query, CAA_UNKNOWN, "no name server gave a usable answer");
}

struct caa_query *resolve_caa(struct resolve *resolve, struct loop *loop, const char *name,
	void (*answered)(void *arg, struct caa *caa), void *arg)
{
	struct caa_query *query = calloc(1, sizeof *query);

	if (!query)
		return NULL;
	query->caa = calloc(1, sizeof *query->caa);
	if (!query->caa || !loop_timer_init(&query->timer, loop, on_time, query)) {
		free(query->caa);
		free(query);
		return NULL;
	}
	query->resolve = resolve;
	query->answered = answered;
	query->arg = arg;
	(void)snprintf(query->name, sizeof query->name, "%s", name);
	query->at = query->name;
	ask(query);
	return query;
}

void resolve_caa_cancel(struct caa_query *query)
{
	query->cancelled = true;
	if (!query->asking)
		query_free(query);
}
