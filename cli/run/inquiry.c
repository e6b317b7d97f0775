/* SPDX-License-Identifier: MIT */
#include "cli/run/inquiry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker/answers.h"
#include "checker/base/buf.h"
#include "checker/base/error.h"
#include "checker/base/heap.h"
#include "checker/base/phrase.h"
#include "checker/base/text.h"
#include "checker/cert/cert.h"
#include "checker/cert/cert_store.h"
#include "checker/limits.h"
#include "checker/observation.h"
#include "checker/revoke/revoke.h"
#include "checker/revoke/revoke_request.h"
#include "checker/trust/trust.h"
#include "cli/options/options.h"
#include "cli/run/once.h"
#include "cli/supply/setup.h"

#define REQUEST_BYTES 4096u

struct waiting {
	struct observation *observation;
	struct waiting *next;
};

struct inquiry {
	const struct setup *setup;
	struct inquiry_sink sink;
	struct once *once;
	pthread_t threads[LIMIT_INQUIRY_THREADS];
	size_t thread_count;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t handed;
	struct waiting *first, **end;
	size_t count;
	bool ending, overrun;
};

/* One chain that is asked about. */
struct asked {
	struct inquiry *inquiry;
	struct answers *answers;
	const struct cert *certs[LIMIT_CHAIN];
	size_t count;
};

/* --- Asking about one chain --- */

static bool read_chain(struct asked *asked, const struct observation *observation)
{
	struct error own = { .code = ERROR_NONE };

	for (size_t i = 0; i < observation->chain.count && i < LIMIT_CHAIN; i++) {
		const struct der *der = &observation->chain.items[i];
		const struct cert *cert = cert_store_get(
			asked->inquiry->setup->certs, der->bytes, der->len, &own);
		if (!cert)
			return false;
		asked->certs[asked->count++] = cert;
	}
	return asked->count > 0 && asked->certs[0]->readable;
}

static const struct cert *issuer_of(const struct asked *asked, const struct cert *cert)
{
	for (size_t i = 0; i < asked->count; i++)
		if (asked->certs[i]->readable && asked->certs[i] != cert &&
			cert_issued_by(cert, asked->certs[i]))
			return asked->certs[i];
	return trust_find_issuer(asked->inquiry->setup->trust, cert);
}

/* The leaf's issuer; fetched where the leaf says, when nobody else has it. */
static const struct cert *find_issuer(struct asked *asked, const struct revoke_access *access)
{
	const struct cert *leaf = asked->certs[0];
	const struct cert *issuer = issuer_of(asked, leaf);

	if (issuer || !access->issuer)
		return issuer;
	issuer = once_certificate(asked->inquiry->once, access->issuer);
	if (!issuer || !cert_issued_by(leaf, issuer))
		return NULL;
	asked->answers->issuer = cert_ref(issuer);
	return issuer;
}

static bool is_settled(enum revoke_status status)
{
	return status == REVOKE_REVOKED || status == REVOKE_NOT_REVOKED;
}

/* True when the responder has said whether the leaf is revoked. */
static bool ask_responder(
	struct asked *asked, const struct revoke_access *access, const struct cert *issuer)
{
	struct answers *answers = asked->answers;
	struct buf request = BUF_INIT(REQUEST_BYTES), body = BUF_INIT(LIMIT_OCSP_BYTES);
	bool settled = false;

	text_printable(
		access->ocsp, strlen(access->ocsp), answers->ocsp_url, sizeof answers->ocsp_url);
	if (revoke_request_make(asked->certs[0], issuer, &request) &&
		once_answer(
			asked->inquiry->once, access->ocsp, &request, &body, answers->ocsp_why)) {
		answers->ocsp = (uint8_t *)text_copy(body.data, body.len);
		answers->ocsp_len = answers->ocsp ? body.len : 0;
		if (!answers->ocsp)
			heap_note();
		settled = is_settled(revoke_staple((const uint8_t *)body.data, body.len,
			asked->certs[0], issuer, asked->inquiry->setup->context.now)
					     .status);
	}
	buf_release(&request);
	buf_release(&body);
	return settled;
}

static bool is_known(const struct asked *asked, const struct cert *cert)
{
	const struct facts_context *context = &asked->inquiry->setup->context;

	for (size_t i = 0; i < context->list_count; i++)
		if (is_settled(revoke_list_look_up(context->lists[i], cert).status))
			return true;
	return false;
}

static void add_list(struct asked *asked, const struct revoke_list *list, size_t number)
{
	struct answers *answers = asked->answers;

	for (size_t i = 0; i < answers->list_count; i++)
		if (answers->lists[i] == list)
			return;
	if (!list || answers->list_count == LIMIT_ANSWER_LISTS)
		return;
	answers->list_numbers[answers->list_count] = number;
	answers->lists[answers->list_count++] = list;
}

/* The first of a certificate's lists: they are the same one in several places (4.2.1.13). */
static void ask_list(struct asked *asked, const struct cert *cert, const struct cert *issuer)
{
	const char *url = cert->crl_urls ? cert->crl_urls[0] : NULL;
	size_t number = 0;

	if (!url || !issuer || strlen(url) >= LIMIT_URL_BYTES || is_known(asked, cert))
		return;
	const struct revoke_list *list = once_list(asked->inquiry->once, url, issuer, &number);
	add_list(asked, list, number);
}

static void ask_all(struct asked *asked)
{
	const struct cert *leaf = asked->certs[0];
	struct revoke_access access;

	revoke_access_read(leaf, &access);
	const struct cert *issuer = find_issuer(asked, &access);

	if (issuer && !(access.ocsp && ask_responder(asked, &access, issuer)))
		ask_list(asked, leaf, issuer);
	revoke_access_release(&access);
	for (size_t i = 1; i < asked->count; i++) {
		const struct cert *cert = asked->certs[i];
		if (cert->readable && !cert->self_signed)
			ask_list(asked, cert, issuer_of(asked, cert));
	}
}

static void ask(struct inquiry *inquiry, struct observation *observation)
{
	struct asked asked = { .inquiry = inquiry, .answers = answers_new() };

	if (!asked.answers)
		heap_note();
	else if (read_chain(&asked, observation))
		ask_all(&asked);
	for (size_t i = 0; i < asked.count; i++)
		cert_unref(asked.certs[i]);
	observation->answers = asked.answers;
}

/* --- Threads --- */

/* The next one that waits; NULL when there will be none. */
static struct observation *take(struct inquiry *inquiry)
{
	struct observation *observation = NULL;

	(void)pthread_mutex_lock(&inquiry->lock);
	while (!inquiry->first && !inquiry->ending)
		(void)pthread_cond_wait(&inquiry->handed, &inquiry->lock);
	struct waiting *waiting = inquiry->first;
	if (waiting) {
		inquiry->first = waiting->next;
		if (!inquiry->first)
			inquiry->end = &inquiry->first;
		inquiry->count--;
		observation = waiting->observation;
	}
	(void)pthread_mutex_unlock(&inquiry->lock);
	free(waiting);
	return observation;
}

static void *work(void *arg)
{
	struct inquiry *inquiry = arg;
	struct observation *observation;

	while ((observation = take(inquiry))) {
		if (!inquiry->sink.hurries(inquiry->sink.arg))
			ask(inquiry, observation);
		inquiry->sink.answered(inquiry->sink.arg, observation);
	}
	return NULL;
}

/* False when OBSERVATION may not wait here. */
static bool enqueue(struct inquiry *inquiry, struct observation *observation)
{
	struct waiting *waiting = malloc(sizeof *waiting);
	bool room = false, news = false;

	if (!waiting)
		heap_note();
	(void)pthread_mutex_lock(&inquiry->lock);
	if (waiting && inquiry->count < LIMIT_INQUIRIES) {
		*waiting = (struct waiting){ .observation = observation };
		*inquiry->end = waiting;
		inquiry->end = &waiting->next;
		inquiry->count++;
		room = true;
		(void)pthread_cond_signal(&inquiry->handed);
	} else {
		news = !inquiry->overrun;
		inquiry->overrun = true;
	}
	(void)pthread_mutex_unlock(&inquiry->lock);
	if (!room)
		free(waiting);
	if (news)
		inquiry->sink.noticed(
			inquiry->sink.arg, PHRASE("responders answer more slowly than hosts are "
						  "looked at: some results are "
						  "judged without asking them"));
	return room;
}

void inquiry_hand(struct inquiry *inquiry, struct observation *observation)
{
	if (observation->chain.count == 0 || !enqueue(inquiry, observation))
		inquiry->sink.answered(inquiry->sink.arg, observation);
}

struct inquiry *inquiry_new(const struct setup *setup, const struct options *options,
	struct inquiry_sink sink, struct error *err)
{
	struct inquiry *inquiry = calloc(1, sizeof *inquiry);

	if (!inquiry) {
		(void)error_set_memory(err);
		return NULL;
	}
	inquiry->setup = setup;
	inquiry->sink = sink;
	inquiry->end = &inquiry->first;
	(void)pthread_mutex_init(&inquiry->lock, NULL);
	(void)pthread_cond_init(&inquiry->handed, NULL);
	inquiry->once = once_new(setup, options, err);
	while (inquiry->once && inquiry->thread_count < LIMIT_INQUIRY_THREADS) {
		if (pthread_create(&inquiry->threads[inquiry->thread_count], NULL, work, inquiry) !=
			0)
			break;
		inquiry->thread_count++;
	}
	if (inquiry->thread_count > 0)
		return inquiry;
	(void)error_set(err, ERROR_IO, "no thread can be started");
	inquiry_free(inquiry);
	return NULL;
}

void inquiry_finish(struct inquiry *inquiry)
{
	(void)pthread_mutex_lock(&inquiry->lock);
	inquiry->ending = true;
	(void)pthread_cond_broadcast(&inquiry->handed);
	(void)pthread_mutex_unlock(&inquiry->lock);
	for (size_t i = 0; i < inquiry->thread_count; i++)
		(void)pthread_join(inquiry->threads[i], NULL);
	inquiry->thread_count = 0;
}

void inquiry_free(struct inquiry *inquiry)
{
	if (!inquiry)
		return;
	inquiry_finish(inquiry);
	once_free(inquiry->once);
	(void)pthread_mutex_destroy(&inquiry->lock);
	(void)pthread_cond_destroy(&inquiry->handed);
	free(inquiry);
}
